"""SQL of the ledger: rows are added, never changed."""

from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import ModelCall


async def add(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    if rows:
        await session.execute(insert(ModelCall).on_conflict_do_nothing(), rows)
