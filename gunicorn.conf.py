"""Tuning of the web process. gunicorn reads this file by itself; the command line wins over it."""

import logging
import os
import warnings

with warnings.catch_warnings():
    # The documented start-up command names this module; uvicorn-worker holds its successor.
    warnings.simplefilter("ignore", DeprecationWarning)
    import uvicorn.workers as named_in_the_command

import uvicorn_worker as its_successor
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from modules.backend.api.draining import DrainingWorker

HEAD_SECONDS = float(os.environ.get("HTTP_HEAD_SECONDS", "15"))
PING_SECONDS = float(os.environ.get("WS_PING_SECONDS", "30"))


class PromptHeads(HttpToolsProtocol):
    """Closes connections on which the head of a request does not arrive in time.

    uvicorn itself waits for ever: a thousand silent connections would stay.
    """

    _late = None

    def connection_made(self, transport):
        super().connection_made(transport)
        self._late = self.loop.call_later(HEAD_SECONDS, transport.close)

    def on_message_begin(self):
        if self._late is None:
            self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)
        super().on_message_begin()

    def on_headers_complete(self):
        self._stop_waiting()
        super().on_headers_complete()

    def connection_lost(self, exc):
        self._stop_waiting()
        super().connection_lost(exc)

    def _stop_waiting(self):
        if self._late is not None:
            self._late.cancel()
            self._late = None


UVICORN = {
    "http": PromptHeads,
    "ws": "websockets-sansio",
    "ws_ping_interval": PING_SECONDS,
    # One ping is outstanding at a time: two intervals without its answer are two missed answers.
    "ws_ping_timeout": 2 * PING_SECONDS,
    # The protocol closes above 1 MiB; smaller frames that are too large are answered in words.
    "ws_max_size": 1_114_112,
    # Frames are small and already many; compressing each costs more time than it saves.
    "ws_per_message_deflate": False,
    # After the drain. uvicorn does not learn gunicorn's grace time: without its own, shorter one a
    # request that is still open lets gunicorn kill the worker before it has closed its pools.
    "timeout_graceful_shutdown": 5,
    "access_log": False,
}

DrainingWorker.CONFIG_KWARGS = {**DrainingWorker.CONFIG_KWARGS, **UVICORN}
for module in (named_in_the_command, its_successor):
    module.UvicornWorker = DrainingWorker

# Grace times from the inside out: answers finish (DRAIN_SECONDS), what is left is handed over,
# uvicorn closes connections, the application its pools. Longer than all of it together, and
# shorter than what the platform gives (WEBSITES_CONTAINER_STOP_TIME_LIMIT, 60).
graceful_timeout = int(float(os.environ.get("DRAIN_SECONDS") or "20")) + 25
timeout = 120

# Longer than a front end keeps a connection that nobody uses: were it closed here first, a request
# that is on its way would meet nobody, and a person would read 502.
keepalive = 75

# The front end of App Service speaks from private and link-local addresses. With "*" the left-most
# X-Forwarded-For entry would be believed, which the client writes.
forwarded_allow_ips = os.environ.get(
    "FORWARDED_ALLOW_IPS", "127.0.0.1,169.254.0.0/16,172.16.0.0/12,10.0.0.0/8"
)

# The control socket lies in the home folder, which all instances share on App Service.
control_socket_disable = True


class WithoutHandshakes(logging.Filter):
    """Drops uvicorn's line about each WebSocket handshake: it holds the query of the URL."""

    def filter(self, record: logging.LogRecord) -> bool:
        return '"WebSocket ' not in str(record.msg)


logging.getLogger("uvicorn.error").addFilter(WithoutHandshakes())
