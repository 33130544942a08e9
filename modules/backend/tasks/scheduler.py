"""The scheduler: sends what is due. Exactly one process runs it."""

from taskiq import TaskiqScheduler
from taskiq.schedule_sources import LabelScheduleSource

from modules.backend.tasks.broker import broker

scheduler = TaskiqScheduler(broker, sources=[LabelScheduleSource(broker)])
