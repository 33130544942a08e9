"""A kind of change at SailPoint: how it is prepared, checked, sent, and found again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from modules.backend.clients.sailpoint.transport import Caller
from modules.backend.clients.sailpoint.window import Priority

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, and who they are at SailPoint. `is_waited_for`: somebody waits for the answer."""

    person_id: UUID
    identity_id: str
    name: str
    is_waited_for: bool = True

    @property
    def caller(self) -> Caller:
        """As whom SailPoint is asked, and how soon."""
        priority = Priority.INTERACTIVE if self.is_waited_for else Priority.BACKGROUND
        return Caller(str(self.person_id), priority)

    def asking_about(self, identity_id: str) -> Caller:
        """As whom SailPoint is asked about somebody. It tells people of nobody but themselves.

        What it tells of a report is asked by the service identity, once it is known to be one.
        """
        if identity_id == self.identity_id:
            return self.caller
        return Caller(None, self.caller.priority)


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be sent, and the card that says so.

    `target` names what is changed: of two changes of one target only one is on its way.
    """

    kind: str
    arguments: Arguments
    card: Mapping[str, Any]
    target: str


@dataclass(frozen=True, slots=True)
class Done:
    """The change is there. `ids` are SailPoint's; it is not ours if somebody else made it."""

    words: str
    ids: Mapping[str, str] = field(default_factory=dict)
    is_ours: bool = True


@dataclass(frozen=True, slots=True)
class Absent:
    """SailPoint answers and does not show the change. `may_resend`: a second one would do no harm.

    That nothing is shown proves nothing soon after sending: lists lag behind.
    """

    may_resend: bool = False


class Refused(Exception):
    """It must not or cannot be done, by our rules or SailPoint's. `words` are for the person."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code)
        self.code = code
        self.words = words


class NotSent(Exception):
    """Nothing of it reached SailPoint: it may be sent later. `retry_after` is in seconds.

    `words` tell the person whose change waits.
    """

    words = "SailPoint is unavailable, your request is queued."

    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__("not sent")
        self.retry_after = retry_after


class NotConnected(NotSent):
    """The person has not let us act for them at SailPoint, or not any more."""

    words = "You are not connected to SailPoint. Connect, and your request is sent."


class OutcomeUnknown(Exception):
    """It was sent, and what became of it was not said."""


class Action(Protocol):
    kind: str

    async def prepare(self, actor: Actor, arguments: Arguments) -> Draft:
        """What would be sent, with the names that a person knows.

        Raises InvalidInput for arguments that cannot be, Refused, NotSent if SailPoint is away.
        """
        ...

    async def check(self, actor: Actor, arguments: Arguments) -> None:
        """Reads the rights again, just before sending. Raises Refused, NotSent."""
        ...

    async def send(self, actor: Actor, arguments: Arguments, reference: UUID) -> Done:
        """Makes the change, with the reference on it. Raises Refused, NotSent, OutcomeUnknown."""
        ...

    async def look(self, actor: Actor, arguments: Arguments, reference: UUID) -> Done | Absent:
        """What SailPoint shows of the change. Raises Refused if it came out so, NotSent if away."""
        ...


class Actors(Protocol):
    async def of(self, person_id: UUID, *, is_fresh: bool = False) -> Actor:
        """Who the person is at SailPoint. Raises Refused if nobody, NotSent if it is away.

        is_fresh: by its record of now, not as remembered for a while
        """
        ...
