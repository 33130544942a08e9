"""Proposals: who may decide them, and that one word counts."""

import asyncio
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from modules.backend.core.database import Database
from modules.backend.core.errors import AppError
from modules.backend.models import Proposal
from modules.backend.repositories import proposals as sql
from modules.backend.services.chat.proposals import VALID_FOR, Proposals
from modules.backend.services.people import Person
from tests.fixtures.actions import draft
from tests.fixtures.clock import FakeClock
from tests.fixtures.rest import Meet, Someone

pytestmark = pytest.mark.integration


def as_person(someone: Someone) -> Person:
    return Person(someone.id, "Somebody", None, frozenset())


@dataclass
class Desk:
    """Proposals, and what was given to be executed."""

    database: Database
    clock: FakeClock = field(default_factory=FakeClock)
    executed: list[uuid.UUID] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.proposals = Proposals(self.database, self._execute, self.clock, uuid.uuid4)

    async def _execute(self, proposal_id: uuid.UUID) -> None:
        self.executed.append(proposal_id)

    async def refusal(self, person: Person, proposal_id: uuid.UUID, confirm: bool = True) -> str:
        with pytest.raises(AppError) as refused:
            await self.proposals.decide(person, proposal_id, confirm=confirm)
        return refused.value.code

    async def set(self, proposal_id: uuid.UUID, **values: Any) -> None:
        async with self.database.transaction() as session:
            await session.execute(
                update(Proposal).where(Proposal.id == proposal_id).values(**values)
            )


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_a_confirmed_one_is_executed_once(desk: Desk, someone: Someone) -> None:
    person = as_person(someone)
    opened = await desk.proposals.open(person, draft())

    decided = await desk.proposals.decide(person, opened.id, confirm=True)

    assert (decided.status, desk.executed) == ("confirmed", [opened.id])
    assert await desk.refusal(person, opened.id) == "proposal_decided"
    assert await desk.refusal(person, opened.id, confirm=False) == "proposal_decided"
    assert desk.executed == [opened.id]


async def test_a_declined_one_never_is(desk: Desk, someone: Someone) -> None:
    person = as_person(someone)
    opened = await desk.proposals.open(person, draft())

    declined = await desk.proposals.decide(person, opened.id, confirm=False)

    assert (declined.status, desk.executed) == ("declined", [])
    assert await desk.refusal(person, opened.id) == "proposal_decided"


async def test_of_many_clicks_at_once_one_counts(desk: Desk, someone: Someone) -> None:
    person = as_person(someone)
    opened = await desk.proposals.open(person, draft())
    words = [desk.proposals.decide(person, opened.id, confirm=n % 2 == 0) for n in range(12)]

    outcomes = await asyncio.gather(*words, return_exceptions=True)

    won = [outcome for outcome in outcomes if isinstance(outcome, Proposal)]
    lost = {outcome.code for outcome in outcomes if isinstance(outcome, AppError)}
    assert (len(won), lost) == (1, {"proposal_decided"})
    assert desk.executed == ([opened.id] if won[0].status == "confirmed" else [])


async def test_somebody_elses_is_not_there(desk: Desk, meet: Meet) -> None:
    owner, other = as_person(await meet()), as_person(await meet())
    opened = await desk.proposals.open(owner, draft())

    assert await desk.refusal(other, opened.id) == "proposal_not_found"
    assert await desk.refusal(owner, uuid.uuid4()) == "proposal_not_found"
    assert (await desk.proposals.get(owner, opened.id)).status == "pending"


async def test_an_expired_one_says_so_before_anybody_marks_it(desk: Desk, someone: Someone) -> None:
    person = as_person(someone)
    opened = await desk.proposals.open(person, draft())
    desk.clock.advance(VALID_FOR.total_seconds())

    assert await desk.refusal(person, opened.id) == "proposal_expired"

    marked = await desk.proposals.expire()
    assert opened.id in {proposal.id for proposal in marked}
    assert await desk.refusal(person, opened.id) == "proposal_expired"


async def test_of_two_changes_of_one_target_one_is_on_its_way(desk: Desk, meet: Meet) -> None:
    one, other = as_person(await meet()), as_person(await meet())
    target = f"approval:{uuid.uuid4()}"
    first = await desk.proposals.open(one, draft(target))
    second = await desk.proposals.open(other, draft(target))

    await desk.proposals.decide(one, first.id, confirm=True)

    assert await desk.refusal(other, second.id) == "change_in_flight"
    assert (await desk.proposals.get(other, second.id)).status == "pending"
    await desk.set(first.id, status="done", look_at=None)
    assert (await desk.proposals.decide(other, second.id, confirm=True)).status == "confirmed"


async def test_of_several_words_all_count_or_none(desk: Desk, meet: Meet) -> None:
    one, other = as_person(await meet()), as_person(await meet())
    mine = await desk.proposals.open(one, draft())
    foreign = await desk.proposals.open(other, draft())

    with pytest.raises(AppError):
        async with desk.database.transaction() as session:
            await desk.proposals.decide_in(session, one.id, {mine.id: True, foreign.id: True})

    assert (await desk.proposals.get(one, mine.id)).status == "pending"


async def test_words_given_together_are_sent_in_their_order(desk: Desk, someone: Someone) -> None:
    person = as_person(someone)
    opened = [(await desk.proposals.open(person, draft())).id for _ in range(3)]
    words = dict.fromkeys(reversed(opened), True)

    async with desk.database.transaction() as session:
        decided = await desk.proposals.decide_in(session, person.id, words)

    moments = {proposal.id: proposal.decided_at for proposal in decided}
    assert len(set(moments.values())) == 3
    async with desk.database.read() as session:
        assert await sql.next_of(session, person.id) == opened[-1]


async def test_a_draft_is_nobodys_to_decide(desk: Desk, someone: Someone) -> None:
    person = as_person(someone)
    opened = await desk.proposals.open(person, draft())
    await desk.set(opened.id, status="draft")

    assert await desk.refusal(person, opened.id) == "proposal_not_found"


class TestSendingAgain:
    async def test_needs_that_sailpoint_was_seen_without_it(
        self, desk: Desk, someone: Someone
    ) -> None:
        person = as_person(someone)
        opened = await desk.proposals.open(person, draft())
        look_at = desk.clock.now() + timedelta(minutes=5)
        await desk.set(opened.id, status="unknown", look_at=look_at, outcome={"asOf": "12:00"})

        with pytest.raises(AppError):
            await desk.proposals.send_again(person, opened.id)

        await desk.set(opened.id, outcome={"asOf": "12:00", "isAbsent": True})
        again = await desk.proposals.send_again(person, opened.id)
        assert (again.status, desk.executed) == ("confirmed", [opened.id])
        with pytest.raises(AppError):
            await desk.proposals.send_again(person, opened.id)

    async def test_loses_against_whoever_looked_meanwhile(
        self, desk: Desk, someone: Someone
    ) -> None:
        person = as_person(someone)
        opened = await desk.proposals.open(person, draft())
        seen, later = desk.clock.now(), desk.clock.now() + timedelta(minutes=5)
        await desk.set(opened.id, status="unknown", look_at=later, outcome={"isAbsent": True})

        async with desk.database.transaction() as session:
            moved = await sql.confirm_again(session, opened.id, person.id, seen, later)

        assert moved is None
