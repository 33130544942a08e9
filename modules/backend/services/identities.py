"""Who a person is at SailPoint: the one active identity with the e-mail address of the sign-in."""

from uuid import UUID

import orjson

from modules.backend.clients.sailpoint.client import SailPointClient
from modules.backend.core.database import Database
from modules.backend.core.observability import get_logger
from modules.backend.core.redis import REDIS_AWAY, Purpose, RedisStores
from modules.backend.repositories import people
from modules.backend.services.actions.action import Actor, Refused
from modules.backend.services.actions.outcomes import translated
from modules.backend.services.guard.sessions import identity_key, until_key

log = get_logger(__name__)

REMEMBERED_SECONDS = 3600


class Identities:
    """Fails closed: nobody, an inactive one, or several, and nothing can be seen or done."""

    def __init__(self, client: SailPointClient, database: Database, stores: RedisStores) -> None:
        self._client = client
        self._database = database
        self._redis = stores.client(Purpose.SESSION)

    async def of(self, person_id: UUID, *, is_fresh: bool = False) -> Actor:
        """Raises Refused if the person is nobody there, NotSent while SailPoint is away."""
        key = identity_key(person_id)
        known = None if is_fresh else await self._remembered(key)
        if known is not None:
            return Actor(person_id, *known)
        email = await self._email(person_id)
        with translated():
            identity = await self._client.identities.by_email(email)
        await self._remember(person_id, key, [identity.id, identity.name or ""])
        return Actor(person_id, identity.id, identity.name or "")

    async def _email(self, person_id: UUID) -> str:
        async with self._database.read() as session:
            person = await people.get(session, person_id)
        if person is None or not person.email:
            raise Refused(
                "email_missing",
                "Your sign-in has no e-mail address, so SailPoint cannot know you. "
                "Ask your administrator.",
            )
        return person.email

    async def _remembered(self, key: str) -> tuple[str, str] | None:
        try:
            stored = await self._redis.get(key)
        except REDIS_AWAY as error:
            log.warning("identity.not_remembered", error=type(error).__name__)
            return None
        if stored is None:
            return None
        identity_id, name = orjson.loads(stored)
        return str(identity_id), str(name)

    async def _remember(self, person_id: UUID, key: str, known: list[str]) -> None:
        """For an hour, and never past the person's sign-in; not at all for who is not signed in."""
        try:
            left = await self._redis.ttl(until_key(person_id))
            if left > 0:
                await self._redis.set(key, orjson.dumps(known), ex=min(left, REMEMBERED_SECONDS))
        except REDIS_AWAY as error:
            log.warning("identity.not_remembered", error=type(error).__name__)
