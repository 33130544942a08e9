"""Nobody decides on what they asked for, or what is for them, however it came to their desk."""

from collections.abc import Awaitable, Callable

import pytest

from modules.backend.clients.sailpoint.requests import REFERENCE
from modules.backend.schemas.access import RequestableOut
from modules.backend.services.actions.action import Actor, Refused
from modules.backend.services.approvals import OWN
from modules.backend.services.people import Person
from tests.fixtures.rest import counted_statements
from tests.fixtures.writes import PLAIN, Office
from tests.sandbox.sailpoint.tenant_client import created_id, id_of

pytestmark = pytest.mark.integration

MANAGER, EMPLOYEE = "tomas.rivera", "lena.marsh"
Asking = Callable[[Office, Person, Actor], Awaitable[str]]


async def available(office: Office, actor: Actor) -> RequestableOut:
    """Something that the employee can be given once their manager approves."""
    page = await office.desk.access.requestable(
        actor, term=PLAIN, identity_id=id_of(EMPLOYEE), offset=0
    )
    return next(row for row in page.items if row.status == "available")


async def asked_here(office: Office, person: Person, actor: Actor) -> str:
    """SailPoint names the service as who asked; the id is that of the approval."""
    item = await available(office, actor)
    wanted = {"type": item.type, "id": item.id, "reason": "She stands in."}
    for_report = {"for_person_id": id_of(EMPLOYEE)}
    proposal_id = await office.propose(person, actor, "request_access", wanted | for_report)
    await office.proposals.decide(person, proposal_id, confirm=True)
    await office.executor.execute(proposal_id)
    await office.pass_time(5)
    return next(
        str(row["id"])
        for row in office.tenant.pending(MANAGER)
        if (row.get("clientMetadata") or {}).get(REFERENCE) == str(proposal_id)
    )


async def asked_in_sailpoint(office: Office, _: Person, actor: Actor) -> str:
    item = await available(office, actor)
    request_id = created_id(
        office.tenant.request_access(item.id, by=f"pat:{MANAGER}", for_whom=EMPLOYEE)
    )
    await office.pass_time(5)
    return next(
        str(row["id"])
        for row in office.tenant.pending(MANAGER)
        if row["accessRequestId"] == request_id
    )


async def refused(office: Office, person: Person, actor: Actor, approval_id: str) -> bool:
    """Whether the list, the approval itself and both decisions say that it is not theirs."""
    shown = await office.desk.approvals.one(actor, approval_id)
    listed = {row.id: row for row in (await office.desk.approvals.of(actor)).items}
    for decision in ("approve", "deny"):
        wanted = {"approval_id": approval_id, "decision": decision, "comment": "Fine."}
        with pytest.raises(Refused, match="not_decidable"):
            await office.propose(person, actor, "decide_approval", wanted)
    return not shown.decidable and shown.why_not == listed[approval_id].why_not == OWN


@pytest.mark.parametrize("asking", [asked_here, asked_in_sailpoint])
async def test_who_asked_does_not_decide(writing_office: Office, asking: Asking) -> None:
    await writing_office.begin_anew("instant")
    person, actor = await writing_office.meet("manager")
    approval_id = await asking(writing_office, person, actor)

    assert await refused(writing_office, person, actor, approval_id)


async def test_who_asked_does_not_decide_under_another_sign_in(writing_office: Office) -> None:
    await writing_office.begin_anew("instant")
    approval_id = await asked_here(writing_office, *await writing_office.meet("manager"))
    person, actor = await writing_office.meet("manager")

    assert await refused(writing_office, person, actor, approval_id)


async def test_whom_it_is_for_does_not_decide_when_it_is_sent_on_to_them(
    writing_office: Office,
) -> None:
    await writing_office.begin_anew("instant")
    person, actor = await writing_office.meet("employee")
    theirs = next(
        row
        for row in writing_office.tenant.pending(MANAGER)
        if row["requestedFor"]["id"] == actor.identity_id and row.get("actionInProcess") is None
    )
    path = f"/access-request-approvals/v1/{theirs['id']}/forward"
    body = {"newOwnerId": actor.identity_id, "comment": "Yours."}
    writing_office.tenant.post(path, body).raise_for_status()
    await writing_office.pass_time(5)

    assert await refused(writing_office, person, actor, theirs["id"])


async def test_many_take_as_many_statements_as_one(writing_office: Office) -> None:
    await writing_office.begin_anew("instant")
    person, actor = await writing_office.meet("manager")

    async def statements() -> int:
        with counted_statements(writing_office.database) as sent:
            await writing_office.desk.approvals.of(actor)
        return sum(statement.startswith("SELECT") for statement in sent)

    await asked_here(writing_office, person, actor)
    with_one = await statements()
    await asked_here(writing_office, person, actor)
    await asked_here(writing_office, person, actor)

    assert await statements() == with_one
