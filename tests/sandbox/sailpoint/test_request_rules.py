"""What the tenant takes for a request, and what it refuses at once."""

import pytest

from tests.sandbox.sailpoint.tenant_client import (
    SERVICE,
    TenantClient,
    created_id,
    entitlement,
    id_of,
    pat,
    profile,
    role,
)

pytestmark = pytest.mark.integration

LENA, TOMAS = pat("lena.marsh"), pat("tomas.rivera")
YARD = profile("Antwerp Yard Plan")
BIRTHRIGHT = {"type": "ROLE", "id": role("Employee")}


def submit(tenant: TenantClient, body: dict, *, by: str = LENA):
    return tenant.post("/access-requests/v1", body, by=by)


def grant(*items: dict, people: tuple[str, ...] = ("lena.marsh",)) -> dict:
    return {"requestedFor": [id_of(alias) for alias in people], "requestedItems": list(items)}


def revoke(access: str, *, whom: str = "lena.marsh", kind: str = "ACCESS_PROFILE", **item) -> dict:
    item = {"comment": "No longer needed.", **item}
    body = grant({"type": kind, "id": access, **item}, people=(whom,))
    return {**body, "requestType": "REVOKE_ACCESS"}


def wish(access: str = YARD, kind: str = "ACCESS_PROFILE", **fields) -> dict:
    return {"type": kind, "id": access, **fields}


class TestShape:
    @pytest.mark.parametrize(
        "body",
        [
            {},
            grant(),
            {"requestedFor": id_of("lena.marsh"), "requestedItems": [wish()]},
            {"requestedFor": [], "requestedItems": [wish()]},
            {**grant(wish()), "requestType": "MODIFY_ACCESS"},
            grant(wish("0" * 32)),
            grant(wish(kind="ROLE")),
            grant(wish(), people=("nobody",)),
            grant(wish(), people=("leo.fontaine",)),
            grant(BIRTHRIGHT),
            grant(wish(entitlement("Active Directory", "Domain Admins"), "ENTITLEMENT")),
            grant(wish(removeDate="")),
            grant(wish(startDate=None)),
            grant(wish(removeDate="2001-01-01T00:00:00Z")),
            grant(wish(formInstanceId="")),
            grant(wish(clientMetadata={"count": 1})),
            {**grant(wish()), "requestedForWithRequestedItems": []},
        ],
    )
    def test_what_is_no_request_is_refused(self, tenant, body):
        answer = submit(tenant, body)

        assert answer.status_code == 400
        assert tenant.changes() == []

    def test_body_that_is_no_json(self, tenant):
        answer = tenant.call("POST", "/access-requests/v1", by=LENA, content=b"{")

        assert answer.status_code == 400

    def test_reason_is_wanted_where_the_access_says_so(self, tenant):
        access = profile("Payment Creation")

        assert submit(tenant, grant(wish(access))).status_code == 400
        assert submit(tenant, grant(wish(access, comment="I pay suppliers."))).status_code == 202

    @pytest.mark.parametrize(("number", "status"), [(25, 202), (26, 400)])
    def test_25_entitlements_are_the_most(self, tenant, number, status):
        found = tenant.rows("/entitlements/v1", filters="requestable eq true", limit=number)
        items = [wish(one["id"], "ENTITLEMENT") for one in found]

        assert submit(tenant, grant(*items)).status_code == status

    @pytest.mark.parametrize(("number", "status"), [(10, 202), (11, 400)])
    def test_ten_identities_are_the_most_with_an_entitlement(self, tenant, number, status):
        found = tenant.rows("/public-identities/v1")
        aliases = [one["alias"] for one in found if one["status"] == "Active"][:number]
        docs = wish(entitlement("GitHub", "docs-write"), "ENTITLEMENT")

        assert submit(tenant, grant(docs, people=tuple(aliases)), by=SERVICE).status_code == status
        assert submit(tenant, grant(wish(), people=tuple(aliases)), by=SERVICE).is_success

    def test_machine_identities_need_a_licence(self, tenant):
        entry = {"identityId": "x", "identityType": "MACHINE", "requestedItems": [wish()]}

        answer = submit(tenant, {"requestedForWithRequestedItems": [entry]})
        assert answer.status_code == 403


class TestForWhom:
    def test_a_manager_asks_for_reports_and_others_do_not(self, tenant):
        assert submit(tenant, grant(wish()), by=TOMAS).status_code == 202
        for alias in ("ruben.kaya", "tomas.rivera"):
            assert submit(tenant, grant(wish(), people=(alias,))).status_code == 403

    def test_rules_of_the_tenant_decide(self, tenant):
        tenant.control("rules", {"by_manager": False})
        assert submit(tenant, grant(wish()), by=TOMAS).status_code == 403
        tenant.control("rules", {"by_anyone": True})
        assert submit(tenant, grant(wish(), people=("ruben.kaya",))).status_code == 202

    def test_rules_can_be_read(self, tenant):
        tenant.control("rules", {"by_anyone": True, "by_manager": False})
        config = tenant.get("/access-request-config/v2", by=LENA).json()

        assert config["requestOnBehalfOfConfig"]["allowRequestOnBehalfOfAnyoneByAnyone"] is True
        assert config["requestOnBehalfOfConfig"]["allowRequestOnBehalfOfEmployeeByManager"] is False

    def test_an_administrator_passes_them(self, tenant):
        tenant.control("rules", {"by_manager": False, "approvals_must_be_external": True})

        assert submit(tenant, grant(wish())).status_code == 403
        answer = submit(tenant, grant(wish()), by=SERVICE)
        requester = tenant.status(created_id(answer))["requester"]
        assert requester["id"] == id_of("svc-access-assistant")


class TestRevocation:
    entry = profile("Invoice Entry")

    def test_is_for_managers_and_administrators(self, tenant):
        body = revoke(self.entry)

        assert submit(tenant, body, by=LENA).status_code == 403
        assert submit(tenant, body, by=pat("aisha.farouk")).status_code == 403
        assert submit(tenant, body, by=TOMAS).status_code == 202

    def test_is_not_for_oneself_even_as_administrator(self, tenant):
        body = revoke(profile("Directory Reading"), whom="sam.whitlock")

        assert submit(tenant, body, by=pat("sam.whitlock")).status_code == 403

    @pytest.mark.parametrize(
        "body",
        [
            revoke(profile("Invoice Entry"), comment=" "),
            revoke(profile("Invoice Entry"), startDate="2099-01-01T00:00:00Z"),
            revoke(role("Employee"), kind="ROLE"),
            revoke(profile("Finance Reporting")),
            {
                **revoke(profile("Invoice Entry")),
                "requestedFor": [id_of("lena.marsh"), id_of("ruben.kaya")],
            },
            {
                **revoke(profile("Invoice Entry")),
                "requestedItems": [
                    wish(entitlement("Entra ID", name), "ENTITLEMENT", comment="x")
                    for name in ("Teams Voice", "Power BI Author")
                ],
            },
            {
                "requestType": "REVOKE_ACCESS",
                "requestedForWithRequestedItems": [
                    {
                        "identityId": id_of("lena.marsh"),
                        "requestedItems": [wish(profile("Invoice Entry"), comment="x")],
                    }
                ],
            },
        ],
    )
    def test_what_cannot_be_revoked_is_refused(self, tenant, body):
        assert submit(tenant, body, by=TOMAS).status_code == 400
        assert tenant.changes() == []


class TestCancelling:
    def cancel(self, tenant: TenantClient, request_id: str, *, by: str = LENA, comment="Mistake."):
        body = {"accountActivityId": request_id, "comment": comment}
        return tenant.post("/access-requests/v1/cancel", body, by=by)

    def test_is_for_the_submitter_and_administrators(self, tenant):
        request_id = created_id(tenant.request_access(YARD, by=TOMAS, for_whom="lena.marsh"))
        tenant.status(request_id)

        # The beneficiary did not submit it.
        assert self.cancel(tenant, request_id, by=LENA).status_code == 403
        assert self.cancel(tenant, request_id, by=TOMAS).status_code == 202

    def test_wants_a_comment_and_the_id_of_the_request(self, tenant):
        request_id = created_id(tenant.request_access(YARD, by=LENA))
        item_id = tenant.status(request_id)["accountActivityItemId"]

        assert self.cancel(tenant, request_id, comment="").status_code == 400
        assert self.cancel(tenant, item_id).status_code == 404

    def test_is_too_late_once_approved(self, tenant):
        [row] = tenant.rows("/access-request-status/v1", by=LENA, filters=self.stocktaking(tenant))

        assert row["cancelable"] is False
        assert self.cancel(tenant, row["accessRequestId"]).status_code == 400

    def stocktaking(self, tenant: TenantClient) -> str:
        rows = tenant.rows("/access-request-status/v1", by=LENA)
        [item_id] = [
            row["accountActivityItemId"] for row in rows if row["name"] == "Warehouse Badge"
        ]
        return f'accountActivityItemId eq "{item_id}"'


class TestStatusList:
    path = "/access-request-status/v1"

    def test_regarding_excludes_for_and_by(self, tenant):
        params = {"regarding-identity": "me", "requested-for": "me"}

        assert tenant.get(self.path, by=LENA, **params).status_code == 400

    def test_executing_is_the_only_state_to_ask_for(self, tenant):
        states = {row["state"] for row in tenant.rows(self.path, **{"request-state": "EXECUTING"})}

        assert states == {"EXECUTING"}
        assert tenant.get(self.path, **{"request-state": "REJECTED"}).status_code == 400

    def test_shows_a_person_what_concerns_them(self, tenant):
        people = {
            (row["requestedFor"]["id"], row["requester"]["id"])
            for row in tenant.rows(self.path, by=LENA)
        }

        assert all(id_of("lena.marsh") in pair for pair in people)
        assert (id_of("lena.marsh"), id_of("tomas.rivera")) in people

    def test_can_be_of_what_waits_on_somebody(self, tenant):
        rows = tenant.rows(self.path, by=TOMAS, **{"assigned-to": "me"})

        assert len(rows) == len(tenant.pending("tomas.rivera")) == 9
