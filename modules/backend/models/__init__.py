"""Tables. Importing the package makes all of them known to the metadata."""

from modules.backend.models.audit import AuditCheckpoint, AuditLink, AuditPending, AuditRecord
from modules.backend.models.base import Base
from modules.backend.models.budgets import Budget
from modules.backend.models.connections import Connection
from modules.backend.models.conversations import Conversation
from modules.backend.models.feedback import Feedback
from modules.backend.models.messages import Message
from modules.backend.models.model_calls import ModelCall
from modules.backend.models.people import Person
from modules.backend.models.processes import Process
from modules.backend.models.proposals import Proposal
from modules.backend.models.readings import Reading, ReadingWish
from modules.backend.models.runs import Run
from modules.backend.models.summaries import Summary
from modules.backend.models.watches import Watch

__all__ = [
    "AuditCheckpoint",
    "AuditLink",
    "AuditPending",
    "AuditRecord",
    "Base",
    "Budget",
    "Connection",
    "Conversation",
    "Feedback",
    "Message",
    "ModelCall",
    "Person",
    "Process",
    "Proposal",
    "Reading",
    "ReadingWish",
    "Run",
    "Summary",
    "Watch",
]
