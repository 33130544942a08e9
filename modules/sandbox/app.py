"""Puts the stand-ins together into one application."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from modules.sandbox import control, identity, issuer
from modules.sandbox.faults import Fault, FaultQueue
from modules.sandbox.identity import IdentityEndpoint
from modules.sandbox.issuer import Issuer
from modules.sandbox.journal import Journal
from modules.sandbox.llm import routes as llm
from modules.sandbox.llm.pacing import Pacing
from modules.sandbox.llm.wire import WireError
from modules.sandbox.sailpoint import routes as sailpoint
from modules.sandbox.settings import Settings
from modules.sandbox.signing_key import load_or_create_key

LOCAL_ORIGINS = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?"


def create_app(settings: Settings) -> FastAPI:
    """The sandbox. Makes the issuer's key in the state folder if it is not there."""
    faults, journal = FaultQueue[Fault](), Journal()
    pacing = Pacing(ttft_ms=settings.sandbox_ttft_ms, delay_ms=settings.sandbox_delay_ms)
    model = llm.ScriptedModel(pacing=pacing, faults=faults, journal=journal)
    identity_endpoint = IdentityEndpoint(faults, journal)
    key = load_or_create_key(settings.sandbox_state_dir / "issuer.pem")

    app = FastAPI(title="Icarus sandbox")
    app.add_middleware(
        CORSMiddleware,
        allow_origin_regex=LOCAL_ORIGINS,
        allow_methods=["*"],
        allow_headers=["*"],
    )
    app.add_exception_handler(WireError, llm.render_error)
    app.include_router(identity.build_router(identity_endpoint))
    app.include_router(llm.build_router(model, identity_endpoint))
    app.include_router(
        issuer.build_router(Issuer(url=settings.issuer, audience=settings.auth_audience, key=key))
    )
    app.include_router(control.build_router(model, faults, journal))
    app.include_router(
        sailpoint.build_router(settings.sandbox_base_url, settings.sandbox_bystander_seconds)
    )

    @app.get("/health")
    async def report_health() -> dict[str, str]:
        return {"status": "ok"}

    return app
