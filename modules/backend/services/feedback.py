"""What people say of answers: their own word on one, and everybody's for an administrator."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from modules.backend.core.clock import Clock
from modules.backend.core.database import Database
from modules.backend.core.errors import NotFound
from modules.backend.core.instruments import FEEDBACK_RATINGS
from modules.backend.repositories import feedback, model_calls
from modules.backend.repositories.feedback import EntryRow, Range
from modules.backend.schemas.feedback import (
    FeedbackDay,
    FeedbackEntry,
    FeedbackIn,
    FeedbackOut,
    FeedbackPage,
    Rating,
)
from modules.backend.services.cursors import cursor_of, read_moment_and_id
from modules.backend.services.llm.cost_tracker import CHAT
from modules.backend.services.people import Person
from modules.backend.services.usage import day_range

MAX_PAGE = 100


@dataclass(frozen=True, slots=True)
class FeedbackQuery:
    """Which of everybody's. Both days are included; None is left to the server."""

    rating: Rating | None
    first: date | None
    last: date | None
    cursor: str | None
    limit: int


class AnswerFeedback:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def give(self, person: Person, message_id: str, given: FeedbackIn) -> FeedbackOut:
        """Stores the person's word on an answer of theirs; said again, it changes nothing.

        Raises NotFound.
        """
        comment = given.comment or None
        async with self._database.transaction() as session:
            answer = await feedback.lock_answer(session, person.id, message_id)
            if answer is None:
                raise _not_found()
            before = await feedback.of_answer(session, answer.conversation_id, message_id)
            if before is not None and (before.rating, before.comment) == (given.rating, comment):
                return FeedbackOut.model_validate(before)
            made_by = await model_calls.last_model(session, answer.run_id, CHAT)
            provider, model = made_by or (None, None)
            stored = FeedbackOut(rating=given.rating, comment=comment, given_at=self._clock.now())
            await feedback.put(
                session,
                conversation_id=answer.conversation_id,
                message_id=message_id,
                provider=provider,
                model=model,
                **stored.model_dump(),
            )
        if before is None or before.rating != given.rating:
            _count(given.rating, provider, model)
        return stored

    async def take_back(self, person: Person, message_id: str) -> None:
        """Removes the person's word on an answer of theirs, if there is one. Raises NotFound."""
        async with self._database.transaction() as session:
            answer = await feedback.lock_answer(session, person.id, message_id)
            if answer is None:
                raise _not_found()
            await feedback.remove(session, answer.conversation_id, message_id)

    async def page(self, query: FeedbackQuery) -> FeedbackPage:
        """Everybody's, newest first, and how much of each the days of the range brought.

        Raises InvalidInput for a range out of bounds or a cursor that is not one of ours.
        """
        first, last = day_range(query.first, query.last, self._clock.now().date())
        span = Range(datetime.combine(first, time.min, UTC), datetime.combine(last, time.max, UTC))
        before = read_moment_and_id(query.cursor) if query.cursor else None
        async with self._database.read() as session:
            days = await feedback.days(session, span)
            rows = await feedback.page(
                session, span, rating=query.rating, before=before, limit=query.limit + 1
            )
        shown = rows[: query.limit]
        return FeedbackPage(
            first=first,
            last=last,
            days=[FeedbackDay.model_validate(day) for day in days],
            items=[FeedbackEntry.model_validate(row) for row in shown],
            next_cursor=_cursor(shown[-1]) if len(rows) > query.limit else None,
        )


def _count(rating: Rating, provider: str | None, model: str | None) -> None:
    made_by = {"gen_ai.provider.name": provider, "gen_ai.request.model": model}
    known = {name: value for name, value in made_by.items() if value is not None}
    FEEDBACK_RATINGS.add(1, {"rating": rating, **known})


def _not_found() -> NotFound:
    return NotFound(
        "message_not_found", "There is no such answer of yours. It may have been made again."
    )


def _cursor(last: EntryRow) -> str:
    given_at: datetime = last.given_at
    entry_id: UUID = last.id
    return cursor_of(given_at.isoformat(), entry_id)
