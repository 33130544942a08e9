"""A person's conversations: list, search, read, rename, delete, export.

The canonical example: other journeys copy its way through the layers.
"""

from uuid import UUID

from modules.backend.core.database import Database
from modules.backend.core.errors import NotFound
from modules.backend.models import Feedback, Message
from modules.backend.repositories import conversations, messages
from modules.backend.schemas.conversations import (
    ConversationExport,
    ConversationOut,
    ConversationPage,
    MessageOut,
)
from modules.backend.schemas.feedback import FeedbackOut
from modules.backend.services.chat.bells import Bells, person_bell
from modules.backend.services.chat.notices import conversation_changed
from modules.backend.services.cursors import cursor_of, read_moment_and_id
from modules.backend.services.people import Person

MAX_PAGE = 100


class Conversations:
    def __init__(self, database: Database, bells: Bells) -> None:
        self._database = database
        self._bells = bells

    async def page(
        self, person: Person, *, search: str | None, cursor: str | None, limit: int
    ) -> ConversationPage:
        """A page, newest first. Raises InvalidInput for a cursor that is not one of ours."""
        before = read_moment_and_id(cursor) if cursor else None
        async with self._database.read() as session:
            rows = await conversations.page(
                session, person.id, search=search or None, before=before, limit=limit + 1
            )
        items = [ConversationOut.model_validate(row) for row in rows[:limit]]
        more = len(rows) > limit
        return ConversationPage(items=items, next_cursor=_cursor(items[-1]) if more else None)

    async def get(self, person: Person, conversation_id: UUID) -> ConversationOut:
        """Raises NotFound."""
        async with self._database.read() as session:
            row = await conversations.get(session, person.id, conversation_id)
        if row is None:
            raise _not_found()
        return ConversationOut.model_validate(row)

    async def messages(self, person: Person, conversation_id: UUID) -> list[MessageOut]:
        """Oldest first. Raises NotFound."""
        async with self._database.read() as session:
            found = await messages.of_conversation(session, person.id, conversation_id)
        if found is None:
            raise _not_found()
        return [_message(message, given) for message, given in found]

    async def rename(self, person: Person, conversation_id: UUID, title: str) -> ConversationOut:
        """Raises NotFound."""
        async with self._database.transaction() as session:
            if not await conversations.rename(session, person.id, conversation_id, title):
                raise _not_found()
        await self._tell(person.id, conversation_id)
        return await self.get(person, conversation_id)

    async def delete(self, person: Person, conversation_id: UUID) -> None:
        """Deletes it with all its messages; an answer being written there ends. Raises NotFound."""
        async with self._database.transaction() as session:
            if not await conversations.remove(session, person.id, conversation_id):
                raise _not_found()
        await self._tell(person.id, conversation_id)

    async def export(self, person: Person, conversation_id: UUID) -> ConversationExport:
        """Raises NotFound."""
        conversation = await self.get(person, conversation_id)
        return ConversationExport(
            id=conversation.id,
            title=conversation.title,
            created_at=conversation.created_at,
            messages=await self.messages(person, conversation_id),
        )

    async def _tell(self, person_id: UUID, conversation_id: UUID) -> None:
        await self._bells.ring(person_bell(person_id), conversation_changed(conversation_id))


def as_markdown(export: ConversationExport) -> str:
    """The conversation as a document, its Markdown left as the model wrote it."""
    parts = [f"# {export.title or 'Conversation'}"]
    for message in export.messages:
        who = "You" if message.role == "user" else "Icarus"
        when = message.created_at.strftime("%Y-%m-%d %H:%M UTC")
        parts.append(f"**{who}**, {when}\n\n{message.content}")
    return "\n\n---\n\n".join(parts) + "\n"


def _message(message: Message, given: Feedback | None) -> MessageOut:
    shown = MessageOut.model_validate(message)
    if given is None:
        return shown
    return shown.model_copy(update={"feedback": FeedbackOut.model_validate(given)})


def _not_found() -> NotFound:
    return NotFound("conversation_not_found", "There is no such conversation of yours.")


def _cursor(last: ConversationOut) -> str:
    return cursor_of(last.updated_at.isoformat(), last.id)
