"""The built page: its files, its configuration, and itself for every address of its own."""

from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.types import Scope

from modules.backend.api.deps import WebDep
from modules.backend.core.settings import AuthSettings
from modules.backend.schemas.page import EntraAuth, OpenIdAuth, PageConfig

router = APIRouter(tags=["page"])

_NOT_OURS = ("api", "ws", "assets", "health")
"""First parts of paths that never mean a place inside the page."""


@router.get("/config.json")
async def config(web: WebDep) -> PageConfig:
    """What the page needs before anybody signs in."""
    return PageConfig(
        build=web.settings.app.build_id, api_base_url="", auth=_auth(web.settings.auth)
    )


def _auth(settings: AuthSettings) -> OpenIdAuth | EntraAuth:
    if settings.entra_tenant_id is not None and settings.auth_issuer is None:
        return EntraAuth(tenant_id=settings.entra_tenant_id, client_id=settings.audience)
    return OpenIdAuth(issuer=settings.issuer)


def mount(app: FastAPI, folder: Path) -> None:
    """Serves the page if it was built. Must come after every router: it takes all that is left."""
    if (folder / "index.html").is_file():
        app.mount("/", _Page(directory=folder), name="page")


class _Page(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        first, last = path.split("/", maxsplit=1)[0], path.rsplit("/", maxsplit=1)[-1]
        try:
            response = await super().get_response("index.html" if path == "." else path, scope)
        except HTTPException as error:
            if error.status_code != 404 or first in _NOT_OURS or "." in last:
                raise
            response = FileResponse(Path(str(self.directory)) / "index.html")
        # Files under assets/ have their hash in their name; all others must be asked for again.
        lasting = "public, max-age=31536000, immutable"
        response.headers["Cache-Control"] = lasting if first == "assets" else "no-cache"
        return response
