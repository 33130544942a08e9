"""What is remembered of who signed in: which tokens were seen, and who signed out everywhere.

It lives in Redis, in the session cache, for as long as a token can. While Redis is away tokens
hold by themselves, and signing out everywhere is refused: it could not be kept.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from uuid import UUID

from modules.backend.core.clock import Clock
from modules.backend.core.errors import NotSignedIn, Unavailable
from modules.backend.core.observability import get_logger
from modules.backend.core.redis import REDIS_AWAY, Purpose, RedisStores
from modules.backend.core.security import LEEWAY_SECONDS, Claims

log = get_logger(__name__)

CACHED_SECONDS = 3600.0
LONGEST_TOKEN = timedelta(hours=24)
"""Entra gives 60 to 90 minutes, 28 hours with continuous access evaluation, which is not asked
for here."""
REMEMBERED = 20_000


class Sessions:
    def __init__(self, stores: RedisStores, clock: Clock) -> None:
        self._redis = stores.client(Purpose.SESSION)
        self._clock = clock
        # Spares a write for every request; only a token that was never seen here is looked up.
        self._seen: OrderedDict[str, None] = OrderedDict()

    def was_seen_here(self, claims: Claims) -> bool:
        """Whether this process has seen this token before."""
        return claims.fingerprint in self._seen

    async def is_new(self, claims: Claims) -> bool:
        """Whether no process has seen this token before; this one has from now on."""
        key = RedisStores.key(Purpose.SESSION, "token", claims.fingerprint)
        try:
            is_new = await self._redis.set(key, b"", nx=True, ex=self._left(claims))
        except REDIS_AWAY as error:
            log.warning("sessions.not_remembered", error=type(error).__name__)
            is_new = True
        self._seen[claims.fingerprint] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return bool(is_new)

    async def forget(self, claims: Claims) -> None:
        """Takes back that the token was seen: what was to be done at first sight was not done."""
        self._seen.pop(claims.fingerprint, None)
        try:
            await self._redis.delete(RedisStores.key(Purpose.SESSION, "token", claims.fingerprint))
        except REDIS_AWAY as error:
            log.warning("sessions.not_remembered", error=type(error).__name__)

    async def begin(self, person_id: UUID, claims: Claims) -> None:
        """Notes until when the person's sign-in lasts: nothing is cached past it, or from before.

        The person's address at SailPoint may be another one by now.
        """
        try:
            await self._redis.set(until_key(person_id), b"", ex=self._left(claims))
            await self._redis.delete(identity_key(person_id))
        except REDIS_AWAY as error:
            log.warning("sessions.not_remembered", error=type(error).__name__)

    async def check(self, person_id: UUID, issued_at: datetime) -> None:
        """Raises NotSignedIn for a token from before the person signed out everywhere."""
        try:
            moment = await self._redis.get(_out_key(person_id))
        except REDIS_AWAY as error:
            log.warning("sessions.not_checked", error=type(error).__name__)
            return
        # A token says its second only: one of the second of the sign-out counts as a new one.
        if moment is not None and int(issued_at.timestamp()) < int(moment):
            raise NotSignedIn("signed_out", "You signed out everywhere. Sign in again.")

    async def end(self, person_id: UUID) -> None:
        """Ends every sign-in of the person until now. Raises Unavailable if that cannot be kept."""
        now = int(self._clock.now().timestamp())
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.set(_out_key(person_id), now, ex=LONGEST_TOKEN)
                pipe.delete(until_key(person_id))
                pipe.delete(identity_key(person_id))
                await pipe.execute()
        except REDIS_AWAY as error:
            raise Unavailable(
                "unavailable", "You could not be signed out everywhere. Try again soon."
            ) from error

    def _left(self, claims: Claims) -> int:
        """Seconds until the token does not hold any more, an hour at the most."""
        left = (claims.expires_at - self._clock.now()).total_seconds() + LEEWAY_SECONDS
        return max(1, int(min(left, CACHED_SECONDS)))


def until_key(person_id: UUID) -> str:
    """Is there for as long as the person's last sign-in holds."""
    return RedisStores.key(Purpose.SESSION, "until", person_id)


def identity_key(person_id: UUID) -> str:
    """Holds who the person is at SailPoint."""
    return RedisStores.key(Purpose.SESSION, "identity", person_id)


def _out_key(person_id: UUID) -> str:
    return RedisStores.key(Purpose.SESSION, "out", person_id)
