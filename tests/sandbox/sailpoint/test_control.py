"""Journal, clock, snapshots and reset of the tenant."""

from datetime import datetime

import pytest

from tests.sandbox.sailpoint.tenant_client import (
    SERVICE,
    created_id,
    id_of,
    pat,
    profile,
)

pytestmark = pytest.mark.integration

LENA = pat("lena.marsh")
YARD = profile("Antwerp Yard Plan")


class TestJournal:
    def test_says_who_did_what_and_how_it_ended(self, tenant):
        answer = tenant.request_access(YARD, by=LENA)
        [call] = tenant.calls("createAccessRequestV1")

        assert call["client_id"] == LENA
        assert call["identity"] == id_of("lena.marsh")
        assert (call["method"], call["path"]) == ("POST", "/access-requests/v1")
        assert (call["status"], call["outcome"], call["fault"]) == (202, "answered", None)
        [change] = tenant.changes(target=created_id(answer))
        assert call["changes"] == [change["id"]]

    def test_change_names_target_access_beneficiary_and_actor(self, tenant):
        request_id = created_id(
            tenant.request_access(YARD, by=pat("tomas.rivera"), for_whom="lena.marsh")
        )
        [change] = tenant.changes()

        assert change["kind"] == "request.created"
        assert change["target"] == request_id
        assert change["item"] == YARD
        assert change["beneficiary"] == id_of("lena.marsh")
        assert change["actor"] == id_of("tomas.rivera")
        for target in (request_id, YARD, id_of("lena.marsh")):
            assert tenant.changes(target=target) == [change]
        assert tenant.changes(target=id_of("ruben.kaya")) == []

    def test_keeps_refusals_with_the_tracking_id_of_their_body(self, tenant):
        answer = tenant.get("/campaigns/v1", by="api-client")
        [call] = tenant.calls("getActiveCampaignsV1")

        assert call["tracking_id"] == answer.json()["trackingId"]
        assert (call["status"], call["outcome"], call["changes"]) == (403, "refused", [])
        assert call["client_id"] == "api-client"

    def test_keeps_what_no_operation_matches(self, tenant):
        tenant.get("/roles/v1", filters='name eq "x"')
        [call] = tenant.calls("unknown")

        assert call["path"] == "/roles/v1"
        assert "filters=" in call["query"]

    def test_names_the_fault(self, tenant):
        tenant.fault("commit_then_fail", operation="createAccessRequestV1")
        tenant.request_access(YARD, by=LENA)
        [call] = tenant.calls("createAccessRequestV1")

        assert (call["fault"], call["status"]) == ("commit_then_fail", 500)
        assert len(call["changes"]) == 1

    def test_holds_no_secret(self, tenant):
        tenant.ask_token(SERVICE)
        [call] = tenant.calls("oauthToken")

        assert call["client_id"] == SERVICE
        assert "secret" not in str(call)

    def test_counts(self, tenant):
        for _ in range(2):
            tenant.get("/campaigns/v1")
        tenant.request_access(YARD, by=LENA)
        page = tenant.control("journal?limit=1", method="GET")

        assert len(page["calls"]) == 1
        assert page["by_operation"]["getActiveCampaignsV1"] == 2
        assert page["by_status"]["202"] == 1
        assert page["changes_by_kind"] == {"request.created": 1}
        assert page["total"] == sum(page["by_operation"].values())


class TestClock:
    def test_stands_still_and_goes_on(self, tenant):
        first = tenant.control("clock", method="GET")
        tenant.pass_time(60)
        second = tenant.control("clock", method="GET")

        assert first["frozen"] is True
        passed = datetime.fromisoformat(second["now"]) - datetime.fromisoformat(first["now"])
        assert passed.total_seconds() == 60

    def test_can_be_set_and_let_go(self, tenant):
        at = "2031-05-01T12:00:00Z"
        tenant.control("clock", {"mode": "freeze", "at": at})
        assert tenant.control("clock", method="GET")["now"] == at
        tenant.control("clock", {"mode": "follow"})
        view = tenant.control("clock", method="GET")

        assert view["frozen"] is False
        assert datetime.fromisoformat(view["now"]) > datetime.fromisoformat(at)

    def test_does_not_go_back(self, tenant):
        answer = tenant.http.post("/control/sailpoint/clock", json={"advance_seconds": -1})

        assert answer.status_code == 422


class TestRecords:
    def test_snapshot_brings_back_what_was(self, tenant):
        before = tenant.pending("tomas.rivera")
        tenant.control("snapshots/start")
        path = f"/access-request-approvals/v1/{before[0]['id']}/approve"
        for _ in range(2):
            assert tenant.post(path).status_code == 202
            assert len(tenant.pending("tomas.rivera")) == len(before) - 1
            tenant.control("snapshots/start/restore")

        assert tenant.pending("tomas.rivera") == before

    def test_unknown_snapshot_is_not_found(self, tenant):
        answer = tenant.http.post("/control/sailpoint/snapshots/none/restore")

        assert answer.status_code == 404

    def test_reset_brings_back_everything(self, tenant):
        tenant.request_access(YARD, by=LENA)
        tenant.fault("hang")
        tenant.control("switches", {"over_limit": "cap"})
        tenant.control("rules", {"by_anyone": True})
        tenant.control("reset")

        assert tenant.changes() == []
        assert tenant.calls() == []
        assert tenant.control("faults", method="GET") == []
        assert tenant.control("clock", method="GET")["frozen"] is False
        config = tenant.get("/access-request-config/v2").json()
        assert config["requestOnBehalfOfConfig"]["allowRequestOnBehalfOfAnyoneByAnyone"] is False
        assert tenant.get("/campaigns/v1", limit=999).status_code == 400

    def test_reset_leaves_tokens_valid(self, tenant):
        tenant.token(SERVICE)
        tenant.control("reset")

        assert tenant.get("/campaigns/v1").status_code == 200

    def test_same_seed_makes_the_same_tenant(self, tenant):
        def names() -> list[str]:
            rows = tenant.rows("/access-request-status/v1")
            return [f"{row['id']} {row['requestedFor']['id']} {row['state']}" for row in rows]

        first = names()
        tenant.reset(number=7)
        assert names() == first
        tenant.reset(number=8)
        assert names() != first
