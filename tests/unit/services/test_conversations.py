import uuid
from datetime import UTC, datetime
from typing import Any

from modules.backend.schemas.conversations import ConversationExport, MessageOut
from modules.backend.services.conversations import as_markdown

AT = datetime(2026, 1, 5, 9, 30, 59, tzinfo=UTC)
ID = uuid.UUID(int=1)


def message(role: str, content: str) -> MessageOut:
    fields: dict[str, Any] = {
        "id": "m",
        "role": role,
        "content": content,
        "status": "complete",
        "error": None,
        "run_id": ID,
        "created_at": AT,
        "steps": [],
    }
    return MessageOut(**fields)


def export(title: str | None, *messages: MessageOut) -> ConversationExport:
    return ConversationExport(id=ID, title=title, created_at=AT, messages=list(messages))


class TestAsMarkdown:
    def test_shows_who_said_what_and_when(self) -> None:
        document = as_markdown(
            export(
                "My access",
                message("user", "What do I have?"),
                message("assistant", "- **SAP**\n- Jira"),
            )
        )

        assert document == (
            "# My access\n\n---\n\n"
            "**You**, 2026-01-05 09:30 UTC\n\nWhat do I have?\n\n---\n\n"
            "**Icarus**, 2026-01-05 09:30 UTC\n\n- **SAP**\n- Jira\n"
        )

    def test_a_conversation_without_title_has_a_heading_too(self) -> None:
        assert as_markdown(export(None)) == "# Conversation\n"
