from fastapi import APIRouter

from modules.backend.api.deps import PersonDep
from modules.backend.schemas.people import Me

router = APIRouter(prefix="/api", tags=["me"])


@router.get("/me")
async def me(person: PersonDep) -> Me:
    """Who is signed in."""
    return Me(id=person.id, name=person.name, email=person.email, roles=sorted(person.roles))
