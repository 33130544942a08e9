"""What every process has open, for the services that it wires together."""

from dataclasses import dataclass

import httpx

from modules.backend.core.clock import Clock, NewId
from modules.backend.core.config import Settings
from modules.backend.core.database import Database
from modules.backend.core.redis import RedisStores
from modules.backend.services.chat.bells import Bells
from modules.backend.services.llm.cost_tracker import CostTracker
from modules.backend.services.llm.provider import LLMProvider


@dataclass(frozen=True, slots=True)
class Base:
    settings: Settings
    database: Database
    stores: RedisStores
    provider: LLMProvider
    costs: CostTracker
    bells: Bells
    http: httpx.AsyncClient
    clock: Clock
    new_id: NewId
