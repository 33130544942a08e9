from uuid import UUID

from modules.backend.schemas.base import WireModel


class Me(WireModel):
    """Who is signed in."""

    id: UUID
    name: str
    email: str | None
    roles: list[str]
