"""Who is signed in."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from modules.backend.core.clock import Clock, NewId
from modules.backend.core.database import Database
from modules.backend.core.security import Claims, TokenVerifier
from modules.backend.repositories import people
from modules.backend.services.audit import trail
from modules.backend.services.audit.trail import Kind
from modules.backend.services.chat.bells import Bells, person_bell
from modules.backend.services.guard.sessions import Sessions

REMEMBERED = 10_000
SIGNED_OUT = orjson.dumps({"type": "notice", "kind": "signed_out"})
"""Tells every process that sockets of the person close."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in."""

    id: UUID
    name: str
    email: str | None
    roles: frozenset[str]
    is_app: bool = False
    """An application with the role Chat.Smoke, which may chat and read."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person and until when their token says so."""

    person: Person
    expires_at: datetime
    issued_at: datetime


class People:
    def __init__(
        self,
        database: Database,
        verifier: TokenVerifier,
        sessions: Sessions,
        bells: Bells,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._database = database
        self._verifier = verifier
        self._sessions = sessions
        self._bells = bells
        self._clock = clock
        self._new_id = new_id
        # Spares a write for every request; what it holds never changes for a pair of ids.
        self._ids: OrderedDict[tuple[str, str], UUID] = OrderedDict()

    async def sign_in(self, token: str) -> SignIn:
        """The person whose token this is, stored when the token is seen for the first time.

        Raises NotSignedIn for a token that does not hold, or is from before the person signed out
        everywhere; Unavailable.
        """
        claims = await self._verifier.verify(token)
        person_id = await self._id(claims)
        await self._sessions.check(person_id, claims.issued_at)
        person = Person(person_id, claims.name, claims.email, claims.roles, claims.is_app)
        return SignIn(person, claims.expires_at, claims.issued_at)

    async def check(self, sign_in: SignIn) -> None:
        """Raises NotSignedIn if the person signed out everywhere since."""
        await self._sessions.check(sign_in.person.id, sign_in.issued_at)

    async def sign_out(self, person: Person) -> None:
        """Ends every sign-in of the person, on every page and process. Raises Unavailable."""
        await self._sessions.end(person.id)
        async with self._database.transaction() as session:
            await trail.record(session, self._clock.now(), Kind.SIGNED_OUT, actor=person.id)
        await self._bells.ring(person_bell(person.id), SIGNED_OUT)

    async def _id(self, claims: Claims) -> UUID:
        key = (claims.tenant_id, claims.object_id)
        # At its first sight of a token every process looks: what it knows may have been erased.
        if key not in self._ids or not self._sessions.was_seen_here(claims):
            is_new = await self._sessions.is_new(claims)
            try:
                self._ids[key] = await self._remember(claims, is_new=is_new)
            except BaseException:  # cancelled, too: the next sight must be the first one again
                await self._sessions.forget(claims)
                raise
            if is_new:
                await self._sessions.begin(self._ids[key], claims)
            if len(self._ids) > REMEMBERED:
                self._ids.popitem(last=False)
        return self._ids[key]

    async def _remember(self, claims: Claims, *, is_new: bool) -> UUID:
        now = self._clock.now()
        async with self._database.transaction() as session:
            person_id = await people.remember(
                session,
                new_id=self._new_id(),
                tenant_id=claims.tenant_id,
                object_id=claims.object_id,
                name=claims.name,
                email=claims.email,
                now=now,
            )
            if is_new:
                await trail.record(
                    session,
                    now,
                    Kind.SIGNED_IN,
                    actor=person_id,
                    roles=sorted(claims.roles),
                    isApp=claims.is_app,
                    tokenFingerprint=claims.fingerprint,
                    expiresAt=claims.expires_at.isoformat(),
                )
        return person_id
