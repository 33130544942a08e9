"""How approved access reaches its source, and what can go wrong there."""

import pytest

from tests.sandbox.sailpoint.tenant_client import (
    TenantClient,
    created_id,
    entitlement,
    id_of,
    pat,
    profile,
)

pytestmark = pytest.mark.integration

LENA, TOMAS = pat("lena.marsh"), pat("tomas.rivera")
YARD = profile("Antwerp Yard Plan")
DAY = 86_400


def holds(tenant: TenantClient, access: str, alias: str = "lena.marsh") -> bool:
    params = {"identity-id": id_of(alias), "statuses": "ASSIGNED"}
    return access in {row["id"] for row in tenant.rows("/requestable-objects/v1", **params)}


class TestProvisioning:
    def test_goes_through_verification(self, tenant):
        request_id = created_id(tenant.request_access(YARD, by=LENA))
        tenant.status(request_id)
        tenant.control("delays", "slow")
        tenant.decide(request_id)
        seen = []
        for _ in range(3):
            tenant.pass_time(30)
            seen.append(tenant.status(request_id)["state"])

        assert seen == ["EXECUTING", "PROVISIONING_VERIFICATION_PENDING", "REQUEST_COMPLETED"]

    def test_search_learns_of_it_later(self, tenant):
        request_id = created_id(tenant.request_access(YARD, by=LENA))
        tenant.status(request_id)
        tenant.control(
            "delays", {name: [0, 0] for name in ("decision", "provisioning", "verification")}
        )
        tenant.decide(request_id)
        assert tenant.status(request_id)["state"] == "REQUEST_COMPLETED"
        query = {"query": f'@access(id:"{YARD}") AND id:"{id_of("lena.marsh")}"'}
        body = {"indices": ["identities"], "query": query}

        assert holds(tenant, YARD)
        assert tenant.post("/search/v1", body).json() == []
        tenant.pass_time(30)
        assert len(tenant.post("/search/v1", body).json()) == 1

    def test_failure_says_why(self, tenant):
        request_id = created_id(
            tenant.request_access(profile("Legacy Depot Desktop"), by=pat("priya.nair"))
        )
        tenant.status(request_id)
        tenant.decide(request_id)
        row = tenant.status(request_id)

        assert row["state"] == "PROVISIONING_FAILED"
        assert "no licence" in row["errorMessages"][0][0]["text"]
        assert tenant.phases(request_id)["PROVISIONING_PHASE"] == ("COMPLETED", "FAILED")

    def test_manual_work_takes_its_time(self, tenant):
        request_id = created_id(
            tenant.request_access(profile("Warehouse Badge"), by=pat("priya.nair"))
        )
        tenant.status(request_id)
        tenant.control("delays", {"decision": [0, 0], "provisioning": [0, 0]})
        tenant.decide(request_id)
        row = tenant.status(request_id)
        assert row["manualWorkItemDetails"][0]["status"] == "PENDING"
        tenant.pass_time(3 * DAY)
        tenant.tokens.clear()

        assert tenant.status(request_id)["state"] == "REQUEST_COMPLETED"

    @pytest.mark.parametrize(
        ("name", "item", "state"),
        [
            ("Ledger Posting", {}, "ERROR"),
            ("Release Management", {}, "ERROR"),
            ("Release Management", {"formInstanceId": "f-1"}, "EXECUTING"),
        ],
    )
    def test_what_is_missing_shows_after_acceptance(self, tenant, name, item, state):
        request_id = created_id(tenant.request_access(profile(name), by=LENA, **item))

        assert tenant.status(request_id)["state"] == state

    def test_chosen_account_lets_it_pass(self, tenant):
        chosen = [{"sourceId": "s", "accounts": [{"nativeIdentity": "LMARSH"}]}]
        item = {"type": "ACCESS_PROFILE", "id": profile("Ledger Posting")}
        entry = {
            "identityId": id_of("lena.marsh"),
            "requestedItems": [{**item, "accountSelection": chosen}],
        }
        answer = tenant.post(
            "/access-requests/v1", {"requestedForWithRequestedItems": [entry]}, by=LENA
        )

        assert tenant.status(created_id(answer))["state"] == "EXECUTING"

    def test_later_start_waits(self, tenant):
        start = {"startDate": "2098-01-01T00:00:00.000Z"}
        tenant.control("clock", {"mode": "freeze", "at": "2097-12-31T23:59:00Z"})
        tenant.tokens.clear()
        request_id = created_id(tenant.request_access(YARD, by=LENA, **start))
        tenant.status(request_id)
        tenant.decide(request_id)

        assert tenant.status(request_id)["state"] == "EXECUTING"
        assert not holds(tenant, YARD)
        tenant.pass_time(60)
        assert tenant.status(request_id)["state"] == "REQUEST_COMPLETED"

    def test_access_with_an_end_goes_away(self, tenant):
        tenant.control("clock", {"mode": "freeze", "at": "2097-12-31T23:59:00Z"})
        tenant.tokens.clear()
        end = {"removeDate": "2098-01-01T00:00:00.000Z"}
        request_id = created_id(tenant.request_access(YARD, by=LENA, **end))
        tenant.status(request_id)
        tenant.decide(request_id)
        tenant.status(request_id)
        assert holds(tenant, YARD)
        tenant.pass_time(60)

        assert not holds(tenant, YARD)


class TestRevocation:
    def test_takes_access_away(self, tenant):
        access = entitlement("Entra ID", "Teams Voice")
        item = {"type": "ENTITLEMENT", "id": access, "comment": "Left the hotline."}
        body = {
            "requestType": "REVOKE_ACCESS",
            "requestedFor": [id_of("lena.marsh")],
            "requestedItems": [item],
        }
        request_id = created_id(tenant.post("/access-requests/v1", body, by=TOMAS))
        row = tenant.status(request_id)
        path = f"/entitlements/v1/identities/{id_of('lena.marsh')}/entitlements"

        assert row["requestType"] == "REVOKE_ACCESS"
        assert row["state"] == "REQUEST_COMPLETED"
        assert access not in {one["objectRef"]["id"] for one in tenant.rows(path)}
