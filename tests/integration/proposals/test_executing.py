"""Executing: at most once, in order, and the truth told about what became of it."""

import asyncio

import pytest

from modules.backend.services.actions.action import Done, NotSent
from modules.backend.services.actions.standing import AGAIN, SELDOM, WATCHED_FOR
from modules.backend.services.people import Person
from tests.fixtures.actions import GONE, ScriptedAction, draft
from tests.fixtures.executing import Office
from tests.fixtures.rest import Meet

pytestmark = pytest.mark.integration


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
