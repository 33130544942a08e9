"""A person lets us act for them at SailPoint, and takes that back."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import orjson

from modules.backend.clients.sailpoint.client import Personal
from modules.backend.clients.sailpoint.errors import SailPointError
from modules.backend.clients.sailpoint.token_cache import Token
from modules.backend.clients.sailpoint.token_endpoint import IssuedToken
from modules.backend.core.clock import Clock
from modules.backend.core.errors import Conflict, Unavailable
from modules.backend.core.observability import get_logger
from modules.backend.core.redis import REDIS_AWAY, Purpose, RedisStores
from modules.backend.schemas.connections import ConnectionOut, ConnectOut
from modules.backend.services.actions.action import Actors, NotSent, Refused
from modules.backend.services.actions.outcomes import for_person
from modules.backend.services.connections.keeper import Keeper
from modules.backend.services.people import Person

log = get_logger(__name__)

STATE_SECONDS = 600
"""How long a person may take to sign in at SailPoint."""


class Ending(StrEnum):
    """How a flow came out, as the page is told in its address."""

    CONNECTED = "connected"
    DECLINED = "declined"
    EXPIRED = "expired"
    SOMEBODY_ELSE = "somebody_else"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Flow:
    """What is remembered of a flow while the person is at SailPoint."""

    person_id: UUID
    verifier: str


class ServiceConnections:
    """Where one identity acts for all, there is nothing to connect."""

    async def status(self, _person: Person) -> ConnectionOut:
        return ConnectionOut(mode="service", connected=True)

    async def begin(self, _person: Person) -> ConnectOut:
        """Raises Conflict."""
        raise Conflict(
            "not_personal", "Here SailPoint is used with one identity for all: nothing to connect."
        )

    async def finish(self, _code: str | None, _state: str) -> Ending:
        return Ending.EXPIRED

    async def end(self, _person: Person) -> None:
        """There is nothing to take back."""


class PersonalConnections:
    def __init__(
        self, personal: Personal, keeper: Keeper, actors: Actors, stores: RedisStores, clock: Clock
    ) -> None:
        self._personal = personal
        self._keeper = keeper
        self._actors = actors
        self._redis = stores.client(Purpose.SESSION)
        self._clock = clock

    async def status(self, person: Person) -> ConnectionOut:
        """Whether the person lets us act for them."""
        kept = await self._keeper.get(str(person.id))
        return ConnectionOut(mode="user", connected=kept is not None)

    async def begin(self, person: Person) -> ConnectOut:
        """Where the person signs in at SailPoint.

        Raises Conflict for somebody whom SailPoint does not know, Unavailable.
        """
        with for_person():
            await self._actors.of(person.id)
        try:
            begun = await self._personal.authorization.begin()
        except SailPointError as error:
            raise Unavailable(
                "sailpoint_unavailable", "SailPoint is unavailable right now. Try again soon."
            ) from error
        flow = orjson.dumps([str(person.id), begun.verifier])
        try:
            await self._redis.set(_key(begun.state), flow, ex=STATE_SECONDS)
        except REDIS_AWAY as error:
            raise Unavailable(
                "unavailable", "Connecting is not possible right now. Try again in a moment."
            ) from error
        return ConnectOut(authorize_url=begun.url)

    async def finish(self, code: str | None, state: str) -> Ending:
        """What SailPoint sent a browser back with; a state is good once, for its person alone."""
        flow = await self._flow(state)
        if flow is None:
            return Ending.EXPIRED
        if code is None:
            return Ending.DECLINED
        try:
            issued = await self._personal.authorization.finish(code, flow.verifier)
            ending = await self._connect(flow.person_id, issued)
        except SailPointError as error:
            log.warning("sailpoint.not_connected", **error.fields)
            return Ending.FAILED
        except (Refused, NotSent) as failure:
            log.warning("sailpoint.not_connected", reason=str(failure))
            return Ending.FAILED
        log.info("sailpoint.connection", person_id=str(flow.person_id), ending=ending.value)
        return ending

    async def end(self, person: Person) -> None:
        """Forgets the person's tokens at once, and ends them at SailPoint if it can be reached."""
        await self._personal.tokens.forget(await self._keeper.take_away(str(person.id)))

    async def _connect(self, person_id: UUID, issued: IssuedToken) -> Ending:
        """Whoever signed in at SailPoint must be who signed in here, by the identity."""
        actor = await self._actors.of(person_id)
        if issued.identity_id != actor.identity_id:
            await self._personal.tokens.forget(issued.refresh_token)
            return Ending.SOMEBODY_ELSE
        if issued.refresh_token is None:
            log.error("sailpoint.no_refresh_token")
            return Ending.FAILED
        now = self._clock.now().timestamp()
        token = Token.issued(issued.access_token, issued.lifetime, issued.identity_id, now)
        await self._keeper.add(str(person_id), issued, token)
        return Ending.CONNECTED

    async def _flow(self, state: str) -> Flow | None:
        try:
            stored = await self._redis.getdel(_key(state))
        except REDIS_AWAY as error:
            log.warning("sailpoint.flow_lost", error=type(error).__name__)
            return None
        if stored is None:
            return None
        person_id, verifier = orjson.loads(stored)
        return Flow(UUID(person_id), verifier)


Connections = ServiceConnections | PersonalConnections


def _key(state: str) -> str:
    """Whoever reads Redis does not learn a state that is still good."""
    digest = hashlib.sha256(state.encode()).hexdigest()
    return RedisStores.key(Purpose.SESSION, "sailpoint-flow", digest)
