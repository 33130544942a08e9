"""The rate limit, counted by client and API version."""

import pytest

from tests.sandbox.sailpoint.tenant_client import SERVICE, TenantClient, pat

pytestmark = pytest.mark.integration

PATH = "/access-request-approvals/v1/approval-summary"


def limit(tenant: TenantClient, calls: int) -> None:
    tenant.control("limit", {"calls": calls})


def statuses(tenant: TenantClient, number: int, *, by: str = SERVICE) -> list[int]:
    return [tenant.get(PATH, by=by).status_code for _ in range(number)]


def test_is_a_hundred_in_ten_seconds_after_a_reset(tenant):
    tenant.control("reset")
    view = tenant.control("limit", method="GET")

    assert view == {"calls": 100, "seconds": 10, "refused": 0}


def test_says_when_to_come_back(tenant):
    tenant.token(SERVICE)
    limit(tenant, 2)
    assert statuses(tenant, 1) == [200]
    tenant.pass_time(4)
    assert statuses(tenant, 1) == [200]
    refused = tenant.get(PATH)

    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "6"
    assert refused.json() == {"message": " Rate Limit Exceeded "}


def test_window_slides(tenant):
    tenant.token(SERVICE)
    limit(tenant, 2)
    statuses(tenant, 1)
    tenant.pass_time(4)
    statuses(tenant, 1)
    tenant.pass_time(6)

    assert statuses(tenant, 2) == [200, 429]


def test_is_shared_by_all_tokens_of_a_client(tenant):
    first, second = (tenant.ask_token(SERVICE).json()["access_token"] for _ in range(2))
    limit(tenant, 1)

    assert tenant.call("GET", PATH, token=first).status_code == 200
    assert tenant.call("GET", PATH, token=second).status_code == 429


def test_is_apart_for_clients_and_versions(tenant):
    tenant.token(SERVICE)
    tenant.token(pat("lena.marsh"))
    limit(tenant, 1)

    assert statuses(tenant, 2) == [200, 429]
    assert statuses(tenant, 1, by=pat("lena.marsh")) == [200]
    assert tenant.get("/access-request-config/v2").status_code == 200


def test_holds_for_tokens_too(tenant):
    limit(tenant, 1)

    assert [tenant.ask_token(SERVICE).status_code for _ in range(2)] == [200, 429]


def test_refused_calls_are_counted_and_change_nothing(tenant):
    tenant.token(SERVICE)
    [approval] = tenant.pending("marcus.adeyemi", limit=1)
    limit(tenant, 0)
    answer = tenant.post(f"/access-request-approvals/v1/{approval['id']}/approve")

    assert answer.status_code == 429
    assert tenant.changes() == []
    assert tenant.control("limit", method="GET")["refused"] == 1
