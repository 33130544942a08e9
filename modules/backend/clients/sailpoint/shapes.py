"""How answers are read and requests are written.

Reading is lenient: SailPoint adds fields and values inside a version, and its answers differ from
its contract in places. What cannot be read is left out, so that one odd field never costs the rest
and a success never looks like a failure. Writing is strict: an unknown or empty field is a mistake.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)
from pydantic.alias_generators import to_camel

from modules.backend.core.errors import InvalidInput

MAX_COMMENT = 2000

T = TypeVar("T")
M = TypeVar("M", bound="Lenient")


class Lenient(BaseModel):
    """What SailPoint says. Only what a row is nothing without may be required."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        frozen=True,
        coerce_numbers_to_str=True,
    )

    @field_validator("*", mode="wrap")
    @classmethod
    def _or_default(
        cls, value: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> Any:
        field = cls.model_fields[str(info.field_name)]
        try:
            return read(value)
        except ValidationError:
            if field.is_required():
                raise
            return field.get_default(call_default_factory=True)


def _readable(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    rows: list[Any] = []
    for row in value if isinstance(value, list) else []:
        try:
            rows += read([row])
        except ValidationError:
            continue
    return rows


Rows = Annotated[list[T], WrapValidator(_readable)]
"""A list of which what can be read is kept."""


class Reference(Lenient):
    """What another record is called, and its id."""

    id: str | None = None
    name: str | None = None
    type: str | None = None


class Comment(Lenient):
    comment: str | None = None
    created: datetime | None = None
    author: Reference | None = None


def read_rows(model: type[M], rows: Iterable[Any]) -> list[M]:
    """The rows that can be read."""
    found: list[M] = []
    for row in rows:
        try:
            found.append(model.model_validate(row))
        except ValidationError:
            continue
    return found


def read_or_none(model: type[M], body: Any) -> M | None:
    try:
        return model.model_validate(body)
    except ValidationError:
        return None


class Strict(BaseModel):
    """What we send. `of` is the way to make one from what a person or a model said."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True
    )

    @classmethod
    def of(cls, **fields: Any) -> Self:
        """Raises InvalidInput with the first fault."""
        try:
            return cls(**fields)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            why = first["msg"].removeprefix("Value error, ")
            raise InvalidInput(
                "sailpoint_request_invalid", f"{where}: {why}" if where else why
            ) from None

    def body(self) -> dict[str, Any]:
        """Without what is not set: SailPoint takes a null or an empty text for a wrong value."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_COMMENT)
]
"""A comment: never empty."""
Moment = AwareDatetime


def checked_words(comment: str) -> str:
    """The comment without space around it. Raises InvalidInput for an empty or too long one."""
    words = comment.strip()
    if not words:
        raise InvalidInput("comment_missing", "SailPoint needs a comment for this. Say why.")
    if len(words) > MAX_COMMENT:
        raise InvalidInput("comment_too_long", "The comment is too long. Say it shorter.")
    return words
