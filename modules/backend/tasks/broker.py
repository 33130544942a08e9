"""Where `taskiq worker modules.backend.tasks.broker:broker` finds the queue and every task.

The worker imports this module alone: a task that is not imported here is unknown to it.
"""

from modules.backend.tasks import (
    conversations,
    ledger,
    proposals,
    readings,
    rescan,
    retention,
    sailpoint,
)
from modules.backend.tasks.queue import broker

__all__ = [
    "broker",
    "conversations",
    "ledger",
    "proposals",
    "readings",
    "rescan",
    "retention",
    "sailpoint",
]
