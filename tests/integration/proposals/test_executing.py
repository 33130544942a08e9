"""Executing: at most once, in order, and the truth told about what became of it."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import update

from modules.backend.core.config import Settings
from modules.backend.core.database import Database
from modules.backend.core.redis import RedisStores
from modules.backend.models import Proposal
from modules.backend.services.actions.action import (
    Absent,
    Done,
    Draft,
    NotSent,
    OutcomeUnknown,
    Refused,
)
from modules.backend.services.actions.executor import SENDING_FOR, Executor
from modules.backend.services.actions.standing import ABSENT_AFTER, AGAIN, SELDOM, WATCHED_FOR
from modules.backend.services.chat.bells import Bells
from modules.backend.services.chat.proposals import Proposals
from modules.backend.services.people import Person
from tests.fixtures.actions import HOLD, WAIT, ScriptedAction, SomeActors, draft, known
from tests.fixtures.clock import FakeClock
from tests.fixtures.rest import Meet, Someone

pytestmark = pytest.mark.integration

GONE = Refused("not_yours", "This approval is not yours any more.")


@dataclass
class Office:
    """A person with proposals, and executors that may be killed."""

    database: Database
    bells: Bells
    person: Person
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.proposals = Proposals(self.database, self._nobody, self.clock, uuid.uuid4)

    async def _nobody(self, _proposal_id: uuid.UUID) -> None:
        """The process died before it could begin."""

    async def confirmed(self, drafted: Draft | None = None) -> uuid.UUID:
        opened = await self.proposals.open(self.person, drafted or draft())
        self.clock.advance(0.001)
        await self.proposals.decide(self.person, opened.id, confirm=True)
        return opened.id

    def executor(self, action: ScriptedAction) -> Executor:
        return Executor(self.database, known(action), SomeActors(), self.bells, self.clock)

    async def get(self, proposal_id: uuid.UUID) -> Proposal:
        return await self.proposals.get(self.person, proposal_id)

    async def set(self, proposal_id: uuid.UUID, **values: Any) -> None:
        async with self.database.transaction() as session:
            await session.execute(
                update(Proposal).where(Proposal.id == proposal_id).values(**values)
            )

    async def die_sending(
        self, proposal_id: uuid.UUID, action: ScriptedAction | None = None
    ) -> ScriptedAction:
        """A process that sends, and is gone before it hears."""
        action = action or ScriptedAction(send=[WAIT])
        sending = asyncio.create_task(self.executor(action).execute(proposal_id))
        async with asyncio.timeout(10):
            await action.waits.wait()
        sending.cancel()
        await asyncio.wait([sending])
        return action


@pytest_asyncio.fixture
async def office(database: Database, settings: Settings, someone: Someone) -> AsyncIterator[Office]:
    stores = RedisStores(settings.redis)
    person = Person(someone.id, "Somebody", None, frozenset())
    yield Office(database, Bells(stores), person)
    await stores.close()


async def test_what_is_done_is_told_with_sailpoints_ids(office: Office) -> None:
    proposal_id = await office.confirmed()
    action = ScriptedAction(send=[Done("Requested.", {"accessRequestId": "42"})])

    await office.executor(action).execute(proposal_id)

    proposal = await office.get(proposal_id)
    assert (proposal.status, proposal.look_at) == ("done", None)
    assert proposal.outcome == {
        "words": "Requested.",
        "ids": {"accessRequestId": "42"},
        "isOurs": True,
    }
    assert action.calls == ["check", "send"]


async def test_executors_that_come_together_send_once(office: Office) -> None:
    proposal_id = await office.confirmed()
    action = ScriptedAction()

    await asyncio.gather(*(office.executor(action).execute(proposal_id) for _ in range(8)))

    assert len(action.sent) == 1
    assert (await office.get(proposal_id)).status == "done"


class TestBeforeSending:
    async def test_rights_that_are_gone_refuse_with_the_reason(self, office: Office) -> None:
        proposal_id = await office.confirmed()
        action = ScriptedAction(check=[GONE])

        await office.executor(action).execute(proposal_id)

        proposal = await office.get(proposal_id)
        assert (proposal.status, action.sent) == ("refused", [])
        assert proposal.outcome == {"words": GONE.words, "code": GONE.code}

    @pytest.mark.parametrize("failure", [NotSent(), RuntimeError("a fault of ours")])
    async def test_a_check_that_cannot_be_made_sends_nothing_and_comes_again(
        self, office: Office, failure: Exception
    ) -> None:
        proposal_id = await office.confirmed()
        action = ScriptedAction(check=[failure, None])
        executor = office.executor(action)

        await executor.execute(proposal_id)
        waiting = await office.get(proposal_id)
        office.clock.advance(AGAIN.total_seconds())
        await executor.execute(proposal_id)

        assert (waiting.status, waiting.look_at) == ("confirmed", office.clock.now())
        assert (await office.get(proposal_id)).status == "done"
        assert len(action.sent) == 1

    async def test_what_was_altered_in_the_store_is_not_sent(self, office: Office) -> None:
        proposal_id = await office.confirmed()
        await office.set(proposal_id, arguments={"item": "Domain Admins"})
        action = ScriptedAction()

        await office.executor(action).execute(proposal_id)

        proposal = await office.get(proposal_id)
        assert (proposal.status, action.calls) == ("refused", [])
        assert proposal.outcome is not None
        assert proposal.outcome["code"] == "proposal_altered"

    async def test_a_kind_or_format_of_a_newer_release_is_left_alone(self, office: Office) -> None:
        action = ScriptedAction()
        for values in ({"kind": "teleport"}, {"format": 99}):
            proposal_id = await office.confirmed()
            await office.set(proposal_id, **values)
            await office.executor(action).execute(proposal_id)
            assert (await office.get(proposal_id)).status == "confirmed"

        assert action.calls == []

    async def test_while_sailpoint_is_away_it_waits_for_a_day_and_is_then_refused(
        self, office: Office
    ) -> None:
        proposal_id = await office.confirmed()
        executor = office.executor(ScriptedAction(send=[NotSent(retry_after=7200)]))

        await executor.execute(proposal_id)
        waiting = await office.get(proposal_id)
        office.clock.advance(WATCHED_FOR.total_seconds())
        await executor.execute(proposal_id)

        assert waiting.look_at is not None
        assert waiting.look_at <= office.clock.now() - WATCHED_FOR + SELDOM
        assert (await office.get(proposal_id)).status == "refused"


class TestOrder:
    async def test_changes_of_a_person_are_sent_as_they_were_confirmed(
        self, office: Office
    ) -> None:
        wanted = [await office.confirmed(draft(number=n)) for n in range(4)]
        action = ScriptedAction()
        executor = office.executor(action)

        await executor.execute(wanted[2])
        assert action.sent == []
        await executor.execute(wanted[0])

        assert [sent["number"] for sent in action.sent] == [0, 1, 2, 3]

    async def test_one_that_waits_for_sailpoint_keeps_the_later_ones_waiting(
        self, office: Office
    ) -> None:
        first, second = await office.confirmed(), await office.confirmed()
        executor = office.executor(ScriptedAction(send=[NotSent(), Done("Done.")]))

        await executor.execute(first)
        await executor.execute(second)
        assert (await office.get(second)).status == "confirmed"
        office.clock.advance(AGAIN.total_seconds())
        await executor.execute(first)

        assert [(await office.get(p)).status for p in (first, second)] == ["done", "done"]

    async def test_people_do_not_wait_for_each_other(self, office: Office, meet: Meet) -> None:
        other = Office(
            office.database,
            office.bells,
            Person((await meet()).id, "Other", None, frozenset()),
            office.clock,
        )
        await office.confirmed()
        theirs = await other.confirmed()

        await office.executor(ScriptedAction()).execute(theirs)

        assert (await other.get(theirs)).status == "done"


class TestWhoDiedSending:
    async def test_is_not_touched_before_its_time(self, office: Office) -> None:
        proposal_id = await office.confirmed()
        await office.die_sending(proposal_id)
        action = ScriptedAction(look=[Done("It is there.")])
        office.clock.advance(SENDING_FOR.total_seconds() - 1)

        await office.executor(action).execute(proposal_id)

        assert ((await office.get(proposal_id)).status, action.calls) == ("sending", [])

    async def test_is_found_and_settled_by_what_sailpoint_shows(self, office: Office) -> None:
        mark = str(uuid.uuid4())
        proposal_id = await office.confirmed(draft(mark=mark))
        await office.die_sending(proposal_id)
        action = ScriptedAction(look=[Done("It is there.")])
        office.clock.advance(SENDING_FOR.total_seconds())

        await office.executor(action).execute_due()

        assert (await office.get(proposal_id)).status == "done"
        assert mark not in [sent.get("mark") for sent in action.sent]

    async def test_a_sender_that_was_only_slow_does_not_overrule_what_was_seen(
        self, office: Office
    ) -> None:
        proposal_id = await office.confirmed()
        slow = ScriptedAction(send=[WAIT])
        sending = asyncio.create_task(office.executor(slow).execute(proposal_id))
        async with asyncio.timeout(10):
            await slow.waits.wait()
        office.clock.advance(SENDING_FOR.total_seconds())
        seen = ScriptedAction(look=[Done("Seen.", {"id": "7"}, is_ours=False)])
        await office.executor(seen).execute(proposal_id)
        sending.cancel()
        await asyncio.wait([sending])

        proposal = await office.get(proposal_id)
        assert proposal.outcome == {"words": "Seen.", "ids": {"id": "7"}, "isOurs": False}

    async def test_before_it_could_begin_had_sent_nothing(self, office: Office) -> None:
        proposal_id = await office.confirmed()
        await office.die_sending(proposal_id, ScriptedAction(check=[WAIT]))
        action = ScriptedAction()
        office.clock.advance(SENDING_FOR.total_seconds())

        await office.executor(action).execute(proposal_id)

        assert (await office.get(proposal_id)).status == "done"
        assert action.calls == ["check", "send"]

    async def test_lets_the_next_of_its_person_through(self, office: Office) -> None:
        first, second = await office.confirmed(), await office.confirmed()
        await office.die_sending(first)
        office.clock.advance(SENDING_FOR.total_seconds())

        await office.executor(ScriptedAction(look=[Absent()])).execute(first)

        assert [(await office.get(p)).status for p in (first, second)] == ["unknown", "done"]


class TestWhoIsSlow:
    async def test_sends_nothing_after_somebody_took_over(self, office: Office) -> None:
        proposal_id = await office.confirmed()
        slow = ScriptedAction(check=[HOLD])
        sending = asyncio.create_task(office.executor(slow).execute(proposal_id))
        async with asyncio.timeout(10):
            await slow.waits.wait()
        office.clock.advance(SENDING_FOR.total_seconds())
        fast = ScriptedAction()
        await office.executor(fast).execute(proposal_id)

        slow.go.set()
        await sending

        assert (slow.calls, fast.calls) == (["check"], ["check", "send"])
        assert (await office.get(proposal_id)).status == "done"

    async def test_gives_a_check_up_and_nothing_was_sent(self, office: Office) -> None:
        proposal_id = await office.confirmed()
        action = ScriptedAction(check=[WAIT])

        await replace(office.executor(action), half_seconds=0.05).execute(proposal_id)

        proposal = await office.get(proposal_id)
        assert (proposal.status, proposal.sent_at, action.sent) == ("confirmed", None, [])

    async def test_gives_a_sending_up_and_nobody_knows(self, office: Office) -> None:
        proposal_id = await office.confirmed()
        action = ScriptedAction(send=[WAIT])

        await replace(office.executor(action), half_seconds=0.05).execute(proposal_id)

        assert (await office.get(proposal_id)).status == "unknown"


class TestUnknown:
    @pytest_asyncio.fixture
    async def unknown(self, office: Office) -> uuid.UUID:
        proposal_id = await office.confirmed()
        await office.executor(ScriptedAction(send=[OutcomeUnknown()])).execute(proposal_id)
        return proposal_id

    @pytest.mark.parametrize("failure", [OutcomeUnknown(), RuntimeError("a fault of ours")])
    async def test_is_what_a_sending_without_an_answer_becomes(
        self, office: Office, failure: Exception
    ) -> None:
        proposal_id = await office.confirmed()

        await office.executor(ScriptedAction(send=[failure])).execute(proposal_id)

        proposal = await office.get(proposal_id)
        assert proposal.status == "unknown"
        assert proposal.outcome == {"asOf": office.clock.now().isoformat()}
        assert proposal.look_at == office.clock.now() + AGAIN

    async def test_nothing_shown_is_no_verdict_in_the_first_minute(
        self, office: Office, unknown: uuid.UUID
    ) -> None:
        action = ScriptedAction(look=[Absent(may_resend=True)])
        office.clock.advance(ABSENT_AFTER.total_seconds() - 1)

        await office.executor(action).execute(unknown)

        assert ((await office.get(unknown)).status, action.sent) == ("unknown", [])

    async def test_after_it_what_would_do_no_harm_is_sent_again(
        self, office: Office, unknown: uuid.UUID
    ) -> None:
        action = ScriptedAction(look=[Absent(may_resend=True)])
        office.clock.advance(ABSENT_AFTER.total_seconds())

        await office.executor(action).execute(unknown)

        assert (await office.get(unknown)).status == "done"
        assert action.calls == ["look", "look", "check", "send"]

    async def test_anything_else_only_after_a_new_word(
        self, office: Office, unknown: uuid.UUID
    ) -> None:
        action = ScriptedAction(look=[Absent()])
        executor = office.executor(action)
        office.clock.advance(ABSENT_AFTER.total_seconds())
        await executor.execute(unknown)
        proposal = await office.get(unknown)
        assert (proposal.status, action.sent) == ("unknown", [])
        assert proposal.outcome == {"asOf": office.clock.now().isoformat(), "isAbsent": True}

        await office.proposals.send_again(office.person, unknown)
        await executor.execute(unknown)

        assert ((await office.get(unknown)).status, len(action.sent)) == ("done", 1)

    async def test_what_shows_late_is_done_and_not_sent_again(
        self, office: Office, unknown: uuid.UUID
    ) -> None:
        action = ScriptedAction(look=[Absent(), Done("It is there.")])
        executor = office.executor(action)
        office.clock.advance(ABSENT_AFTER.total_seconds())
        await executor.execute(unknown)

        await office.proposals.send_again(office.person, unknown)
        await executor.execute(unknown)

        assert ((await office.get(unknown)).status, action.sent) == ("done", [])

    async def test_a_refusal_that_sailpoint_shows_is_told(
        self, office: Office, unknown: uuid.UUID
    ) -> None:
        office.clock.advance(AGAIN.total_seconds())

        await office.executor(ScriptedAction(look=[GONE])).execute(unknown)

        assert (await office.get(unknown)).status == "refused"

    async def test_is_watched_ever_more_seldom_for_a_day_and_frees_its_target_then(
        self, office: Office, unknown: uuid.UUID
    ) -> None:
        executor = office.executor(ScriptedAction(look=[NotSent()]))
        waits: list[timedelta] = []
        while (look_at := (await office.get(unknown)).look_at) is not None:
            wait = look_at - office.clock.now()
            waits.append(wait)
            office.clock.advance(wait.total_seconds())
            await executor.execute(unknown)

        assert waits == sorted(waits)
        assert (min(waits), max(waits)) == (AGAIN, SELDOM)
        assert WATCHED_FOR <= sum(waits, timedelta()) <= WATCHED_FOR + 2 * SELDOM
        proposal = await office.get(unknown)
        assert proposal.status == "unknown"
        again = await office.confirmed(draft(proposal.target))
        assert (await office.get(again)).status == "confirmed"


async def test_a_process_that_slept_past_its_lease_sends_nothing(office: Office) -> None:
    proposal_id = await office.confirmed()
    action = ScriptedAction()
    asleep = replace(office.executor(action), may_send=lambda: False)
    await asleep.execute(proposal_id)
    left = await office.get(proposal_id)
    office.clock.advance(AGAIN.total_seconds())
    await office.executor(action).execute(proposal_id)

    assert left.status == "confirmed"
    assert len(action.sent) == 1
    assert (await office.get(proposal_id)).status == "done"
