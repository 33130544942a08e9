"""A person's own desk without a model: what they hold, asked for, and have to decide."""

from collections.abc import Sequence
from dataclasses import dataclass

from modules.backend.clients.sailpoint.client import SailPoint
from modules.backend.core.clock import Clock
from modules.backend.core.database import Database
from modules.backend.schemas.access import AccessOut, RequestablePage, RequestsOut, TeamOut
from modules.backend.schemas.approvals import ApprovalsOut, ReviewItemsOut, ReviewsOut
from modules.backend.services.access import Access
from modules.backend.services.actions.action import Actors
from modules.backend.services.actions.kinds import Kinds
from modules.backend.services.actions.outcomes import for_person, translated
from modules.backend.services.approvals import Approvals
from modules.backend.services.chat.tools.catalogue import every_tool
from modules.backend.services.chat.tools.tool import Tool
from modules.backend.services.connections.connections import Connections
from modules.backend.services.cursors import not_a_cursor
from modules.backend.services.following import Presence
from modules.backend.services.people import Person
from modules.backend.services.readings.wishes import Readings
from modules.backend.services.requests import Requests
from modules.backend.services.reviews import Reviews


@dataclass(frozen=True, slots=True)
class Desk:
    """Every method raises Conflict with the reason, and Unavailable while SailPoint is away."""

    client: SailPoint
    actors: Actors
    access: Access
    requests: Requests
    approvals: Approvals
    reviews: Reviews
    kinds: Kinds
    connections: Connections
    presence: Presence

    @classmethod
    def of(
        cls,
        client: SailPoint,
        actors: Actors,
        connections: Connections,
        readings: Readings,
        database: Database,
        clock: Clock,
        *,
        may_sign_off: bool,
    ) -> "Desk":
        """The desk on a client, with everything that it reads from."""
        access = Access(client, clock)
        approvals = Approvals(client, readings, database, clock)
        requests = Requests(client, database, clock)
        reviews = Reviews(client, readings, clock, may_sign_off=may_sign_off)
        return cls(
            client=client,
            actors=actors,
            access=access,
            requests=requests,
            approvals=approvals,
            reviews=reviews,
            kinds=Kinds.of(client, access, requests, approvals, reviews, clock),
            connections=connections,
            presence=Presence(database, clock),
        )

    def tools(self) -> Sequence[Tool]:
        """The same for a model."""
        return every_tool(self.access, self.requests, self.approvals, self.reviews, self.kinds)

    async def warm_up(self) -> None:
        """Has a token of the service identity there before it is needed."""
        with translated():
            await self.client.check_service_identity()

    async def held(self, person: Person, identity_id: str | None = None) -> AccessOut:
        """What they hold, or somebody who reports to them."""
        with for_person():
            return await self.access.of(await self.actors.of(person.id), identity_id)

    async def team(self, person: Person) -> TeamOut:
        """Who reports to them."""
        with for_person():
            return await self.access.team(await self.actors.of(person.id))

    async def requestable(
        self, person: Person, *, term: str | None, identity_id: str | None, cursor: str | None
    ) -> RequestablePage:
        """What they, or somebody who reports to them, can ask for. Raises InvalidInput, too."""
        offset = _offset(cursor)
        with for_person():
            return await self.access.requestable(
                await self.actors.of(person.id), term=term, identity_id=identity_id, offset=offset
            )

    async def requested(self, person: Person) -> RequestsOut:
        """Their requests, newest first."""
        with for_person():
            shown = await self.requests.of(await self.actors.of(person.id))
        await self.presence.saw_requests(person.id, shown)
        return shown

    async def waiting(self, person: Person) -> ApprovalsOut:
        """What waits for their approval, the riskiest first."""
        with for_person():
            actor = await self.actors.of(person.id)
            shown = await self.approvals.of(actor)
        await self.presence.saw_approvals(person.id, shown)
        await self.approvals.read_reasons(actor, shown)
        return shown

    async def to_review(self, person: Person) -> ReviewsOut:
        """Their certification reviews."""
        with for_person():
            return await self.reviews.of(await self.actors.of(person.id))

    async def review_items(self, person: Person, review_id: str) -> ReviewItemsOut:
        """All questions of one of their reviews, the riskiest first."""
        with for_person():
            actor = await self.actors.of(person.id)
            shown = await self.reviews.items(actor, review_id)
        await self.reviews.read_ahead(actor, shown)
        return shown

    async def want_summaries(self, person: Person, review_id: str, item_ids: Sequence[str]) -> None:
        """Has questions of one of their reviews put into words; a notice says when it is done."""
        with for_person():
            actor = await self.actors.of(person.id)
            await self.reviews.want_summaries(actor, review_id, item_ids)


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 6):
        raise not_a_cursor()
    return int(cursor)
