"""All that the simulator remembers, and how a test sets it back."""

import copy
from dataclasses import dataclass, field
from datetime import datetime

from modules.sandbox.faults import FaultQueue
from modules.sandbox.sailpoint import progress
from modules.sandbox.sailpoint.behaviour import Delays, RequestRules, Span, Switches
from modules.sandbox.sailpoint.clients import ClientRegistry
from modules.sandbox.sailpoint.clock import VirtualClock
from modules.sandbox.sailpoint.faults import Fault
from modules.sandbox.sailpoint.journal import Journal
from modules.sandbox.sailpoint.limiter import RateLimiter
from modules.sandbox.sailpoint.operations import Level
from modules.sandbox.sailpoint.seed import Seed, build_tenant
from modules.sandbox.sailpoint.tenant import Due, Tenant
from modules.sandbox.sailpoint.tokens import TokenDesk

MAX_SNAPSHOTS = 20


@dataclass
class World:
    """One tenant with its clock, tokens, limits, faults and journal."""

    clock: VirtualClock = field(default_factory=VirtualClock)
    tokens: TokenDesk = field(default_factory=TokenDesk)
    clients: ClientRegistry = field(default_factory=ClientRegistry)
    limiter: RateLimiter = field(default_factory=RateLimiter)
    faults: FaultQueue[Fault] = field(default_factory=FaultQueue)
    journal: Journal = field(default_factory=Journal)
    delays: Delays = field(default_factory=Delays)
    switches: Switches = field(default_factory=Switches)
    rules: RequestRules = field(default_factory=RequestRules)
    seed: Seed = field(default_factory=Seed)
    bystanders: Span = None
    """As of the start, and after a reset."""
    snapshots: dict[str, Tenant] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tenant = build_tenant(self.seed, self.clock.now())
        self.delays = Delays(bystanders=self.bystanders)

    def settle(self, now: datetime) -> None:
        """Carries out what has become due in the tenant."""

        def carry_out(due: Due) -> None:
            context = progress.Context(self.tenant, due.at, self.delays, self.switches, self.rules)
            progress.ACTIONS[due.action](context, due.subject)

        self.tenant.settle(now, carry_out)

    def levels_of(self, identity_id: str | None) -> frozenset[Level]:
        identity = self.tenant.identities.get(identity_id or "")
        return identity.levels if identity else frozenset()

    def reset(self, seed: Seed) -> None:
        """The demo data again, and everything else as at the start. Tokens stay valid."""
        self.clock.reset()
        self.tokens.restore_lifetime()
        self.clients.reset()
        self.limiter.reset()
        self.faults.clear()
        self.journal.clear()
        self.snapshots.clear()
        self.delays = Delays(bystanders=self.bystanders)
        self.switches, self.rules = Switches(), RequestRules()
        self.seed = seed
        self.tenant = build_tenant(seed, self.clock.now())

    def snapshot(self, name: str) -> None:
        """Keeps the tenant's records under a name. Raises `ValueError` when too many are kept."""
        if name not in self.snapshots and len(self.snapshots) >= MAX_SNAPSHOTS:
            raise ValueError(f"{MAX_SNAPSHOTS} snapshots are kept already")
        self.snapshots[name] = copy.deepcopy(self.tenant)

    def restore(self, name: str) -> None:
        """Raises `KeyError` for a name under which nothing is kept."""
        self.tenant = copy.deepcopy(self.snapshots[name])
