"""Tables. Importing the package makes all of them known to the metadata."""

from modules.backend.models.base import Base
from modules.backend.models.conversations import Conversation
from modules.backend.models.messages import Message
from modules.backend.models.model_calls import ModelCall
from modules.backend.models.people import Person
from modules.backend.models.processes import Process
from modules.backend.models.runs import Run

__all__ = ["Base", "Conversation", "Message", "ModelCall", "Person", "Process", "Run"]
