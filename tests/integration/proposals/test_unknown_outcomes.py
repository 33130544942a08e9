"""A sending whose outcome nobody knows: read back, watched for a day, hardly ever sent again."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from modules.backend.services.actions.action import Absent, Done, NotSent, OutcomeUnknown
from modules.backend.services.actions.standing import ABSENT_AFTER, AGAIN, SELDOM, WATCHED_FOR
from tests.fixtures.actions import GONE, WAIT, ScriptedAction, draft
from tests.fixtures.executing import Office

pytestmark = pytest.mark.integration


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

    @pytest.mark.parametrize("failure", [WAIT, RuntimeError("a fault of ours")])
    async def test_is_watched_on_whatever_a_look_comes_to(
        self, office: Office, unknown: uuid.UUID, failure: Exception
    ) -> None:
        action = ScriptedAction(look=[failure])
        office.clock.advance(AGAIN.total_seconds())

        await replace(office.executor(action), half_seconds=0.05).execute(unknown)

        proposal = await office.get(unknown)
        assert (proposal.status, proposal.outcome is not None) == ("unknown", True)
        assert proposal.look_at is not None
        assert proposal.look_at > office.clock.now()

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
