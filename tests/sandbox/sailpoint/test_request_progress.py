"""How a request goes on after it was accepted, while the tenant's clock moves."""

import pytest

from tests.sandbox.sailpoint.tenant_client import (
    TenantClient,
    created_id,
    id_of,
    pat,
    profile,
    reason,
)

pytestmark = pytest.mark.integration

LENA, TOMAS = pat("lena.marsh"), pat("tomas.rivera")
YARD = profile("Antwerp Yard Plan")
STATUS = "/access-request-status/v1"
DAY = 86_400


class TestAppearing:
    def test_takes_as_long_as_the_tenant_is_told(self, tenant):
        tenant.control("delays", {"request_visible": [30, 30]})
        request_id = created_id(tenant.request_access(YARD, by=LENA))
        filters = f'accessRequestId eq "{request_id}"'

        assert tenant.rows(STATUS, filters=filters) == []
        tenant.pass_time(29)
        assert tenant.rows(STATUS, filters=filters) == []
        tenant.pass_time(1)
        assert tenant.status(request_id)["state"] == "EXECUTING"

    def test_may_never_come(self, tenant):
        tenant.control("delays", "never")
        request_id = created_id(tenant.request_access(YARD, by=LENA))
        tenant.pass_time(300 * DAY)

        assert tenant.rows(STATUS, filters=f'accessRequestId eq "{request_id}"') == []

    def test_brings_tag_and_comment_back(self, tenant):
        item = {"clientMetadata": {"chatRequestId": "u-1"}, "comment": "To plan."}
        request_id = created_id(tenant.request_access(YARD, by=LENA, **item))
        row = tenant.status(request_id)

        assert row["clientMetadata"] == {"chatRequestId": "u-1"}
        assert row["requesterComment"]["comment"] == "To plan."
        assert row["cancelable"] is True
        assert tenant.phases(request_id)["APPROVAL_PHASE"] == ("EXECUTING", None)

    def test_shared_tag_holds_for_items_without_their_own(self, tenant):
        request = {"clientMetadata": {"chatRequestId": "u-2"}}
        row = tenant.status(created_id(tenant.request_access(YARD, by=LENA, request=request)))

        assert row["clientMetadata"] == {"chatRequestId": "u-2"}

    def test_is_one_request_for_each_person_and_one_row_for_each_item(self, tenant):
        items = [
            {"type": "ACCESS_PROFILE", "id": one} for one in (YARD, profile("Dublin Site Wiki"))
        ]
        people = [id_of("lena.marsh"), id_of("ruben.kaya")]
        body = {"requestedFor": people, "requestedItems": items}
        filed = tenant.post("/access-requests/v1", body, by=TOMAS).json()["newRequests"]

        assert [one["requestedFor"] for one in filed] == people
        [request_id] = filed[0]["accessRequestIds"]
        assert len(tenant.rows(STATUS, filters=f'accessRequestId eq "{request_id}"')) == 2


class TestTheSameAgain:
    def test_under_way_is_only_reported(self, tenant):
        request_id = created_id(tenant.request_access(YARD, by=LENA))
        tenant.status(request_id)
        again = tenant.request_access(YARD, by=LENA).json()

        assert again["newRequests"] == []
        assert again["existingRequests"][0]["accessRequestIds"] == [request_id]
        assert len(tenant.changes(kind="request.created")) == 1

    def test_in_quick_succession_is_accepted_and_then_cancelled(self, tenant):
        tenant.control("delays", {"request_visible": [5, 5]})
        first, second = (created_id(tenant.request_access(YARD, by=LENA)) for _ in range(2))
        tenant.pass_time(5)

        assert tenant.status(first)["state"] == "EXECUTING"
        row = tenant.status(second)
        assert row["state"] == "CANCELLED"
        assert "identical request" in row["cancelledRequestDetails"]["comment"]

    def test_held_already_is_accepted_and_then_cancelled(self, tenant):
        held = profile("Expense Reports")
        row = tenant.status(created_id(tenant.request_access(held, by=LENA)))

        assert row["state"] == "CANCELLED"
        assert "already has" in row["cancelledRequestDetails"]["comment"]

    def test_held_already_may_never_be_listed(self, tenant):
        tenant.control("switches", {"held_access": "unlisted"})
        held = profile("Expense Reports")
        request_id = created_id(tenant.request_access(held, by=LENA))

        assert tenant.rows(STATUS, filters=f'accessRequestId eq "{request_id}"') == []

    def test_another_end_is_no_repetition(self, tenant):
        item = {"removeDate": "2099-01-01T00:00:00.000Z"}
        row = tenant.status(
            created_id(tenant.request_access(profile("Invoice Entry"), by=LENA, **item))
        )

        assert row["state"] == "EXECUTING"


class TestApproval:
    def test_steps_follow_one_another(self, tenant):
        request_id = created_id(tenant.request_access(profile("Vendor Maintenance"), by=LENA))
        first = tenant.status(request_id)["approvalDetails"]
        tenant.decide(request_id, by=TOMAS)
        second = tenant.status(request_id)["approvalDetails"]
        tenant.decide(request_id, by=pat("ingrid.okafor"))

        assert [one["scheme"] for one in first] == ["MANAGER"]
        assert [one["status"] for one in second] == ["APPROVED", "PENDING"]
        assert second[0]["reviewedBy"]["id"] == id_of("tomas.rivera")
        assert second[1]["currentOwner"]["id"] == id_of("ingrid.okafor")
        row = tenant.status(request_id)
        assert row["state"] == "REQUEST_COMPLETED"
        assert set(tenant.phases(request_id).values()) == {("COMPLETED", "SUCCESSFUL")}

    def test_without_steps_goes_straight_to_provisioning(self, tenant):
        request_id = created_id(
            tenant.request_access(profile("Expense Reports"), by=pat("priya.nair"))
        )

        assert tenant.status(request_id)["state"] == "REQUEST_COMPLETED"

    def test_rejection_ends_it(self, tenant):
        request_id = created_id(tenant.request_access(YARD, by=LENA))
        tenant.status(request_id)
        tenant.decide(request_id, "reject")
        row = tenant.status(request_id)

        assert row["state"] == "REJECTED"
        assert tenant.phases(request_id) == {
            "APPROVAL_PHASE": ("COMPLETED", "FAILED"),
            "PROVISIONING_PHASE": ("NOT_EXECUTED", None),
        }

    def test_runs_out_after_ninety_days(self, tenant):
        request_id = created_id(tenant.request_access(YARD, by=LENA))
        tenant.status(request_id)
        tenant.pass_time(90 * DAY - 1)
        tenant.tokens.clear()
        assert tenant.status(request_id)["approvalDetails"][0]["status"] == "PENDING"
        tenant.pass_time(1)
        row = tenant.status(request_id)

        assert row["approvalDetails"][0]["status"] == "EXPIRED"
        assert row["state"] == "REJECTED"

    def test_conflicting_access_is_shown(self, tenant):
        # Henrik releases payments by his role.
        request_id = created_id(
            tenant.request_access(
                profile("Payment Creation"), by=pat("henrik.dahl"), comment="Cover."
            )
        )
        row = tenant.status(request_id)
        [policy] = row["sodViolationContext"]["violationCheckResult"]["violatedPolicies"]

        assert policy["name"] == "Create and release payments"
        assert tenant.phases(request_id)["SOD_PHASE"] == ("COMPLETED", "SUCCESSFUL")

    def test_group_decides_by_any_member(self, tenant):
        [waiting] = [
            one
            for one in tenant.pending("piotr.zielinski")
            if one["requestedObject"]["name"] == "Bank Master Data"
        ]
        path = f"/access-request-approvals/v1/{waiting['id']}/approve"

        assert tenant.post(path, by=pat("marcus.adeyemi")).status_code == 202
        row = tenant.status(waiting["accessRequestId"])
        assert row["approvalDetails"][-1]["originalOwner"]["type"] == "GOVERNANCE_GROUP"
        assert row["state"] == "REQUEST_COMPLETED"


class TestCancelling:
    def cancel(self, tenant: TenantClient, request_id: str):
        body = {"accountActivityId": request_id, "comment": "Mistake. ref u-3"}
        return tenant.post("/access-requests/v1/cancel", body, by=LENA)

    def test_takes_effect_later_and_only_once(self, tenant):
        request_id = created_id(tenant.request_access(YARD, by=LENA))
        tenant.status(request_id)
        tenant.control("delays", "slow")
        accepted, again = self.cancel(tenant, request_id), self.cancel(tenant, request_id)

        assert (accepted.status_code, again.status_code) == (202, 400)
        assert tenant.status(request_id)["state"] == "EXECUTING"
        tenant.pass_time(30)
        row = tenant.status(request_id)
        assert row["state"] == "CANCELLED"
        assert row["cancelledRequestDetails"]["comment"] == "Mistake. ref u-3"
        assert row["approvalDetails"][0]["status"] == "CANCELLED"
        assert len(tenant.changes(target=request_id, kind="request.cancelled")) == 1

    def test_before_it_is_listed_finds_nothing(self, tenant):
        tenant.control("delays", "slow")
        request_id = created_id(tenant.request_access(YARD, by=LENA))

        assert self.cancel(tenant, request_id).status_code == 404

    def test_of_what_is_over_is_refused(self, tenant):
        request_id = created_id(tenant.request_access(profile("Expense Reports"), by=LENA))
        tenant.status(request_id)
        answer = self.cancel(tenant, request_id)

        assert answer.status_code == 400
        assert "cannot be cancelled" in reason(answer)
