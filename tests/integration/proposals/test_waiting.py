"""What the cards of confirmed changes say while SailPoint is away: their places, and why."""

import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from modules.backend.core.config import Settings
from modules.backend.core.database import Database
from modules.backend.core.redis import RedisStores
from modules.backend.schemas.proposals import ProposalOut
from modules.backend.services.actions.action import Done, NotConnected, NotSent
from modules.backend.services.actions.changes import Changes
from modules.backend.services.actions.executor import Executor
from modules.backend.services.chat.bells import Bells
from modules.backend.services.chat.proposals import Proposals
from modules.backend.services.people import Person
from tests.fixtures.actions import KIND, WAIT, ScriptedAction, SomeActors, known
from tests.fixtures.chat import open_chat
from tests.fixtures.clock import FakeClock
from tests.fixtures.rest import Someone
from tests.fixtures.servers import WebServer

pytestmark = pytest.mark.integration

QUEUED = "SailPoint is unavailable, your request is queued."
BEHIND = "It waits behind an earlier change of yours."


@dataclass
class Line:
    """A person's changes, in the order of their clicks."""

    changes: Changes
    executor: Executor
    person: Person
    clock: FakeClock

    async def confirm(self, item: str) -> ProposalOut:
        card = await self.changes.prepare(self.person, KIND, {"item": item})
        self.clock.advance(0.001)
        return await self.changes.decide(self.person, card.id, "confirm")

    async def shown(self, cards: Sequence[ProposalOut]) -> list[tuple[str, int | None, str | None]]:
        """Status, place and words of each, as a page reads them."""
        listed = {card.id: card for card in await self.changes.list(self.person, None)}
        found = [listed[card.id] for card in cards]
        return [(c.status, c.queue_position, (c.outcome or {}).get("words")) for c in found]

    async def wake(self, cards: Sequence[ProposalOut]) -> None:
        """What the worker does when all of them are due."""
        self.clock.advance(60)
        for card in cards:
            await self.executor.execute(card.id)


@dataclass
class Office:
    database: Database
    bells: Bells
    person: Person
    clock: FakeClock = field(default_factory=FakeClock)

    def line(self, action: ScriptedAction) -> Line:
        executor = Executor(self.database, known(action), SomeActors(), self.bells, self.clock)
        proposals = Proposals(self.database, self._later, self.clock, uuid.uuid4)
        changes = Changes(known(action), SomeActors(), proposals)
        return Line(changes, executor, self.person, self.clock)

    async def _later(self, _proposal_id: uuid.UUID) -> None:
        """The process that was clicked in leaves it to the worker."""


@pytest_asyncio.fixture
async def office(database: Database, settings: Settings, someone: Someone) -> AsyncIterator[Office]:
    stores = RedisStores(settings.redis)
    yield Office(database, Bells(stores), Person(someone.id, "Somebody", None, frozenset()))
    await stores.close()


async def test_each_card_says_its_place_and_why_it_waits(office: Office) -> None:
    line = office.line(ScriptedAction(send=[NotSent(), Done("It is done.")]))
    cards = [await line.confirm(item) for item in ("one", "two", "three")]
    assert [card.queue_position for card in cards] == [1, 2, 3]

    for card in cards:
        await line.executor.execute(card.id)
    assert await line.shown(cards) == [
        ("confirmed", 1, QUEUED),
        ("confirmed", 2, BEHIND),
        ("confirmed", 3, BEHIND),
    ]

    await line.wake(cards)
    assert await line.shown(cards) == [("done", None, "It is done.")] * 3


async def test_who_is_not_connected_is_told_to_connect(office: Office) -> None:
    line = office.line(ScriptedAction(check=[NotConnected()]))
    card = await line.confirm("one")

    await line.executor.execute(card.id)

    assert await line.shown([card]) == [("confirmed", 1, NotConnected.words)]


async def test_what_expired_is_told_to_open_pages(
    office: Office, web: WebServer, someone: Someone
) -> None:
    line = office.line(ScriptedAction())
    card = await line.changes.prepare(line.person, KIND, {"item": "one"})
    office.clock.advance(3600)
    async with open_chat(web, someone.token) as page:
        await line.executor.tell_expired(
            [p for p in await line.changes.proposals.expire() if p.id == card.id]
        )
        notice = (await page.receive_until("notice"))[-1]

    assert notice == {
        "type": "notice",
        "kind": "proposal_changed",
        "proposalId": str(card.id),
        "status": "expired",
    }


async def test_what_is_pending_or_declined_has_no_place(office: Office) -> None:
    line = office.line(ScriptedAction(send=[WAIT]))
    pending = await line.changes.prepare(line.person, KIND, {"item": "one"})
    declined = await line.changes.decide(line.person, pending.id, "decline")

    assert (pending.queue_position, declined.queue_position) == (None, None)
