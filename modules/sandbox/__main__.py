"""`python -m modules.sandbox`: serves the sandbox until it is told to stop."""

import uvicorn
from pydantic import ValidationError

from modules.sandbox.app import create_app
from modules.sandbox.settings import Settings


def main() -> None:
    """Raises `SystemExit` with one line for settings with which the sandbox does not start."""
    try:
        settings = Settings()
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        reason = problem["msg"].removeprefix("Value error, ")
        raise SystemExit(f"{str(problem['loc'][0]).upper()}: {reason}") from None
    uvicorn.run(
        create_app(settings),
        host=settings.sandbox_host,
        port=settings.sandbox_port,
        access_log=False,
        log_level="warning",
        # Longer than clients keep a connection that nobody uses: a call must not meet its end.
        timeout_keep_alive=75,
        # A stream that a fault keeps open must not keep the process.
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
