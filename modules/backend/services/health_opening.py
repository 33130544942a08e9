"""What a web process is ready by: what it cannot do without, and the systems outside."""

import httpx

from modules.backend.clients.reachable import answers
from modules.backend.core.clock import Clock
from modules.backend.core.config import Settings
from modules.backend.core.database import Database
from modules.backend.core.redis import Purpose, RedisStores
from modules.backend.services.chat.ownership import Ownership
from modules.backend.services.health import Check, Health
from modules.backend.services.llm.readiness import LLMReadiness


def make_health(
    settings: Settings,
    http: httpx.AsyncClient,
    database: Database,
    stores: RedisStores,
    ownership: Ownership,
    clock: Clock,
) -> Health:
    """The checks of this process; of SailPoint only where a tenant is configured."""
    sailpoint = settings.sailpoint.sailpoint_base_url

    async def postgresql() -> None:
        await database.ping()
        await ownership.owner_id()  # without a lease there no run could be accepted

    async def redis() -> None:
        await stores.client(Purpose.STATE).ping()

    llm = LLMReadiness(settings.llm, http, clock)
    llm.warn()
    outside: dict[str, Check] = {"llm": llm.check}
    if sailpoint is not None:
        outside["sailpoint"] = lambda: answers(http, sailpoint)
    return Health(
        essential={"postgresql": postgresql, "redis": redis},
        outside=outside,
        notes={"llm": llm.notes},
        clock=clock,
    )
