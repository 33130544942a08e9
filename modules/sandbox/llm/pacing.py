"""How fast the model speaks."""

import asyncio
import random
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

SLOWNESS = 20
JITTER = 0.4


class Pacing(BaseModel):
    """Milliseconds until the first token, and between two chunks."""

    model_config = ConfigDict(extra="forbid")

    ttft_ms: int = Field(ge=0, le=600_000)
    delay_ms: int = Field(ge=0, le=600_000)

    def slowed(self) -> "Pacing":
        return Pacing(
            ttft_ms=min(self.ttft_ms * SLOWNESS, 600_000),
            delay_ms=min(max(self.delay_ms, 10) * SLOWNESS, 600_000),
        )


@dataclass
class Metronome:
    """Waits between chunks, a little irregularly, and the same way for the same seed."""

    pacing: Pacing
    seed: str

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    async def before_first(self) -> None:
        await self._wait(self.pacing.ttft_ms)

    async def between(self) -> None:
        await self._wait(self.pacing.delay_ms)

    async def _wait(self, milliseconds: int) -> None:
        # A wait of zero still lets other streams have their turn.
        await asyncio.sleep(milliseconds / 1000 * self._random.uniform(1 - JITTER, 1 + JITTER))
