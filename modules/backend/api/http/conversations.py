from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from modules.backend.api.deps import PersonDep, WebDep
from modules.backend.schemas.base import StorableText
from modules.backend.schemas.conversations import (
    ConversationOut,
    ConversationPage,
    ConversationRename,
    MessageOut,
)
from modules.backend.services.audit.trail import Kind
from modules.backend.services.conversations import MAX_PAGE, as_markdown

router = APIRouter(prefix="/api/conversations", tags=["conversations"])


@router.get("")
async def page(
    web: WebDep,
    person: PersonDep,
    query: Annotated[StorableText | None, Query(max_length=200)] = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 30,
) -> ConversationPage:
    """Your conversations, newest first; `query` searches titles and messages."""
    return await web.conversations.page(person, search=query, cursor=cursor, limit=limit)


@router.get("/{conversation_id}")
async def get(web: WebDep, person: PersonDep, conversation_id: UUID) -> ConversationOut:
    return await web.conversations.get(person, conversation_id)


@router.patch("/{conversation_id}")
async def rename(
    web: WebDep, person: PersonDep, conversation_id: UUID, body: ConversationRename
) -> ConversationOut:
    return await web.conversations.rename(person, conversation_id, body.title)


@router.delete("/{conversation_id}", status_code=204)
async def delete(web: WebDep, person: PersonDep, conversation_id: UUID) -> None:
    """Deletes the conversation with all its messages."""
    await web.conversations.delete(person, conversation_id)


@router.get("/{conversation_id}/messages")
async def messages(web: WebDep, person: PersonDep, conversation_id: UUID) -> list[MessageOut]:
    """The messages, oldest first."""
    return await web.conversations.messages(person, conversation_id)


@router.get("/{conversation_id}/export")
async def export(
    web: WebDep,
    person: PersonDep,
    conversation_id: UUID,
    format: Literal["markdown", "json"] = "markdown",
) -> Response:
    """The conversation as a file."""
    exported = await web.conversations.export(person, conversation_id)
    await web.guard.audit.viewed(
        person.id, "conversation", Kind.EXPORTED, conversation=conversation_id, format=format
    )
    if format == "json":
        return _file(exported.model_dump_json(by_alias=True), "application/json", "json")
    return _file(as_markdown(exported), "text/markdown; charset=utf-8", "md")


def _file(content: str, media_type: str, ending: str) -> Response:
    disposition = f'attachment; filename="conversation.{ending}"'
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})
