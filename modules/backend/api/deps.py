"""What routes ask for."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from modules.backend.bootstrap import Web
from modules.backend.core.errors import Forbidden, Unavailable
from modules.backend.core.security import ADMIN_ROLE
from modules.backend.services.desk import Desk
from modules.backend.services.people import Person, SignIn

MAX_RECORDED = 500


def get_web(request: Request) -> Web:
    web: Web = request.app.state.web
    return web


WebDep = Annotated[Web, Depends(get_web)]
BearerDep = Annotated[object, Depends(HTTPBearer(auto_error=False))]
"""For the OpenAPI document alone."""


def get_person(request: Request, _documented: BearerDep) -> Person:
    """Who `Admission` let in."""
    sign_in: SignIn = request.state.sign_in
    return sign_in.person


def get_desk(web: WebDep) -> Desk:
    """Raises Unavailable where no tenant of SailPoint is configured."""
    if web.desk is None:
        raise Unavailable("not_set_up", "SailPoint is not set up here. Ask your administrator.")
    return web.desk


DeskDep = Annotated[Desk, Depends(get_desk)]
PersonDep = Annotated[Person, Depends(get_person)]


async def get_admin(request: Request, web: WebDep, person: PersonDep) -> Person:
    """Raises Forbidden without the role of an administrator. What one sees or does is recorded."""
    if ADMIN_ROLE not in person.roles:
        raise Forbidden("admin_only", "Only administrators may see or do this.")
    await web.guard.audit.viewed(
        person.id,
        request.scope["route"].path,
        method=request.method,
        path=request.url.path[:MAX_RECORDED],
        query=request.url.query[:MAX_RECORDED],
    )
    return person


AdminDep = Annotated[Person, Depends(get_admin)]
