"""Every answer of the simulated tenant against SailPoint's contract, in several states."""

from typing import Any

import httpx
import pytest

from modules.sandbox.sailpoint.operations import find_operation
from tests.contract.sailpoint.contract import (
    answer_schema,
    body_schema,
    problems,
    schema_named,
    undocumented,
)
from tests.sandbox.sailpoint.tenant_client import (
    TenantClient,
    certification,
    created_id,
    entitlement,
    id_of,
    pat,
    profile,
    role,
)

pytestmark = pytest.mark.integration

# What tenants send and the document does not list.
REAL_EXTRAS = {"$[].approvalDetails[].reviewedBy"}
DOCUMENT_SCHEMAS = {
    "identity": "identitydocuments",
    "entitlement": "entitlementdocuments",
    "accessprofile": "accessprofiledocuments",
    "role": "roledocuments",
}
EXPERIMENTAL = {"x-sailpoint-experimental": "true"}
LENA = pat("lena.marsh")
WISH = {"type": "ACCESS_PROFILE", "id": profile("Rotterdam Yard Plan"), "comment": "To plan."}


def conforms(answer: httpx.Response) -> Any:
    """The body of an answer that is as the contract says."""
    request = answer.request
    found = find_operation(request.method, request.url.path.removeprefix("/sailpoint"))
    assert found is not None
    schema = answer_schema(found[0].name, answer.status_code)
    if schema is None:
        assert answer.content == b""
        return None
    body = answer.json()
    assert problems(schema, body) == []
    assert set(undocumented(schema, body)) <= REAL_EXTRAS
    return body


def sent(operation_id: str, body: Any) -> Any:
    """A body that the contract lets a client send."""
    assert problems(body_schema(operation_id), body) == []
    return body


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/public-identities/v1", {"add-core-filters": "true", "sorters": "-name"}),
        ("/public-identities/v1", {}),
        (f"/identities/v1/{id_of('lena.marsh')}", {}),
        (f"/identities/v1/{id_of('helena.brandt')}", {}),
        (f"/identities/v1/{id_of('javier.molina')}", {}),
        (f"/identities/v1/{id_of('leo.fontaine')}", {}),
        (f"/identities/v1/{id_of('lena.marsh')}/role-assignments", {}),
        (
            f"/identities/v1/{id_of('lena.marsh')}/role-assignments",
            {"roleId": role("Finance Analyst")},
        ),
        ("/entitlements/v1", {}),
        (f"/entitlements/v1/identities/{id_of('lena.marsh')}/entitlements", {}),
        ("/requestable-objects/v1", {}),
        ("/requestable-objects/v1", {"identity-id": id_of("lena.marsh"), "offset": "500"}),
        ("/access-request-config/v2", {}),
        (f"/access-profiles/v1/{profile('Release Management')}", {}),
        (f"/roles/v1/{role('Finance Analyst')}", {}),
        ("/access-request-status/v1", {}),
        ("/access-request-approvals/v1/pending", {}),
        ("/access-request-approvals/v1/pending", {"owner-id": id_of("ingrid.okafor")}),
        ("/access-request-approvals/v1/completed", {}),
        ("/access-request-approvals/v1/approval-summary", {"owner-id": "me"}),
        ("/campaigns/v1", {}),
        ("/campaigns/v1", {"detail": "FULL"}),
        ("/certifications/v1", {}),
        (f"/certifications/v1/{certification('team')}", {}),
        (f"/certifications/v1/{certification('directory')}", {}),
        (f"/certifications/v1/{certification('team')}/access-review-items", {}),
        (f"/certifications/v1/{certification('team')}/access-review-items", {"offset": "250"}),
        (f"/certifications/v1/{certification('team')}/identity-summaries", {}),
        (f"/certifications/v1/{certification('team')}/decision-summary", {}),
    ],
)
def test_reading(shared, path, params):
    assert conforms(shared.get(path, **params))


@pytest.mark.parametrize("index", ["identities", "entitlements", "accessprofiles", "roles"])
def test_search_by_kind_of_document(shared, index):
    # The union of all kinds does not tell them apart; each is held against its own.
    body = sent("searchPostV1", {"indices": [index], "query": {"query": "*"}, "sort": ["id"]})
    found = shared.post("/search/v1", body).json()

    assert found
    for one in found:
        schema = schema_named(DOCUMENT_SCHEMAS[one["_type"]])
        assert problems(schema, one) == []
        assert list(undocumented(schema, one)) == []


def test_count(tenant):
    body = sent("searchCountV1", {"indices": ["identities"], "query": {"query": "*"}})
    answer = tenant.post("/search/v1/count", body)

    assert conforms(answer) is None
    assert answer.headers["x-total-count"] == "41"


class TestRequest:
    def test_from_wish_to_completion(self, tenant):
        body = {"requestedFor": [id_of("lena.marsh")], "requestedItems": [WISH]}
        answer = tenant.post("/access-requests/v1", sent("createAccessRequestV1", body), by=LENA)
        conforms(answer)
        request_id = created_id(answer)
        self.status_conforms(tenant, request_id, "EXECUTING")
        again = tenant.post("/access-requests/v1", body, by=LENA)
        assert conforms(again)["existingRequests"]
        filters = f'accessRequestId eq "{request_id}"'
        [approval] = conforms(tenant.get("/access-request-approvals/v1/pending", filters=filters))
        tenant.control("delays", "slow")
        forwarding = {"newOwnerId": id_of("marcus.adeyemi"), "comment": "Yours."}
        conforms(self.decide(tenant, approval, "forward", forwarding))
        conforms(tenant.get("/access-request-approvals/v1/pending", filters=filters))
        tenant.pass_time(30)
        conforms(self.decide(tenant, approval, "approve", {"comment": "Fine."}))
        conforms(tenant.get("/access-request-approvals/v1/pending", filters=filters))
        for _ in range(3):
            tenant.pass_time(30)
            conforms(tenant.get("/access-request-status/v1", filters=filters))
        tenant.pass_time(30)
        self.status_conforms(tenant, request_id, "REQUEST_COMPLETED")
        conforms(tenant.get("/access-request-approvals/v1/completed"))

    def decide(self, tenant: TenantClient, approval: Any, verb: str, body: Any):
        operation = {"forward": "forwardAccessRequestV1", "approve": "approveAccessRequestV1"}
        path = f"/access-request-approvals/v1/{approval['id']}/{verb}"
        return tenant.post(path, sent(operation[verb], body))

    def status_conforms(self, tenant: TenantClient, request_id: str, state: str) -> None:
        filters = f'accessRequestId eq "{request_id}"'
        [row] = conforms(tenant.get("/access-request-status/v1", filters=filters))
        assert row["state"] == state

    def test_cancelled(self, tenant):
        request_id = created_id(tenant.request_access(WISH["id"], by=LENA))
        tenant.status(request_id)
        body = sent("cancelAccessRequestV1", {"accountActivityId": request_id, "comment": "No."})
        conforms(tenant.post("/access-requests/v1/cancel", body, by=LENA))

        self.status_conforms(tenant, request_id, "CANCELLED")

    def test_rejected(self, tenant):
        approval = tenant.pending("tomas.rivera")[0]
        body = sent("rejectAccessRequestV1", {"comment": "Not your job."})
        conforms(tenant.post(f"/access-request-approvals/v1/{approval['id']}/reject", body))

        self.status_conforms(tenant, approval["accessRequestId"], "REJECTED")

    def test_accounts_to_choose_from(self, tenant):
        body = sent(
            "loadAccountSelectionsV1",
            {
                "requestedFor": [id_of("lena.marsh")],
                "requestedItems": [{"type": "ACCESS_PROFILE", "id": profile("Ledger Posting")}],
            },
        )
        answer = tenant.call(
            "POST", "/access-requests/v1/accounts-selection", json=body, headers=EXPERIMENTAL
        )

        assert conforms(answer)["identities"][0]["accountsSelectionRequired"] is True

    def test_with_a_chosen_account_and_for_an_entitlement(self, tenant):
        item = {
            "type": "ENTITLEMENT",
            "id": entitlement("GitHub", "docs-write"),
            "accountSelection": [{"sourceId": "s", "accounts": [{"nativeIdentity": "LMARSH"}]}],
            "removeDate": "2099-01-01T00:00:00.000Z",
            "clientMetadata": {"chatRequestId": "1"},
        }
        nested = [{"identityId": id_of("lena.marsh"), "requestedItems": [item]}]
        body = sent("createAccessRequestV1", {"requestedForWithRequestedItems": nested})

        conforms(tenant.post("/access-requests/v1", body, by=LENA))


class TestCertification:
    path = f"/certifications/v1/{certification('treasury')}"

    def test_from_first_decision_to_sign_off(self, tenant):
        items = conforms(tenant.get(f"{self.path}/access-review-items"))
        reassignment = sent(
            "reassignIdentityCertificationsV1",
            {
                "reassign": [{"type": "ITEM", "id": items[-1]["id"]}],
                "reassignTo": id_of("marcus.adeyemi"),
                "reason": "He knows.",
            },
        )
        conforms(tenant.post(f"{self.path}/reassign", reassignment))
        decisions = sent(
            "makeIdentityDecisionV1",
            [{"id": item["id"], "decision": "APPROVE", "bulk": True} for item in items[:-1]],
        )
        conforms(tenant.post(f"{self.path}/decide", decisions))
        conforms(tenant.get(f"{self.path}/access-review-items"))

        assert conforms(tenant.post(f"{self.path}/sign-off"))["phase"] == "SIGNED"
        conforms(tenant.get("/certifications/v1"))


@pytest.mark.parametrize(
    ("status", "call"),
    [
        (400, {"method": "GET", "path": "/campaigns/v1", "params": {"limit": "x"}}),
        (401, {"method": "GET", "path": "/campaigns/v1", "token": "no token"}),
        (403, {"method": "GET", "path": "/campaigns/v1", "by": "api-client"}),
        (404, {"method": "GET", "path": "/certifications/v1/none"}),
    ],
)
def test_refusals(tenant, status, call):
    answer = tenant.call(**call)

    assert answer.status_code == status
    conforms(answer)


@pytest.mark.parametrize("status", [429, 500])
def test_faults(tenant, status):
    tenant.fault("status", status=status, operation="getActiveCampaignsV1")

    conforms(tenant.get("/campaigns/v1"))
