"""One person's data: all of it as a file, and all of it erased."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import orjson

from modules.backend.core.clock import Clock
from modules.backend.core.database import Database, Session
from modules.backend.core.errors import Conflict, NotFound
from modules.backend.core.observability import get_logger
from modules.backend.repositories import conversations, feedback, messages, people, privacy
from modules.backend.services.audit import trail
from modules.backend.services.audit.trail import Kind
from modules.backend.services.chat.bells import Bells
from modules.backend.services.chat.interrupts import card
from modules.backend.services.people import People, Person

log = get_logger(__name__)

PAGE = 200

ReadPage = Callable[[Session, UUID, UUID | None, int], Awaitable[Sequence[Any]]]
"""Some rows of a person behind an id, in the order of their ids."""


class Privacy:
    def __init__(self, database: Database, people: People, bells: Bells, clock: Clock) -> None:
        self._database = database
        self._people = people
        self._bells = bells
        self._clock = clock

    async def export(self, person: Person) -> AsyncGenerator[bytes, None]:
        """Everything that is stored about the person, as one JSON document, piece by piece.

        Memory does not grow with it. Raises NotFound and Unavailable before the first piece.
        """
        async with self._database.transaction() as session:
            stored = await people.get(session, person.id)
            if stored is None:
                raise NotFound("person_not_found", "There is no such person.")
            now = self._clock.now()
            await trail.record(session, now, Kind.EXPORTED, actor=person.id, what="own data")
        about = {
            "id": stored.id,
            "name": stored.name,
            "email": stored.email,
            "tenantId": stored.tenant_id,
            "objectId": stored.object_id,
            "since": stored.created_at,
        }
        return self._document(person.id, about)

    async def _document(
        self, person_id: UUID, about: dict[str, Any]
    ) -> AsyncGenerator[bytes, None]:
        yield b'{"person":' + _encoded(about)
        parts = {
            "conversations": self._conversations(person_id),
            "feedback": self._feedback(person_id),
            "proposals": self._proposals(person_id),
            "modelCalls": self._calls(person_id),
            "audit": self._audit(person_id),
        }
        for name, entries in parts.items():
            yield b',"%b":[' % name.encode()
            first = True
            async for entry in entries:
                yield (b"" if first else b",") + _encoded(entry)
                first = False
            yield b"]"
        yield b"}\n"

    async def erase(self, person_id: UUID, *, by: UUID) -> None:
        """Erases what is stored about the person and signs them out. Done twice, it does no more.

        What stays names nobody: the audit and the ledger of costs, under an id that leads nowhere.
        Raises NotFound, Conflict while a change of theirs is on its way, Unavailable.
        """
        async with self._database.read() as session:
            stored = await people.get(session, person_id)
            if stored is None:
                raise NotFound("person_not_found", "There is no such person.")
            if await privacy.has_change_in_flight(session, person_id):
                raise _in_flight()
        await self._people.sign_out(_nobody(person_id))
        batch = PAGE
        while batch == PAGE:
            async with self._database.transaction() as session:
                batch = await privacy.delete_conversations(session, person_id, PAGE)
        async with self._database.transaction() as session:
            if await privacy.has_change_in_flight(session, person_id):
                raise _in_flight()
            await privacy.forget(session, person_id)
            now = self._clock.now()
            await trail.record(session, now, Kind.ERASED, actor=by, person=str(person_id))
        log.info("person.erased", person_id=str(person_id))

    async def _conversations(self, person_id: UUID) -> AsyncIterator[dict[str, Any]]:
        async for row in self._rows(person_id, privacy.conversations_after):
            entry = await self._conversation(person_id, row.id)
            if entry is not None:
                yield entry

    async def _conversation(self, person_id: UUID, conversation_id: UUID) -> dict[str, Any] | None:
        async with self._database.read() as session:
            head = await conversations.get(session, person_id, conversation_id)
            said = await messages.of_conversation(session, person_id, conversation_id)
        if head is None or said is None:
            return None  # it was deleted while the file was made
        return {
            "id": head.id,
            "title": head.title,
            "createdAt": head.created_at,
            "messages": [
                {
                    "id": message.id,
                    "role": message.role,
                    "content": message.content,
                    "steps": message.steps,
                    "createdAt": message.created_at,
                }
                for message, _ in said
            ],
        }

    async def _feedback(self, person_id: UUID) -> AsyncIterator[dict[str, Any]]:
        """On answers that were made again, too: those are no part of a conversation any more."""
        after: UUID | None = None
        while True:
            async with self._database.read() as session:
                rows = await feedback.of_person_after(session, person_id, after, PAGE)
            for row in rows:
                yield {
                    "conversationId": row.conversation_id,
                    "messageId": row.message_id,
                    "rating": row.rating,
                    "comment": row.comment,
                    "givenAt": row.given_at,
                }
            if len(rows) < PAGE:
                return
            after = rows[-1].id

    async def _proposals(self, person_id: UUID) -> AsyncIterator[dict[str, Any]]:
        async with self._database.read() as session:
            found = await privacy.proposals(session, person_id)
        for proposal in found:
            yield card(proposal).model_dump(mode="json", by_alias=True)

    async def _calls(self, person_id: UUID) -> AsyncIterator[dict[str, Any]]:
        async for row in self._rows(person_id, privacy.calls_after):
            yield dict(row._mapping)

    async def _audit(self, person_id: UUID) -> AsyncIterator[dict[str, Any]]:
        async for row in self._rows(person_id, privacy.audit_after):
            yield {"at": row.at, "kind": row.kind, "details": json.loads(row.details)}

    async def _rows(self, person_id: UUID, read: ReadPage) -> AsyncIterator[Any]:
        """Page by page: neither memory nor the time of a connection grows with what there is."""
        after: UUID | None = None
        while True:
            async with self._database.read() as session:
                page = await read(session, person_id, after, PAGE)
            for row in page:
                yield row
            if len(page) < PAGE:
                return
            after = page[-1].id


def _encoded(entry: dict[str, Any]) -> bytes:
    return orjson.dumps(entry, default=str)  # the driver's ids are of a type of its own


def _nobody(person_id: UUID) -> Person:
    return Person(person_id, "", None, frozenset())


def _in_flight() -> Conflict:
    return Conflict(
        "change_in_flight",
        "A change of this person is on its way. Wait until it has come out, then ask again.",
    )
