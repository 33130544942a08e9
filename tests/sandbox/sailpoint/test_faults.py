"""Each way in which the tenant can fail, as a client sees it."""

import json
import threading

import httpx
import pytest

from tests.sandbox.sailpoint.tenant_client import (
    SERVICE,
    TenantClient,
    certification,
    created_id,
    id_of,
    pat,
    profile,
)

pytestmark = pytest.mark.integration

LENA = pat("lena.marsh")
YARD = profile("Antwerp Yard Plan")
CREATE = "createAccessRequestV1"
LIST = "listPendingApprovalsV1"

# A fault that keeps silent is recognised by the reader's patience running out.
PATIENCE_SECONDS = 0.5


def listing(tenant: TenantClient) -> httpx.Response:
    return tenant.get("/access-request-approvals/v1/pending", limit=3)


def request(tenant: TenantClient) -> httpx.Response:
    return tenant.request_access(YARD, by=LENA)


def impatient(tenant: TenantClient, path: str, body: dict | None = None, *, by: str = SERVICE):
    headers = {"authorization": f"Bearer {tenant.token(by)}"}
    with httpx.Client(
        base_url=tenant.http.base_url, timeout=PATIENCE_SECONDS, trust_env=False
    ) as client:
        if body is None:
            return client.get(f"/sailpoint{path}", headers=headers)
        return client.post(f"/sailpoint{path}", headers=headers, json=body)


class TestStatus:
    @pytest.mark.parametrize("status", [500, 503, 504])
    def test_has_the_documented_body(self, tenant, status):
        tenant.fault("status", status=status, operation=LIST)
        answer = listing(tenant)

        assert answer.status_code == status
        assert set(answer.json()) == {"detailCode", "trackingId", "messages", "causes"}
        assert listing(tenant).status_code == 200

    def test_502_is_a_page_of_a_proxy(self, tenant):
        tenant.fault("status", status=502, operation=LIST)
        answer = listing(tenant)

        assert answer.status_code == 502
        assert answer.headers["content-type"].startswith("text/html")

    def test_429_says_when_to_come_back(self, tenant):
        tenant.fault("status", status=429, retry_after=7, operation=LIST)
        answer = listing(tenant)

        assert answer.headers["retry-after"] == "7"
        assert answer.json() == {"message": " Rate Limit Exceeded "}

    def test_carries_nothing_out(self, tenant):
        tenant.token(LENA)
        tenant.fault("status", operation=CREATE)

        assert request(tenant).status_code == 500
        assert tenant.changes() == []

    def test_can_hit_the_token_too(self, tenant):
        tenant.fault("status", status=503, operation="oauthToken")

        assert tenant.ask_token(SERVICE).status_code == 503


class TestConnection:
    def test_hang(self, tenant):
        tenant.token(SERVICE)
        tenant.fault("hang", operation=LIST)

        with pytest.raises(httpx.ReadTimeout):
            impatient(tenant, "/access-request-approvals/v1/pending")

    def test_reset(self, tenant):
        tenant.fault("reset", operation=LIST)

        with pytest.raises(httpx.RemoteProtocolError):
            listing(tenant)
        assert listing(tenant).status_code == 200

    def test_latency_is_late_and_right(self, tenant):
        tenant.token(SERVICE)
        late = {"latency_ms": [int(PATIENCE_SECONDS * 4000)] * 2}
        tenant.fault("latency", operation=LIST, **late)
        with pytest.raises(httpx.ReadTimeout):
            impatient(tenant, "/access-request-approvals/v1/pending")
        tenant.fault("latency", operation=LIST, latency_ms=[1, 2])

        assert len(listing(tenant).json()) == 3

    def test_hanging_call_holds_up_nobody(self, tenant):
        tenant.token(SERVICE)
        tenant.fault("hang", operation=LIST)

        def wait_in_vain() -> None:
            with pytest.raises(httpx.ReadTimeout):
                impatient(tenant, "/access-request-approvals/v1/pending")

        waiting = threading.Thread(target=wait_in_vain)
        waiting.start()
        while waiting.is_alive() and not tenant.calls(LIST):
            pass

        assert tenant.get("/campaigns/v1").status_code == 200
        waiting.join(timeout=10)
        assert not waiting.is_alive()


class TestCommitThenFail:
    @pytest.mark.parametrize("status", [500, 502, 504])
    def test_status_hides_a_request_that_was_filed(self, tenant, status):
        tenant.fault("commit_then_fail", status=status, operation=CREATE)
        answer = request(tenant)

        assert answer.status_code == status
        assert len(tenant.changes(target=YARD, kind="request.created")) == 1
        mine = tenant.rows("/access-request-status/v1", by=LENA)
        assert "Antwerp Yard Plan" in {row["name"] for row in mine}

    def test_sending_again_files_it_twice(self, tenant):
        # What a client without reconciliation would do.
        tenant.control("delays", "slow")
        tenant.fault("commit_then_fail", operation=CREATE)
        request(tenant)
        request(tenant)

        assert len(tenant.changes(target=YARD, kind="request.created")) == 2

    def test_hang_hides_a_decision(self, tenant):
        approval = tenant.pending("tomas.rivera")[0]
        tenant.fault("commit_then_fail", then="hang", operation="approveAccessRequestV1")
        path = f"/access-request-approvals/v1/{approval['id']}/approve"
        with pytest.raises(httpx.ReadTimeout):
            impatient(tenant, path, {})

        assert len(tenant.changes(target=approval["id"])) == 1
        assert approval["id"] not in {one["id"] for one in tenant.pending("tomas.rivera")}

    def test_reset_hides_a_sign_off(self, tenant):
        path = f"/certifications/v1/{certification('interim')}"
        tenant.fault("commit_then_fail", then="reset", operation="signOffIdentityCertificationV1")
        with pytest.raises(httpx.RemoteProtocolError):
            tenant.post(f"{path}/sign-off")

        assert tenant.get(path).json()["phase"] == "SIGNED"

    def test_refusal_stays_a_refusal(self, tenant):
        tenant.fault("commit_then_fail", operation=CREATE)
        answer = tenant.request_access("nothing", by=LENA)

        assert answer.status_code == 400


class TestSpoiledBodies:
    def test_truncated(self, tenant):
        tenant.fault("truncated", operation=LIST)
        answer = listing(tenant)

        assert answer.status_code == 200
        with pytest.raises(json.JSONDecodeError):
            answer.json()

    def test_truncated_answer_of_a_write_hides_success(self, tenant):
        tenant.fault("truncated", operation=CREATE)
        answer = request(tenant)

        assert answer.status_code == 202
        with pytest.raises(json.JSONDecodeError):
            answer.json()
        assert len(tenant.changes(kind="request.created")) == 1

    def test_unknown_value(self, tenant):
        request_id = created_id(request(tenant))
        tenant.status(request_id)
        tenant.fault("unknown_enum", operation="listAccessRequestStatusV1", field="state")
        row = tenant.status(request_id)

        assert row["state"] == "SOMETHING_NEW"
        assert row["requestType"] == "GRANT_ACCESS"

    def test_extra_fields(self, tenant):
        tenant.fault("extra_fields", operation=LIST)

        assert all("somethingNew" in row for row in listing(tenant).json())

    def test_missing_fields(self, tenant):
        tenant.fault("missing_fields", operation=LIST)

        assert all(set(row) == {"id", "name", "accessRequestId"} for row in listing(tenant).json())

    def test_empty_list(self, tenant):
        tenant.fault("empty_list", operation=LIST)

        assert listing(tenant).json() == []
        assert len(listing(tenant).json()) == 3


class TestQueue:
    def test_hits_only_what_it_names(self, tenant):
        tenant.token(SERVICE)
        tenant.fault("status", operation=LIST, method="GET")

        assert tenant.get("/campaigns/v1").status_code == 200
        assert listing(tenant).status_code == 500

    def test_method_alone_is_enough(self, tenant):
        tenant.token(LENA)
        tenant.token(SERVICE)
        tenant.fault("status", method="post")

        assert listing(tenant).status_code == 200
        assert request(tenant).status_code == 500

    def test_lasts_as_often_as_it_says(self, tenant):
        tenant.fault("status", operation=LIST, times=2)

        assert [listing(tenant).status_code for _ in range(3)] == [500, 500, 200]

    def test_draws_by_its_seed(self, tenant):
        def drawn() -> list[int]:
            tenant.fault("status", operation=LIST, times=1000, probability=0.5, seed=3)
            statuses = [listing(tenant).status_code for _ in range(12)]
            tenant.control("faults", method="DELETE")
            return statuses

        first = drawn()
        assert first == drawn()
        assert set(first) == {200, 500}

    def test_can_be_looked_at_and_emptied(self, tenant):
        tenant.fault("hang", operation=LIST, times=5)
        [waiting] = tenant.control("faults", method="GET")
        assert (waiting["kind"], waiting["times"]) == ("hang", 5)
        tenant.control("faults", method="DELETE")

        assert listing(tenant).status_code == 200

    def test_refuses_what_it_does_not_know(self, tenant):
        answer = tenant.http.post("/control/sailpoint/faults", json={"kind": "explode"})

        assert answer.status_code == 422

    def test_is_bounded(self, tenant):
        fault = {"kind": "status", "operation": "none"}
        answers = [
            tenant.http.post("/control/sailpoint/faults", json=fault).status_code
            for _ in range(1001)
        ]

        assert answers[-2:] == [201, 409]


def test_early_expiry_refuses_before_anything_happens(tenant):
    tenant.token(LENA)
    tenant.fault("early_expiry", operation=CREATE)
    answer = request(tenant)

    assert answer.status_code == 401
    assert tenant.changes() == []
    assert id_of("lena.marsh") not in answer.text
