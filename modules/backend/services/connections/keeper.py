"""People's tokens in PostgreSQL, sealed: they must outlast Redis, and be refreshed by one alone."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from modules.backend.clients.sailpoint.personal_tokens import Kept
from modules.backend.clients.sailpoint.token_cache import Token
from modules.backend.clients.sailpoint.token_endpoint import IssuedToken
from modules.backend.core.clock import Clock
from modules.backend.core.database import Database
from modules.backend.core.errors import ConfigurationError
from modules.backend.core.observability import get_logger
from modules.backend.core.settings import SailPointSettings
from modules.backend.repositories import connections

log = get_logger(__name__)

REFRESHING_FOR = timedelta(seconds=15)
"""Longer than the token endpoint may take. Whoever died is waited for no longer."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What is sealed of a person."""

    access: Token
    refresh_token: str = field(repr=False)


class PersonSeal:
    """Fernet under the keys of the configuration. What is moved to another person does not open."""

    def __init__(self, keys: MultiFernet) -> None:
        self._keys = keys

    @classmethod
    def of(cls, settings: SailPointSettings) -> "PersonSeal":
        """Raises ConfigurationError without a key, or with one that is none."""
        secret = settings.sailpoint_token_keys
        texts = secret.get_secret_value().split(",") if secret is not None else []
        try:
            return cls(MultiFernet([Fernet(text.strip()) for text in texts]))
        except ValueError:
            raise ConfigurationError(
                ["SAILPOINT_TOKEN_KEYS: must be Fernet keys with commas; see .env.example"]
            ) from None

    def close(self, person: str, tokens: Tokens) -> bytes:
        access = [getattr(tokens.access, name) for name in Token.__slots__]
        return self._keys.encrypt(orjson.dumps([person, access, tokens.refresh_token]))

    def open(self, person: str, sealed: bytes) -> Tokens | None:
        try:
            whose, access, refresh_token = orjson.loads(self._keys.decrypt(sealed))
        except (InvalidToken, ValueError):
            log.error("sailpoint.connection_unreadable", person_id=person)
            return None
        return Tokens(Token(*access), refresh_token) if whose == person else None


class Keeper:
    """See TokenKeeper. Every method raises Unavailable while PostgreSQL is away."""

    def __init__(self, database: Database, seal: PersonSeal, clock: Clock) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock

    async def get(self, person: str) -> Kept | None:
        async with self._database.read() as session:
            found = await connections.get(session, UUID(person))
        tokens = None if found is None else self._seal.open(person, found.sealed)
        return None if found is None or tokens is None else Kept(tokens.access, found.version)

    async def add(self, person: str, issued: IssuedToken, token: Token) -> None:
        """A connection that was made just now, in the place of an earlier one."""
        now = self._clock.now()
        # Of an earlier connection of the person no version comes again, whatever is under way.
        microseconds = int(now.timestamp() * 1_000_000)
        async with self._database.transaction() as session:
            earlier = await connections.get(session, UUID(person))
            await connections.put(
                session,
                UUID(person),
                identity_id=issued.identity_id,
                sealed=self._sealed(person, issued, token),
                version=max(microseconds, 0 if earlier is None else earlier.version + 1),
                connected_at=now,
                refreshed_at=now,
            )

    async def take_away(self, person: str) -> str | None:
        """Forgets the person's tokens; returns the refresh token, to be ended at SailPoint."""
        async with self._database.transaction() as session:
            sealed = await connections.remove(session, UUID(person))
        tokens = None if sealed is None else self._seal.open(person, sealed)
        return None if tokens is None else tokens.refresh_token

    async def claim(self, person: str, version: int) -> str | None:
        now = self._clock.now()
        async with self._database.transaction() as session:
            sealed = await connections.claim(
                session, UUID(person), version, now, now + REFRESHING_FOR
            )
        tokens = None if sealed is None else self._seal.open(person, sealed)
        return None if tokens is None else tokens.refresh_token

    async def release(self, person: str, version: int) -> None:
        async with self._database.transaction() as session:
            await connections.step(session, UUID(person), version, refreshing_until=None)

    async def replace(self, person: str, version: int, issued: IssuedToken, token: Token) -> bool:
        """A refresh that brings no new refresh token leaves the old one in use (RFC 6749, 6)."""
        async with self._database.transaction() as session:
            found = await connections.get(session, UUID(person))
            earlier = None if found is None else self._seal.open(person, found.sealed)
            return earlier is not None and await connections.step(
                session,
                UUID(person),
                version,
                sealed=self._sealed(person, issued, token, earlier.refresh_token),
                version=version + 1,
                refreshing_until=None,
                refreshed_at=self._clock.now(),
            )

    async def drop(self, person: str, version: int) -> None:
        async with self._database.transaction() as session:
            await connections.remove(session, UUID(person), version)

    def _sealed(self, person: str, issued: IssuedToken, token: Token, earlier: str = "") -> bytes:
        return self._seal.close(person, Tokens(token, issued.refresh_token or earlier))
