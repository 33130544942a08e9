"""Approvals: what is shown to whom, and what a decision does while the clock moves."""

import pytest

from tests.sandbox.sailpoint.tenant_client import (
    SERVICE,
    TenantClient,
    created_id,
    id_of,
    pat,
    profile,
    reason,
)

pytestmark = pytest.mark.integration

APPROVALS = "/access-request-approvals/v1"
TOMAS, MARCUS = pat("tomas.rivera"), pat("marcus.adeyemi")


def decide(tenant: TenantClient, approval: dict, verb: str, body=None, *, by: str = TOMAS):
    return tenant.post(f"{APPROVALS}/{approval['id']}/{verb}", body, by=by)


def first(tenant: TenantClient, alias: str = "tomas.rivera") -> dict:
    return tenant.pending(alias, sorters="-created")[0]


def wanted(tenant: TenantClient, alias: str, name: str) -> dict:
    found = [one for one in tenant.pending(alias) if one["requestedObject"]["name"] == name]
    assert len(found) == 1
    return found[0]


class TestDeciding:
    def test_is_accepted_and_then_processed(self, tenant):
        tenant.control("delays", "slow")
        approval = first(tenant)
        answer = decide(tenant, approval, "approve", {"comment": "Fine."})

        assert answer.status_code == 202
        assert answer.json() == {}
        still = next(one for one in tenant.pending("tomas.rivera") if one["id"] == approval["id"])
        assert still["actionInProcess"] == "APPROVED"
        tenant.pass_time(30)
        assert approval["id"] not in {one["id"] for one in tenant.pending("tomas.rivera")}
        [completed] = tenant.rows(f"{APPROVALS}/completed", filters=f'id eq "{approval["id"]}"')
        assert completed["state"] == "APPROVED"
        assert completed["reviewerComment"]["comment"] == "Fine."
        assert completed["reviewedBy"]["id"] == id_of("tomas.rivera")

    def test_by_the_service_names_the_service(self, tenant):
        approval = first(tenant)
        decide(tenant, approval, "approve", by=SERVICE)
        [completed] = tenant.rows(f"{APPROVALS}/completed", filters=f'id eq "{approval["id"]}"')

        assert completed["reviewedBy"]["id"] == id_of("svc-access-assistant")
        assert completed["owner"]["id"] == id_of("tomas.rivera")

    @pytest.mark.parametrize(
        "body", [None, {}, {"comment": ""}, {"comment": "  "}, {"comment": None}]
    )
    def test_rejection_wants_a_comment(self, tenant, body):
        answer = decide(tenant, first(tenant), "reject", body)

        assert answer.status_code == 400
        assert reason(answer) == 'Required field "comment" was missing or empty.'
        assert tenant.changes() == []

    @pytest.mark.parametrize("status", [400, 404])
    @pytest.mark.parametrize("profile_name", ["instant", "never"])
    def test_second_decision_changes_nothing(self, tenant, profile_name, status):
        tenant.control("delays", profile_name)
        tenant.control("switches", {"second_decision": status})
        approval = first(tenant)
        decide(tenant, approval, "approve")
        again = decide(tenant, approval, "reject", {"comment": "No, wait."})

        assert again.status_code == status
        assert [one["kind"] for one in tenant.changes(target=approval["id"])] == [
            "approval.approved"
        ]

    def test_unknown_approval_is_not_found(self, tenant):
        assert decide(tenant, {"id": "0" * 32}, "approve").status_code == 404

    def test_lapses_when_the_request_is_cancelled(self, tenant):
        approval = first(tenant)
        body = {"accountActivityId": approval["accessRequestId"], "comment": "No."}
        tenant.post("/access-requests/v1/cancel", body)

        assert approval["id"] not in {one["id"] for one in tenant.pending("tomas.rivera")}
        assert decide(tenant, approval, "approve").status_code == 400


class TestForwarding:
    def test_moves_the_approval(self, tenant):
        tenant.control("delays", "slow")
        approval = first(tenant)
        body = {"newOwnerId": id_of("marcus.adeyemi"), "comment": "Yours."}
        assert decide(tenant, approval, "forward", body).status_code == 202
        [waiting] = tenant.rows(f"{APPROVALS}/pending", filters=f'id eq "{approval["id"]}"')
        assert waiting["actionInProcess"] == "FORWARDED"
        tenant.pass_time(30)
        [moved] = tenant.pending("marcus.adeyemi", filters=f'id eq "{approval["id"]}"')

        assert "actionInProcess" not in moved
        assert moved["forwardHistory"][0]["newApproverName"] == "Marcus Adeyemi"
        assert moved["forwardHistory"][0]["comment"] == "Yours."
        assert decide(tenant, approval, "approve").status_code == 403
        assert decide(tenant, approval, "approve", by=MARCUS).status_code == 202

    @pytest.mark.parametrize(
        "body",
        [
            {"newOwnerId": id_of("marcus.adeyemi")},
            {"newOwnerId": id_of("marcus.adeyemi"), "comment": "x" * 256},
            {"newOwnerId": "nobody", "comment": "x"},
            {"newOwnerId": id_of("leo.fontaine"), "comment": "x"},
            {"newOwnerId": id_of("tomas.rivera"), "comment": "x"},
        ],
    )
    def test_goes_to_another_active_identity_with_words(self, tenant, body):
        assert decide(tenant, first(tenant), "forward", body).status_code == 400


class TestWhatIsShown:
    def test_summary_counts_like_the_lists(self, tenant):
        owner = {"owner-id": id_of("tomas.rivera")}
        before = tenant.get(f"{APPROVALS}/approval-summary", **owner).json()
        decide(tenant, first(tenant), "approve")
        decide(tenant, first(tenant), "reject", {"comment": "No."})
        after = tenant.get(f"{APPROVALS}/approval-summary", **owner).json()

        assert before["pending"] == 9
        assert after["pending"] == len(tenant.pending("tomas.rivera")) == 7
        assert after["approved"] == before["approved"] + 1
        assert after["rejected"] == before["rejected"] + 1

    def test_conflicting_access(self, tenant):
        approval = wanted(tenant, "ingrid.okafor", "Payment Release")
        result = approval["sodViolationContext"]["violationCheckResult"]

        assert result["violatedPolicies"][0]["name"] == "Create and release payments"
        criteria = result["violationContexts"][0]["conflictingAccessCriteria"]
        sides = {side["criteriaList"][0]["name"] for side in criteria.values()}
        assert sides == {"Payment Creation", "Payment Release"}

    def test_privilege_and_the_rule_for_denials(self, tenant):
        risky = wanted(tenant, "ingrid.okafor", "Payment Release")
        plain = wanted(tenant, "ingrid.okafor", "Payment Platform Code")

        assert (risky["privilegeLevel"], risky["commentRequiredWhenRejected"]) == ("HIGH", True)
        assert (plain["privilegeLevel"], plain["commentRequiredWhenRejected"]) == (None, False)

    def test_what_earlier_reviewers_said(self, tenant):
        approval = wanted(tenant, "ingrid.okafor", "Payment Release")

        [said] = approval["previousReviewersComments"]
        assert said["author"]["id"] == id_of("tomas.rivera")

    def test_member_of_a_group_is_shown_as_the_owner(self, tenant):
        for alias in ("ingrid.okafor", "marcus.adeyemi", "piotr.zielinski"):
            waiting = [
                one["owner"]["id"]
                for one in tenant.pending(alias)
                if one["requestedFor"]["id"] == id_of("clara.moreau")
            ]
            assert waiting == [id_of(alias)]

    def test_reviewer_may_have_been_lost(self, tenant):
        names = {one["reviewedBy"]["name"] for one in tenant.rows(f"{APPROVALS}/completed")}

        assert any(name.startswith("Failed to lookup MANAGER_OF ID") for name in names)

    def test_new_request_arrives_at_the_manager(self, tenant):
        request_id = created_id(
            tenant.request_access(profile("Cork Gate Log"), by=pat("lena.marsh"), comment="Hm.")
        )
        [approval] = tenant.pending("tomas.rivera", filters=f'accessRequestId in ("{request_id}")')

        assert approval["requesterComment"]["comment"] == "Hm."
        assert approval["requestedFor"]["id"] == id_of("lena.marsh")
