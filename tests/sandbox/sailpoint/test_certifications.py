"""Certifications: reading, deciding, signing off and passing on."""

import pytest

from tests.sandbox.sailpoint.tenant_client import (
    SERVICE,
    TenantClient,
    certification,
    id_of,
    pat,
)

pytestmark = pytest.mark.integration

TOMAS, INGRID = pat("tomas.rivera"), pat("ingrid.okafor")


def path(key: str, rest: str = "") -> str:
    return f"/certifications/v1/{certification(key)}{rest}"


def items(tenant: TenantClient, key: str, **params) -> list[dict]:
    found: list[dict] = []
    while page := tenant.rows(
        path(key, "/access-review-items"), offset=len(found), sorters="access.name", **params
    ):
        found += page
    return found


def decision(item: dict, verdict: str = "APPROVE", **fields) -> dict:
    return {"id": item["id"], "decision": verdict, "bulk": False, **fields}


def decide(tenant: TenantClient, key: str, *decisions: dict, by: str = TOMAS):
    return tenant.post(path(key, "/decide"), list(decisions), by=by)


def finish(tenant: TenantClient, key: str, by: str = TOMAS) -> None:
    undecided = items(tenant, key, filters="completed eq false")
    decide(tenant, key, *(decision(one) for one in undecided), by=by).raise_for_status()


class TestReading:
    def test_large_one_takes_two_pages(self, tenant):
        certified = tenant.get(path("team"), by=TOMAS).json()

        assert certified["decisionsTotal"] == len(items(tenant, "team")) == 320
        assert (certified["decisionsMade"], certified["identitiesTotal"]) == (30, 14)
        types = {one["accessSummary"]["access"]["type"] for one in items(tenant, "team")}
        assert types == {"ENTITLEMENT", "ACCESS_PROFILE", "ROLE"}

    def test_large_one_can_be_larger(self, tenant):
        tenant.reset(large_items=500)

        assert len(items(tenant, "team")) == 500

    def test_use_is_known_for_some_and_unknown_for_others(self, tenant):
        insights = [
            one["accessSummary"]["entitlement"]["account"]["activityInsights"]
            for one in items(tenant, "team", filters='access.type eq "ENTITLEMENT"')
        ]
        states = {one["usageDaysState"] for one in insights}

        assert states == {"COMPLETE", "UNKNOWN"}
        assert all(
            "usageDays" not in one for one in insights if one["usageDaysState"] != "COMPLETE"
        )

    def test_one_kind_of_access_can_be_chosen(self, tenant):
        found = items(tenant, "team", filters='access.type eq "ROLE"')
        role_id = found[0]["accessSummary"]["access"]["id"]
        chosen = items(tenant, "team", roles=role_id)

        assert {one["accessSummary"]["access"]["id"] for one in chosen} == {role_id}
        both = tenant.get(path("team", "/access-review-items"), roles="x", entitlements="y")
        assert both.status_code == 400

    def test_reviewer_sees_their_own(self, tenant):
        names = {one["name"] for one in tenant.rows("/certifications/v1", by=INGRID)}

        assert names == {
            "Privileged Access to Payments",
            "Manager Access Review for Ingrid Okafor",
            "Manager Access Review for Ingrid Okafor, third quarter",
        }

    def test_phases_and_completion_can_be_asked_for(self, tenant):
        active = tenant.rows(
            "/certifications/v1", by=TOMAS, filters='phase eq "ACTIVE"', sorters="due"
        )
        ready = tenant.rows(
            "/certifications/v1", by=TOMAS, filters='phase eq "ACTIVE" and completed eq true'
        )

        assert len(active) == 4
        # The privileged one is overdue, and was passed on by Ingrid.
        assert active[0]["reassignment"]["from"]["reviewer"]["id"] == id_of("ingrid.okafor")
        assert [one["name"] for one in ready] == ["Manager Access Review for Interim Staff"]

    def test_summaries_count_the_decisions(self, tenant):
        decided = items(tenant, "team", filters="completed eq true")
        summary = tenant.get(path("team", "/decision-summary"), by=TOMAS).json()
        made = [value for name, value in summary.items() if name.endswith("DecisionsMade")]

        assert sum(made) == len(decided) == 30

    def test_governance_groups_are_not_supported(self, tenant):
        for rest in ("", "/access-review-items", "/identity-summaries", "/decision-summary"):
            answer = tenant.get(path("board", rest))
            assert answer.status_code == 400
            assert "semantically invalid" in answer.text
        assert decide(tenant, "board", {}, by=SERVICE).status_code == 400
        listed = tenant.rows("/certifications/v1")
        assert certification("board") not in {one["id"] for one in listed}


class TestDeciding:
    def test_is_done_at_once(self, tenant):
        first, second = items(tenant, "treasury")[:2]
        answer = decide(tenant, "treasury", decision(first), decision(second, comments="Needed."))

        assert answer.json()["decisionsMade"] == 2
        shown = {one["id"]: one for one in items(tenant, "treasury")}
        assert shown[first["id"]]["decision"] == "APPROVE"
        assert shown[second["id"]]["comments"] == "Needed."
        assert "decision" not in items(tenant, "treasury", filters="completed eq false")[0]

    def test_repeating_a_decision_changes_nothing(self, tenant):
        item = items(tenant, "treasury")[0]
        for verdict in ("APPROVE", "APPROVE", "REVOKE"):
            decide(tenant, "treasury", decision(item, verdict)).raise_for_status()

        assert len(tenant.changes(target=item["id"])) == 2

    def test_is_all_or_nothing(self, tenant):
        item = items(tenant, "treasury")[0]
        answer = decide(tenant, "treasury", decision(item), decision({"id": "0" * 32}))

        assert answer.status_code == 404
        assert tenant.changes() == []
        assert len(items(tenant, "treasury", filters="completed eq true")) == 0

    @pytest.mark.parametrize(
        "change",
        [
            {"bulk": None},
            {"decision": "MAYBE"},
            {"comments": 5},
            {"proposedEndDate": "2099-01-01T00:00:00Z"},
            {"decision": "REVOKE", "proposedEndDate": ""},
            {"decision": "REVOKE", "proposedEndDate": "2001-01-01T00:00:00Z"},
        ],
    )
    def test_what_is_no_decision_is_refused(self, tenant, change):
        item = items(tenant, "treasury")[0]

        assert decide(tenant, "treasury", {**decision(item), **change}).status_code == 400

    @pytest.mark.parametrize(("number", "status"), [(0, 400), (250, 200), (251, 400)])
    def test_takes_250_at_a_time(self, tenant, number, status):
        chosen = [decision(one) for one in items(tenant, "team")[:number]]

        assert decide(tenant, "team", *chosen).status_code == status

    @pytest.mark.parametrize(
        ("verdict", "comment", "status"),
        [
            ("REVOKE", None, 400),
            ("REVOKE", " ", 400),
            ("REVOKE", "Too much.", 200),
            ("APPROVE", None, 200),
        ],
    )
    def test_comment_may_be_required(self, tenant, verdict, comment, status):
        item = items(tenant, "banking", filters="completed eq false")[0]
        body = decision(item, verdict, **({"comments": comment} if comment else {}))

        assert decide(tenant, "banking", body, by=INGRID).status_code == status

    def test_birthright_cannot_be_revoked(self, tenant):
        [item] = items(
            tenant, "team", filters='access.name eq "Employee" and identitySummary.name sw "Lena"'
        )

        assert item["accessSummary"]["role"]["revocable"] is False
        assert decide(tenant, "team", decision(item, "REVOKE")).status_code == 400
        assert decide(tenant, "team", decision(item)).status_code == 200

    @pytest.mark.parametrize("key", ["finance", "team-q3"])
    def test_only_what_is_active_is_decided_and_signed(self, tenant, key):
        item = items(tenant, key)[0]

        assert decide(tenant, key, decision(item)).status_code == 400
        assert tenant.post(path(key, "/sign-off"), by=TOMAS).status_code == 400

    def test_is_for_the_reviewer_and_administrators(self, tenant):
        item = items(tenant, "treasury")[0]

        assert decide(tenant, "treasury", decision(item), by=INGRID).status_code == 403
        assert decide(tenant, "treasury", decision(item), by=pat("bram.jansen")).status_code == 200


class TestSigningOff:
    def test_wants_every_decision(self, tenant):
        assert tenant.post(path("treasury", "/sign-off"), by=TOMAS).status_code == 400
        assert tenant.changes() == []

    def test_is_done_once(self, tenant):
        finish(tenant, "treasury")
        signed = tenant.post(path("treasury", "/sign-off"), by=TOMAS).json()

        assert signed["phase"] == "SIGNED"
        assert signed["signed"] is not None
        assert tenant.post(path("treasury", "/sign-off"), by=TOMAS).status_code == 400
        assert len(tenant.changes(kind="certification.signed")) == 1

    def test_takes_away_what_was_revoked(self, tenant):
        name = "entitlement"
        item = next(one for one in items(tenant, "treasury") if one["accessSummary"].get(name))
        access_id = item["accessSummary"]["access"]["id"]
        identity_id = item["identitySummary"]["identityId"]
        decide(tenant, "treasury", decision(item, "REVOKE")).raise_for_status()
        finish(tenant, "treasury")
        held = f"/entitlements/v1/identities/{identity_id}/entitlements"
        assert access_id in {one["objectRef"]["id"] for one in tenant.rows(held)}
        tenant.post(path("treasury", "/sign-off"), by=TOMAS).raise_for_status()

        assert access_id not in {one["objectRef"]["id"] for one in tenant.rows(held)}

    def test_of_the_last_one_ends_the_campaign(self, tenant):
        def campaign() -> dict:
            [found] = tenant.rows("/campaigns/v1", filters='name eq "Privileged Access"')
            return found

        for key, by in (("banking", INGRID), ("directory", TOMAS)):
            assert campaign()["status"] == "ACTIVE"
            finish(tenant, key, by)
            tenant.post(path(key, "/sign-off"), by=by).raise_for_status()

        assert campaign()["status"] == "COMPLETED"
        assert campaign()["completedCertifications"] == campaign()["totalCertifications"] == 2


class TestPassingOn:
    def reassign(self, tenant: TenantClient, *named: dict, to: str = "marcus.adeyemi", **fields):
        body = {"reassign": list(named), "reassignTo": id_of(to), "reason": "Yours.", **fields}
        return tenant.post(path("treasury", "/reassign"), body, by=TOMAS)

    def test_moves_items_to_a_new_certification(self, tenant):
        moved, other = items(tenant, "treasury")[:2]
        answer = self.reassign(tenant, {"type": "ITEM", "id": moved["id"]})

        assert answer.json()["decisionsTotal"] == 11
        [new] = tenant.rows("/certifications/v1", by=pat("marcus.adeyemi"))
        assert new["reassignment"]["from"]["id"] == certification("treasury")
        assert new["reassignment"]["comment"] == "Yours."
        assert new["decisionsTotal"] == 1
        assert decide(tenant, "treasury", decision(moved)).status_code == 404
        assert decide(tenant, "treasury", decision(other)).status_code == 200

    def test_moves_all_of_a_person(self, tenant):
        summary = items(tenant, "treasury")[0]["identitySummary"]
        answer = self.reassign(tenant, {"type": "IDENTITY_SUMMARY", "id": summary["id"]})

        assert answer.json()["identitiesTotal"] == 1

    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({"reason": ""}, 400),
            ({"to": "tomas.rivera"}, 400),
            ({"to": "leo.fontaine"}, 400),
            ({"to": "henrik.dahl"}, 400),
            ({"reassign": []}, 400),
            ({"reassign": [{"type": "ITEM", "id": "x"}] * 51}, 400),
            ({"reassign": [{"type": "THING", "id": "x"}]}, 400),
            ({"reassign": [{"type": "ITEM", "id": "x"}]}, 404),
        ],
    )
    def test_is_checked(self, tenant, fields, status):
        [henriks] = items(tenant, "treasury", filters='identitySummary.name eq "Henrik Dahl"')[:1]

        answer = self.reassign(tenant, {"type": "ITEM", "id": henriks["id"]}, **fields)
        assert answer.status_code == status
