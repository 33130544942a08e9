"""Tuning of the web process. gunicorn reads this file by itself; the command line wins over it."""

import logging
import os
import warnings

with warnings.catch_warnings():
    # The documented start-up command names this class; uvicorn-worker holds its successor.
    warnings.simplefilter("ignore", DeprecationWarning)
    from uvicorn.workers import UvicornWorker as NamedInTheCommand

from uvicorn_worker import UvicornWorker as Successor

PING_SECONDS = float(os.environ.get("WS_PING_SECONDS", "30"))

UVICORN = {
    "ws": "websockets-sansio",
    "ws_ping_interval": PING_SECONDS,
    # One ping is outstanding at a time: two intervals without its answer are two missed answers.
    "ws_ping_timeout": 2 * PING_SECONDS,
    # The protocol closes above 1 MiB; smaller frames that are too large are answered in words.
    "ws_max_size": 1_114_112,
    # Frames are small and already many; compressing each costs more time than it saves.
    "ws_per_message_deflate": False,
    # uvicorn does not learn gunicorn's grace time. Without its own, shorter one a request that is
    # still open lets gunicorn kill the worker before it has closed its pools.
    "timeout_graceful_shutdown": 20,
    "access_log": False,
}

for worker in (NamedInTheCommand, Successor):
    worker.CONFIG_KWARGS = {**worker.CONFIG_KWARGS, **UVICORN}

graceful_timeout = 25
timeout = 120

# The front end of App Service speaks from private and link-local addresses. With "*" the left-most
# X-Forwarded-For entry would be believed, which the client writes.
forwarded_allow_ips = "127.0.0.1,169.254.0.0/16,172.16.0.0/12,10.0.0.0/8"

# The control socket lies in the home folder, which all instances share on App Service.
control_socket_disable = True


class WithoutHandshakes(logging.Filter):
    """Drops uvicorn's line about each WebSocket handshake: it holds the query of the URL."""

    def filter(self, record: logging.LogRecord) -> bool:
        return '"WebSocket ' not in str(record.msg)


logging.getLogger("uvicorn.error").addFilter(WithoutHandshakes())
