"""Who may come in under `/api`: decided before a byte of the body is read.

Everything there needs a sign-in but what `OPEN` names, so that a new route cannot be forgotten.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from modules.backend.api.address import client_address
from modules.backend.api.errors import error_response
from modules.backend.bootstrap import Web
from modules.backend.core.errors import AppError, Forbidden, NotSignedIn
from modules.backend.services.people import Person, SignIn

OPEN = frozenset({"/api/openapi.json", "/api/sailpoint/callback"})
"""To the latter SailPoint sends a browser back: a link holds no token. Its `state` says whose."""
APPS_MAY_POST = ("/api/agent", "/api/runs/", "/api/sign-out")
"""Where an application without a person may do more than read: it chats."""


class Admission:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_closed(scope):
            await self._app(scope, receive, send)
            return
        try:
            scope.setdefault("state", {})["sign_in"] = await _admitted(scope)
        except AppError as refusal:
            await error_response(refusal)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_closed(scope: Scope) -> bool:
    path = scope["path"]
    return (path == "/api" or path.startswith("/api/")) and path not in OPEN


async def _admitted(scope: Scope) -> SignIn:
    """Raises NotSignedIn, Forbidden, TooMany."""
    web: Web = scope["app"].state.web
    headers = Headers(scope=scope)
    try:
        sign_in = await web.guard.people.sign_in(_token(headers))
    except NotSignedIn:
        # Only who shows no good token is told to wait: colleagues behind one address go on.
        await web.guard.limits.refused(client_address(scope))
        raise
    _check_app(sign_in.person, scope)
    length = headers.get("content-length", "0")
    size = int(length) if length.isascii() and length.isdigit() else 0
    await web.guard.limits.call(sign_in.person.id, size)
    return sign_in


def _token(headers: Headers) -> str:
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("token_missing", "You are not signed in. Sign in and try again.")
    return token.strip()


def _check_app(person: Person, scope: Scope) -> None:
    """Raises Forbidden where an application would act as a person."""
    may = scope["method"] in ("GET", "HEAD") or scope["path"].startswith(APPS_MAY_POST)
    if person.is_app and not may:
        raise Forbidden("person_only", "Only a person may do this, not an application.")
