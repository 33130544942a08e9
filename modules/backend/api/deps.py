"""What routes ask for."""

from typing import Annotated

from fastapi import Depends, Request

from modules.backend.bootstrap import Web
from modules.backend.core.errors import NotSignedIn
from modules.backend.services.people import Person, SignIn


def get_web(request: Request) -> Web:
    web: Web = request.app.state.web
    return web


WebDep = Annotated[Web, Depends(get_web)]


async def get_sign_in(request: Request, web: WebDep) -> SignIn:
    """Raises NotSignedIn without a bearer token that holds."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("token_missing", "You are not signed in. Sign in and try again.")
    return await web.people.sign_in(token.strip())


async def get_person(sign_in: Annotated[SignIn, Depends(get_sign_in)]) -> Person:
    return sign_in.person


PersonDep = Annotated[Person, Depends(get_person)]
