"""SQL of people."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from modules.backend.models import Person


async def remember(
    session: AsyncSession,
    *,
    new_id: uuid.UUID,
    tenant_id: str,
    object_id: str,
    name: str,
    email: str | None,
    now: datetime,
) -> uuid.UUID:
    """The id of the person with that tenant and object id, made or brought up to date."""
    statement = insert(Person).values(
        id=new_id, tenant_id=tenant_id, object_id=object_id, name=name, email=email, created_at=now
    )
    statement = statement.on_conflict_do_update(
        index_elements=[Person.tenant_id, Person.object_id],
        set_={"name": statement.excluded.name, "email": statement.excluded.email},
    )
    return (await session.execute(statement.returning(Person.id))).scalar_one()


async def get(session: AsyncSession, person_id: uuid.UUID) -> Person | None:
    return (
        await session.execute(select(Person).where(Person.id == person_id))
    ).scalar_one_or_none()
