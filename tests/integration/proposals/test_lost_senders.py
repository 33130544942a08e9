"""A sender that died or is slow: nothing is sent twice, and what it left is settled."""

import asyncio
import uuid
from dataclasses import replace

import pytest

from modules.backend.services.actions.action import Absent, Done
from modules.backend.services.actions.executor import SENDING_FOR
from modules.backend.services.actions.standing import AGAIN
from tests.fixtures.actions import HOLD, WAIT, ScriptedAction, draft
from tests.fixtures.executing import Office

pytestmark = pytest.mark.integration


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
