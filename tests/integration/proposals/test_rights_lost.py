"""Rights that were there for the card and are gone at the click: refused, and told why."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from modules.sandbox.data.people import PEOPLE_BY_ID
from tests.fixtures.writes import WRITES, Office, Wanted
from tests.sandbox.sailpoint.tenant_client import TenantClient, certification, id_of

pytestmark = pytest.mark.integration

MANAGER, EMPLOYEE, OTHER = "tomas.rivera", "lena.marsh", "ingrid.okafor"
Loss = Callable[[TenantClient, Wanted], None]


def left_the_company(alias: str) -> Loss:
    return lambda tenant, _: tenant.control(f"people/{alias}", {"active": False})


def team_moved(tenant: TenantClient, _: Wanted) -> None:
    """Everybody who reports to the manager reports to somebody else."""
    query = {"query": f'manager.id:"{id_of(MANAGER)}"'}
    found = tenant.post("/search/v1", {"indices": ["identities"], "query": query, "sort": ["id"]})
    for document in found.raise_for_status().json():
        alias = document["email"].split("@")[0]
        tenant.control(f"people/{alias}", {"manager": OTHER})


def requested_elsewhere(tenant: TenantClient, wanted: Wanted) -> None:
    (item,) = wanted.targets
    tenant.request_access(item, by=f"pat:{EMPLOYEE}").raise_for_status()
    tenant.pass_time(1)


def forwarded(tenant: TenantClient, wanted: Wanted) -> None:
    (approval_id,) = wanted.targets
    body = {"newOwnerId": id_of("henrik.dahl"), "comment": "Yours."}
    path = f"/access-request-approvals/v1/{approval_id}/forward"
    tenant.post(path, body).raise_for_status()
    tenant.pass_time(1)


def decided_by(verb: str) -> Loss:
    def decide(tenant: TenantClient, wanted: Wanted) -> None:
        (approval_id,) = wanted.targets
        path = f"/access-request-approvals/v1/{approval_id}/{verb}"
        tenant.post(path, {"comment": "Settled."}).raise_for_status()
        tenant.pass_time(1)

    return decide


def reassigned(key: str) -> Loss:
    def reassign(tenant: TenantClient, _: Wanted) -> None:
        path = f"/certifications/v1/{certification(key)}"
        items = tenant.rows(f"{path}/access-review-items")
        body = {
            "reason": "Not mine.",
            "reassignTo": id_of(OTHER),
            "reassign": [{"type": "ITEM", "id": item["id"]} for item in items],
        }
        tenant.post(f"{path}/reassign", body).raise_for_status()

    return reassign


def decided_otherwise(tenant: TenantClient, wanted: Wanted) -> None:
    """Somebody decides the opposite of whatever was proposed, where that can be."""
    path = f"/certifications/v1/{certification('treasury')}/decide"
    for decision in ("REVOKE", "APPROVE"):
        body = [{"id": i, "decision": decision, "bulk": True} for i in wanted.targets]
        if tenant.post(path, body).is_success and decision == "REVOKE":
            return


def signed_off(tenant: TenantClient, _: Wanted) -> None:
    path = f"/certifications/v1/{certification('interim')}/sign-off"
    tenant.post(path).raise_for_status()


def cancelled(tenant: TenantClient, wanted: Wanted) -> None:
    (request_id,) = wanted.targets
    body = {"accountActivityId": request_id, "comment": "Mine to cancel."}
    tenant.post("/access-requests/v1/cancel", body).raise_for_status()
    tenant.pass_time(1)


@dataclass(frozen=True)
class Case:
    write: str
    loss: Loss
    code: str


CASES = {
    "requests, has left": Case(
        "request", left_the_company(EMPLOYEE), "sailpoint_identity_inactive"
    ),
    "requests, asked elsewhere": Case("request", requested_elsewhere, "requested_already"),
    "revokes, has left": Case("revoke", left_the_company(MANAGER), "sailpoint_identity_inactive"),
    "revokes, team moved": Case("revoke", team_moved, "not_your_report"),
    "approves, has left": Case("approve", left_the_company(MANAGER), "sailpoint_identity_inactive"),
    "approves, forwarded": Case("approve", forwarded, "approval_not_yours"),
    "approves, denied by another": Case("approve", decided_by("reject"), "approval_not_yours"),
    "denies, forwarded": Case("deny", forwarded, "approval_not_yours"),
    "denies, approved by another": Case("deny", decided_by("approve"), "approval_not_yours"),
    "certifies, has left": Case(
        "certify", left_the_company(MANAGER), "sailpoint_identity_inactive"
    ),
    "certifies, reassigned": Case("certify", reassigned("treasury"), "item_missing"),
    "certifies, decided otherwise": Case("certify", decided_otherwise, "decided_otherwise"),
    "signs off, signed by another": Case("sign off", signed_off, "not_ready"),
    "signs off, reassigned": Case("sign off", reassigned("interim"), "review_changed"),
    "cancels, has left": Case("cancel", left_the_company(EMPLOYEE), "sailpoint_identity_inactive"),
    "cancels, cancelled by another": Case("cancel", cancelled, "not_cancelable"),
}


@pytest.mark.parametrize("name", CASES)
async def test_a_right_that_is_gone_refuses_with_the_reason(
    writing_office: Office, name: str
) -> None:
    case, office = CASES[name], writing_office
    await office.begin_anew("instant")
    office.random.seed(name)
    wanted = await WRITES[case.write](office)
    case.loss(office.tenant, wanted)
    before = len(office.tenant.calls(wanted.operation))

    await office.proposals.decide(wanted.person, wanted.proposal_id, confirm=True)
    await office.executor.execute(wanted.proposal_id)

    shown = await office.card(wanted)
    assert shown.outcome is not None, shown
    assert (shown.status, shown.outcome["code"]) == ("refused", case.code)
    assert shown.outcome["words"]
    assert len(office.tenant.calls(wanted.operation)) == before


async def test_what_the_company_does_not_allow_any_more_is_refused(writing_office: Office) -> None:
    office = writing_office
    await office.begin_anew("instant")
    person, actor = await office.meet("manager")
    member = next(
        one
        for one in (await office.desk.access.team(actor)).items
        if one.name == PEOPLE_BY_ID["employee"].name
    )
    page = await office.desk.access.requestable(
        actor, term="Hamburg", identity_id=member.id, offset=0
    )
    item = next(row for row in page.items if row.status == "available")
    arguments = {"type": item.type, "id": item.id, "reason": "Why", "for_person_id": member.id}
    proposal_id = await office.propose(person, actor, "request_access", arguments)
    office.tenant.control("rules", {"by_manager": False})

    await office.proposals.decide(person, proposal_id, confirm=True)
    await office.executor.execute(proposal_id)

    proposal = await office.proposals.get(person, proposal_id)
    assert proposal.outcome is not None
    assert (proposal.status, proposal.outcome["code"]) == ("refused", "not_on_behalf")
    assert office.tenant.calls("createAccessRequestV1") == []
