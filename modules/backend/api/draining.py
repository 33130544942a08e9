"""The worker class of gunicorn: told to stop, it leaves in order before connections are closed.

uvicorn closes every WebSocket at once when it is told to stop. Here the application is asked first
(`app.state.drain`), and uvicorn only when that has come to its end.
"""

import asyncio
import logging
import signal
import sys
from types import FrameType
from typing import Any

import uvicorn
from gunicorn.arbiter import Arbiter
from uvicorn_worker import UvicornWorker

logger = logging.getLogger("uvicorn.error")


class DrainingServer(uvicorn.Server):
    """A server that hears SIGTERM as a request to drain."""

    def __init__(self, config: uvicorn.Config, app: Any) -> None:
        super().__init__(config)
        self._app = app
        self._loop: asyncio.AbstractEventLoop | None = None
        self._drain: asyncio.Task[None] | None = None

    async def startup(self, sockets: Any = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM drains, however often it comes; any other signal ends the process at once."""
        if sig != signal.SIGTERM or not self.started or self._loop is None:
            super().handle_exit(sig, frame)
            return
        if sig not in self._captured_signals:
            self._captured_signals.append(sig)
            self._loop.call_soon_threadsafe(self._begin)

    def _begin(self) -> None:
        for server in self.servers:
            server.close()  # who comes now is for the next process
        self._drain = asyncio.create_task(self._leave(), name="drain")

    async def _leave(self) -> None:
        try:
            state = getattr(self._app, "state", None)
            drain = getattr(state, "drain", None)
            if drain is not None:
                await drain.run()
        except Exception:  # the edge of a process that ends anyhow
            logger.exception("The drain broke.")
        finally:
            self.should_exit = True


class DrainingWorker(UvicornWorker):  # type: ignore[misc]  # it carries no types
    """gunicorn's worker with that server."""

    async def _serve(self) -> None:
        self.config.app = self.wsgi
        server = DrainingServer(self.config, self.wsgi)
        self._install_sigquit_handler()
        await server.serve(sockets=self.sockets)
        if not server.started:
            sys.exit(Arbiter.WORKER_BOOT_ERROR)
