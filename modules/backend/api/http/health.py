from fastapi import APIRouter, Response

from modules.backend.api.deps import WebDep
from modules.backend.schemas.health import Health, Readiness
from modules.backend.services.health import overall

router = APIRouter(tags=["health"])


@router.head("/health", include_in_schema=False)
@router.get("/health")
async def health(web: WebDep) -> Health:
    """Whether the process is alive, and which build it is."""
    return Health(build=web.settings.app.build_id)


@router.head("/health/ready", include_in_schema=False)
@router.get("/health/ready")
async def ready(web: WebDep, response: Response, strict: bool = False) -> Readiness:
    """Whether it can serve. 503 when a store fails; with `strict`, when anything is missing."""
    checks = await web.health.checks()
    status = overall(checks)
    if status == "failed" or (strict and status == "degraded"):
        response.status_code = 503
    return Readiness(
        status=status,
        build=web.settings.app.build_id,
        configuration=web.configuration,
        checks=checks,
        details=web.health.details(),
    )
