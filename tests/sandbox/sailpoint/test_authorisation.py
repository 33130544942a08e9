"""Who may call what: every operation with every kind of token."""

import pytest

from modules.sandbox.sailpoint.operations import OPERATIONS
from tests.contract.sailpoint.contract import operations
from tests.sandbox.sailpoint.tenant_client import (
    SERVICE,
    TenantClient,
    certification,
    id_of,
    pat,
    profile,
)

pytestmark = pytest.mark.integration

EXPERIMENTAL = {"x-sailpoint-experimental": "true"}
TABLE = [operation.name for operation in OPERATIONS if operation.kinds]
LENA, TOMAS, BRAM = pat("lena.marsh"), pat("tomas.rivera"), pat("bram.jansen")

# What a person without any further level is refused, whatever they name.
REFUSED_TO_EMPLOYEES = {
    "listEntitlementsByIdentityV1",
    "searchPostV1",
    "searchCountV1",
    "getActiveCampaignsV1",
}


def call(tenant: TenantClient, name: str, **options):
    """An operation with ids that nothing has, so that a call let in finds nothing."""
    method, path, _ = operations()[name]
    path = path.replace("{", "").replace("}", "")
    return tenant.call(method, path, headers=EXPERIMENTAL, **options)


@pytest.mark.parametrize("name", TABLE)
def test_api_client_gets_only_what_the_contract_gives_it(shared, name):
    security = operations()[name][2]["security"]
    allowed = any("applicationAuth" in kinds for kinds in security)

    assert (call(shared, name, by="api-client").status_code != 403) is allowed


@pytest.mark.parametrize("name", TABLE)
def test_service_identity_is_let_in_everywhere(shared, name):
    assert call(shared, name).status_code not in (401, 403)


@pytest.mark.parametrize("name", TABLE)
def test_nobody_is_let_in_with_an_unknown_token(shared, name):
    assert call(shared, name, token="unknown").status_code == 401


@pytest.mark.parametrize("name", sorted(REFUSED_TO_EMPLOYEES))
def test_employee_is_kept_from_what_administrators_do(shared, name):
    assert call(shared, name, by=LENA).status_code == 403


def test_unknown_path_and_method_are_not_found(shared):
    for answer in (shared.get("/roles/v1"), shared.call("DELETE", "/certifications/v1")):
        assert answer.status_code == 404
        assert answer.json()["detailCode"] == "404 Not found"


class TestOwnership:
    @pytest.mark.parametrize(
        ("path", "params"),
        [
            (f"/identities/v1/{id_of('ruben.kaya')}", {}),
            (f"/identities/v1/{id_of('ruben.kaya')}/role-assignments", {}),
            ("/requestable-objects/v1", {}),
            ("/requestable-objects/v1", {"identity-id": id_of("ruben.kaya")}),
            ("/access-request-status/v1", {"requested-for": id_of("ruben.kaya")}),
            ("/access-request-approvals/v1/pending", {"owner-id": id_of("tomas.rivera")}),
            ("/access-request-approvals/v1/completed", {"owner-id": id_of("tomas.rivera")}),
            ("/access-request-approvals/v1/approval-summary", {"owner-id": id_of("tomas.rivera")}),
            ("/certifications/v1", {"reviewer-identity": id_of("tomas.rivera")}),
            (f"/certifications/v1/{certification('team')}", {}),
            (f"/certifications/v1/{certification('team')}/access-review-items", {}),
        ],
    )
    def test_employee_does_not_read_what_is_anothers(self, shared, path, params):
        assert shared.get(path, by=LENA, **params).status_code == 403
        assert shared.get(path, **params).status_code == 200

    @pytest.mark.parametrize(
        ("path", "params"),
        [
            (f"/identities/v1/{id_of('lena.marsh')}", {}),
            (f"/identities/v1/{id_of('lena.marsh')}/role-assignments", {}),
            ("/requestable-objects/v1", {"identity-id": "me"}),
            ("/access-request-status/v1", {"requested-for": id_of("lena.marsh")}),
            ("/access-request-approvals/v1/pending", {"owner-id": "me"}),
            ("/certifications/v1", {"reviewer-identity": "me"}),
        ],
    )
    def test_employee_reads_their_own(self, shared, path, params):
        assert shared.get(path, by=LENA, **params).status_code == 200

    def test_manager_reads_role_assignments_of_reports(self, shared):
        path = f"/identities/v1/{id_of('lena.marsh')}/role-assignments"

        assert shared.rows(path, by=TOMAS)

    def test_certification_administrator_reads_every_review_and_no_approvals(self, shared):
        path = f"/certifications/v1/{certification('team')}"
        owner = {"owner-id": id_of("tomas.rivera")}

        assert shared.get(path, by=BRAM).status_code == 200
        answer = shared.get("/access-request-approvals/v1/pending", by=BRAM, **owner)
        assert answer.status_code == 403

    def test_forgotten_owner_shows_an_administrator_everything(self, shared):
        everything = shared.rows("/access-request-approvals/v1/pending")
        owners = {row["owner"]["name"] for row in everything}

        assert len(everything) == 25
        assert len(owners) == 6

    def test_only_the_owner_decides(self, tenant):
        [approval] = tenant.pending("marcus.adeyemi", limit=1)
        path = f"/access-request-approvals/v1/{approval['id']}/approve"

        assert tenant.post(path, by=LENA).status_code == 403
        assert tenant.changes() == []
        assert tenant.post(path, by=pat("marcus.adeyemi")).status_code == 202

    def test_nobody_approves_for_themselves(self, tenant):
        mine = tenant.pending("ingrid.okafor", filters=f'requestedFor.id eq "{self.ingrid}"')
        path = f"/access-request-approvals/v1/{mine[0]['id']}/approve"

        assert tenant.post(path, by=pat("ingrid.okafor")).status_code == 403
        # An ORG_ADMIN may: whoever acts through one has to keep this rule themselves.
        assert tenant.post(path, by=SERVICE).status_code == 202

    ingrid = id_of("ingrid.okafor")


class TestScopes:
    def register(self, tenant: TenantClient, *scopes: str) -> None:
        order = {"id": "narrow", "kind": "pat", "alias": "svc-access-assistant"}
        tenant.control("clients", {**order, "scopes": scopes})

    def test_missing_scope_is_refused(self, tenant):
        self.register(tenant, "idn:campaign:read")

        assert tenant.get("/campaigns/v1", by="narrow").status_code == 200
        assert tenant.get("/public-identities/v1", by="narrow").status_code == 403

    def test_missing_scope_may_look_like_a_fault(self, tenant):
        self.register(tenant, "idn:campaign:read")
        tenant.control("switches", {"missing_scope": 500})

        assert tenant.get("/public-identities/v1", by="narrow").status_code == 500

    def test_scope_does_not_raise_a_level(self, tenant):
        order = {"id": "wide", "kind": "pat", "alias": "lena.marsh"}
        tenant.control("clients", {**order, "scopes": ["sp:search:read"]})
        body = {"indices": ["identities"], "query": {"query": "*"}}

        assert tenant.post("/search/v1", body, by="wide").status_code == 403


def test_experimental_operation_wants_its_header(tenant):
    item = {"type": "ACCESS_PROFILE", "id": profile("Ledger Posting")}
    body = {"requestedFor": [id_of("lena.marsh")], "requestedItems": [item]}
    path = "/access-requests/v1/accounts-selection"

    assert tenant.post(path, body).status_code == 400
    assert tenant.call("POST", path, json=body, headers=EXPERIMENTAL).status_code == 200
