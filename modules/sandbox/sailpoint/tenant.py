"""The tenant's records in memory, and what is due to happen to them.

Nothing runs in the background. What takes time is put on an agenda, and every call first carries
out what has become due, in order and each at its own moment. So time may pass at any speed, stand
still or jump, and what a call reads is the same however often somebody looked before.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from modules.sandbox.sailpoint.records import (
    Access,
    AccessType,
    Account,
    Approval,
    Campaign,
    Certification,
    Group,
    Holding,
    Identity,
    RequestedItem,
    ReviewItem,
    Source,
)


@dataclass(order=True, slots=True)
class Due:
    """One thing to happen to one record at one moment. `number` keeps the order of equals."""

    at: datetime
    number: int
    action: str
    subject: str


@dataclass(frozen=True, slots=True)
class Held:
    """Access that an identity has. `via`: the role or profile that brings it, if not its own."""

    access: Access
    holding: Holding
    via: Access | None = None

    @property
    def revocable(self) -> bool:
        return self.via is None and not self.access.by_criteria


@dataclass
class Tenant:
    """All records by id; `holdings` and `accounts` by identity. `indexed` is what search knows."""

    random: Random
    anchor: datetime
    identities: dict[str, Identity] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    accounts: dict[str, list[Account]] = field(default_factory=lambda: defaultdict(list))
    access: dict[str, Access] = field(default_factory=dict)
    holdings: dict[str, list[Holding]] = field(default_factory=lambda: defaultdict(list))
    indexed: dict[str, list[Holding]] = field(default_factory=dict)
    conflicts: list[tuple[str, str, str]] = field(default_factory=list)
    requests: dict[str, RequestedItem] = field(default_factory=dict)
    approvals: dict[str, Approval] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    certifications: dict[str, Certification] = field(default_factory=dict)
    review_items: dict[str, dict[str, ReviewItem]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    agenda: list[Due] = field(default_factory=list)
    numbers: int = 0

    def next_number(self) -> int:
        self.numbers += 1
        return self.numbers

    def schedule(self, at: datetime, action: str, subject: str) -> None:
        heapq.heappush(self.agenda, Due(at, self.next_number(), action, subject))

    def schedule_after(
        self, now: datetime, seconds: float | None, action: str, subject: str
    ) -> None:
        """Puts nothing on the agenda if it never happens."""
        if seconds is not None:
            self.schedule(now + timedelta(seconds=seconds), action, subject)

    def settle(self, now: datetime, carry_out: Callable[[Due], None]) -> None:
        """Carries out what is due by now, and what becomes due by that."""
        while self.agenda and self.agenda[0].at <= now:
            carry_out(heapq.heappop(self.agenda))

    def add_access(self, access: Access) -> Access:
        self.access[access.id] = access
        return access

    def identity_by_alias(self, alias: str) -> Identity | None:
        return next((one for one in self.identities.values() if one.alias == alias), None)

    def reports_of(self, manager_id: str) -> list[Identity]:
        return [one for one in self.identities.values() if one.manager_id == manager_id]

    def of_type(self, *types: AccessType) -> Iterator[Access]:
        return (access for access in self.access.values() if access.type in types)

    def holding(self, identity_id: str, access_id: str) -> Holding | None:
        mine = self.holdings.get(identity_id, [])
        return next((one for one in mine if one.access_id == access_id), None)

    def everything_held(self, holdings: list[Holding]) -> list[Held]:
        """The holdings and all that they bring with them, each access once."""
        found: dict[str, Held] = {}
        for holding in holdings:
            for access, via in self._expanded(self.access[holding.access_id]):
                if access.id not in found or via is None:
                    found[access.id] = Held(access, holding, via)
        return list(found.values())

    def held(self, identity_id: str) -> list[Held]:
        return self.everything_held(self.holdings.get(identity_id, []))

    def _expanded(self, access: Access) -> Iterator[tuple[Access, Access | None]]:
        yield access, None
        for part_id in (*access.profile_ids, *access.entitlement_ids):
            part = self.access[part_id]
            yield part, access
            for entitlement_id in part.entitlement_ids:
                yield self.access[entitlement_id], access

    def index(self, identity_id: str) -> None:
        """Lets search see what the identity holds now."""
        self.indexed[identity_id] = list(self.holdings.get(identity_id, []))
