from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from modules.backend.api.deps import AdminDep, WebDep
from modules.backend.schemas.audit import AuditPacket, AuditPage, AuditReport
from modules.backend.services.audit.reading import Which

router = APIRouter(prefix="/api/audit", tags=["audit"])


@router.get("")
async def page(web: WebDep, _admin: AdminDep, which: Annotated[Which, Query()]) -> AuditPage:
    """What happened, newest first. For administrators."""
    return await web.guard.audit.page(which)


@router.get("/verification")
async def verification(web: WebDep, _admin: AdminDep) -> AuditReport:
    """Whether the latest 20,000 links of the chain hold. For administrators."""
    return await web.guard.audit.verify()


@router.get("/proposals/{proposal_id}/packet")
async def packet(web: WebDep, admin: AdminDep, proposal_id: UUID) -> AuditPacket:
    """Everything about one proposal, to be verified offline. For administrators."""
    return await web.guard.audit.packet(admin.id, proposal_id)
