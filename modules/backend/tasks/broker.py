"""Where `taskiq worker modules.backend.tasks.broker:broker` finds the queue and every task.

The worker imports this module alone: a task that is not imported here would be lost when it came.
"""

from modules.backend.tasks import conversations
from modules.backend.tasks.queue import broker

__all__ = ["broker", "conversations"]
