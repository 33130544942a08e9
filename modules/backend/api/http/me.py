from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from modules.backend.api.deps import AdminDep, PersonDep, WebDep
from modules.backend.schemas.people import Me

router = APIRouter(prefix="/api", tags=["me"])

_FILE = {"Content-Disposition": 'attachment; filename="icarus.json"', "Cache-Control": "no-store"}


@router.get("/me")
async def me(person: PersonDep) -> Me:
    """Who is signed in."""
    return Me(id=person.id, name=person.name, email=person.email, roles=sorted(person.roles))


@router.post("/sign-out", status_code=204)
async def sign_out(web: WebDep, person: PersonDep) -> None:
    """Signs you out everywhere: tokens from before do not hold any more, open pages close."""
    await web.guard.people.sign_out(person)


@router.get("/me/export")
async def export(web: WebDep, person: PersonDep) -> StreamingResponse:
    """Everything that is stored about you, as a file."""
    pieces = await web.guard.privacy.export(person)
    return StreamingResponse(pieces, media_type="application/json", headers=_FILE)


@router.delete("/me", status_code=204)
async def erase_me(web: WebDep, person: PersonDep) -> None:
    """Erases what is stored about you and signs you out. It cannot be taken back."""
    await web.guard.privacy.erase(person.id, by=person.id)


@router.delete("/people/{person_id}", status_code=204)
async def erase(web: WebDep, admin: AdminDep, person_id: UUID) -> None:
    """Erases what is stored about a person. For administrators."""
    await web.guard.privacy.erase(person_id, by=admin.id)
