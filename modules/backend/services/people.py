"""Who is signed in."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from modules.backend.core.clock import Clock, NewId
from modules.backend.core.database import Database
from modules.backend.core.security import Claims, TokenVerifier
from modules.backend.repositories import people

REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in."""

    id: UUID
    name: str
    email: str | None
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person and until when their token says so."""

    person: Person
    expires_at: datetime


class People:
    def __init__(
        self, database: Database, verifier: TokenVerifier, clock: Clock, new_id: NewId
    ) -> None:
        self._database = database
        self._verifier = verifier
        self._clock = clock
        self._new_id = new_id
        # Spares a write for every request; what it holds never changes for a pair of ids.
        self._ids: OrderedDict[tuple[str, str], UUID] = OrderedDict()

    async def sign_in(self, token: str) -> SignIn:
        """The person whose token this is, stored when seen for the first time.

        Raises NotSignedIn for a token that does not hold, Unavailable.
        """
        claims = await self._verifier.verify(token)
        person = Person(await self._id(claims), claims.name, claims.email, claims.roles)
        return SignIn(person, claims.expires_at)

    async def _id(self, claims: Claims) -> UUID:
        key = (claims.tenant_id, claims.object_id)
        if key not in self._ids:
            async with self._database.transaction() as session:
                self._ids[key] = await people.remember(
                    session,
                    new_id=self._new_id(),
                    tenant_id=claims.tenant_id,
                    object_id=claims.object_id,
                    name=claims.name,
                    email=claims.email,
                    now=self._clock.now(),
                )
            if len(self._ids) > REMEMBERED:
                self._ids.popitem(last=False)
        return self._ids[key]
