"""The demo data holds what each of the people who sign in needs to see."""

import pytest

from modules.sandbox.data import hostile
from modules.sandbox.data.people import PEOPLE
from tests.sandbox.sailpoint.tenant_client import TenantClient, entitlement, id_of, pat, profile

pytestmark = pytest.mark.integration

PUBLIC = "/public-identities/v1"
STATUS = "/access-request-status/v1"


def document(tenant: TenantClient, alias: str) -> dict:
    body = {"indices": ["identities"], "query": {"query": f'id:"{id_of(alias)}"'}}
    [found] = tenant.post("/search/v1", body).json()
    return found


class TestPeople:
    @pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.id)
    def test_everybody_who_signs_in_is_one_active_identity(self, shared, person):
        filters = f'email eq "{person.email}"'
        [found] = shared.rows(PUBLIC, filters=filters, **{"add-core-filters": "true"})

        assert found["name"] == person.name
        assert found["identityState"] == "ACTIVE"

    def test_there_are_all_kinds(self, shared):
        everybody = shared.rows(PUBLIC)
        names = [one["name"] for one in everybody]

        assert len(everybody) == 41
        assert names.count("Daan de Vries") == 2
        assert {"Łukasz Żak", "Sinéad O'Brien", 'Dwayne "Tank" Osei'} <= set(names)
        assert [one["alias"] for one in everybody if one["email"] is None] == ["scanner.dock7"]
        assert [one["alias"] for one in everybody if one["status"] == "Inactive"] == [
            "leo.fontaine"
        ]
        unled = {one["alias"] for one in everybody if one["manager"] is None}
        assert unled == {"helena.brandt", "noor.vandam"}

    def test_contractor_has_an_end_date(self, shared):
        identity = shared.get(f"/identities/v1/{id_of('javier.molina')}").json()

        assert identity["lifecycleState"]["stateName"] == "contractor"
        assert "endDate" in identity["attributes"]


class TestEmployee:
    def test_reports_to_the_manager(self, shared):
        [lena] = shared.rows(PUBLIC, filters='alias eq "lena.marsh"')

        assert lena["manager"]["id"] == id_of("tomas.rivera")

    def test_has_access_of_each_kind_some_without_a_date(self, shared):
        access = document(shared, "lena.marsh")["access"]
        path = f"/identities/v1/{id_of('lena.marsh')}/role-assignments"
        dated = {one["role"]["name"]: "addedDate" in one for one in shared.rows(path)}

        assert {one["type"] for one in access} == {"ROLE", "ACCESS_PROFILE", "ENTITLEMENT"}
        assert len({one["source"]["name"] for one in access if "source" in one}) >= 4
        assert dated == {"Employee": True, "Finance Analyst": True}

    def test_has_requests_in_every_stage(self, shared):
        rows = shared.rows(STATUS, **{"requested-for": id_of("lena.marsh")})

        assert {row["state"] for row in rows} == {
            "EXECUTING",
            "REQUEST_COMPLETED",
            "REJECTED",
            "CANCELLED",
            "PROVISIONING_FAILED",
            "PROVISIONING_VERIFICATION_PENDING",
        }

    def test_has_to_choose_between_two_accounts(self, shared):
        accounts = document(shared, "lena.marsh")["accounts"]
        on_sap = [one for one in accounts if one["source"]["name"] == "SAP Payments"]

        assert {one["name"] for one in on_sap} == {"LMARSH", "LMARSH_TEST"}


class TestManager:
    def test_has_a_dozen_reports_and_nine_approvals(self, shared):
        body = {
            "indices": ["identities"],
            "query": {"query": f'manager.id:"{id_of("tomas.rivera")}"'},
        }

        assert len(shared.post("/search/v1", body).json()) == 12
        assert len(shared.pending("tomas.rivera")) == 9

    def test_another_manager_has_no_reports(self, shared):
        body = {
            "indices": ["identities"],
            "query": {"query": f'manager.id:"{id_of("greta.lindqvist")}"'},
        }

        assert shared.post("/search/v1", body).json() == []


class TestApprover:
    def test_owns_payment_access_and_decides_on_it(self, shared):
        waiting = shared.pending("ingrid.okafor")
        wanted = {one["requestedObject"]["name"] for one in waiting}
        owned = shared.rows("/requestable-objects/v1", term="payment")

        assert {"Payment Release", "Payment Run Monitor", "Bank Master Data"} <= wanted
        assert id_of("ingrid.okafor") in {one["ownerRef"]["id"] for one in owned}

    def test_has_one_conflict_one_of_her_own_and_one_nearly_lapsed(self, shared):
        waiting = shared.pending("ingrid.okafor", sorters="created")
        conflicts = [one for one in waiting if one["sodViolationContext"]]
        own = [one for one in waiting if one["requestedFor"]["id"] == id_of("ingrid.okafor")]

        assert [one["requestedObject"]["name"] for one in conflicts] == ["Payment Release"]
        assert len(own) == 1
        assert waiting[0]["requestedFor"]["id"] == id_of("nadia.petrova")


class TestNewcomer:
    def test_has_birthright_only(self, shared):
        found = document(shared, "priya.nair")
        roles = [one["name"] for one in found["access"] if one["type"] == "ROLE"]

        assert roles == ["Employee"]
        assert not any(one.get("standalone") or one.get("revocable") for one in found["access"])
        assert shared.rows(STATUS, by=pat("priya.nair")) == []


class TestAccess:
    def test_some_entitlements_are_hard_to_read(self, shared):
        rows = shared.rows("/entitlements/v1")

        assert len(rows) == 121
        assert len([one for one in rows if one["privilegeLevel"]["direct"] == "HIGH"]) >= 10
        assert len([one for one in rows if one["description"] is None]) >= 8
        assert len([one for one in rows if one["value"].startswith("CN=SG-")]) == 5
        assert len([one for one in rows if not one["requestable"]]) >= 3
        assert entitlement("SAP Payments", "Payment Release") in {one["id"] for one in rows}

    def test_hostile_texts_are_where_people_write(self, shared):
        objects = {
            one["name"]: one["description"] or ""
            for one in shared.rows("/requestable-objects/v1", types="ROLE")
        }
        profiles = shared.rows("/requestable-objects/v1", term="o", types="ACCESS_PROFILE")
        texts = {one["description"] for page in (profiles,) for one in page}
        comments = [
            (one.get("requesterComment") or {}).get("comment")
            for one in shared.pending("tomas.rivera")
        ]

        assert hostile.INSTRUCTION in comments
        assert objects[hostile.ROLE_NAME] == hostile.INSTRUCTION
        assert len(hostile.LONG) > 8000
        for name in ("Tax Archive", "Report Publishing", "Northern Corridor"):
            [row] = shared.rows("/requestable-objects/v1", filters=f'id eq "{profile(name)}"')
            texts.add(row["description"])
        assert {hostile.MARKUP, hostile.RIGHT_TO_LEFT, hostile.LONG} <= texts

    def test_requests_came_to_every_end(self, shared):
        rows = shared.rows(STATUS)
        states = {row["state"] for row in rows}
        approvals = {one["status"] for row in rows for one in row["approvalDetails"]}

        assert len(rows) == 85
        assert states == {
            "EXECUTING",
            "REQUEST_COMPLETED",
            "CANCELLED",
            "TERMINATED",
            "PROVISIONING_VERIFICATION_PENDING",
            "REJECTED",
            "PROVISIONING_FAILED",
            "NOT_ALL_ITEMS_PROVISIONED",
            "ERROR",
        }
        assert approvals == {"PENDING", "APPROVED", "REJECTED", "EXPIRED", "CANCELLED"}

    def test_there_is_a_campaign_in_every_stage(self, shared):
        assert {one["status"] for one in shared.rows("/campaigns/v1")} == {
            "ACTIVE",
            "STAGED",
            "COMPLETED",
        }
