"""What a person or a model gives to prepare a change, checked."""

from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from modules.backend.core.errors import InvalidInput
from modules.backend.schemas.base import RECORD_ID

MAX_REASON = 500
MAX_ITEMS = 250

RecordId = Annotated[str, StringConstraints(pattern=RECORD_ID)]
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_REASON)
]
T = TypeVar("T", bound=BaseModel)


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AccessRequestIn(_Input):
    type: Literal["role", "access_profile"]
    id: RecordId
    reason: Reason
    for_person_id: RecordId | None = None
    ends_on: date | None = None


class RevokeIn(_Input):
    person_id: RecordId
    type: Literal["role", "access_profile", "entitlement"]
    id: RecordId
    reason: Reason


class CancelIn(_Input):
    request_id: RecordId
    reason: Reason


class ApprovalIn(_Input):
    approval_id: RecordId
    decision: Literal["approve", "deny"]
    comment: Reason | None = None


class ReviewDecisionsIn(_Input):
    review_id: RecordId
    item_ids: Annotated[list[RecordId], Field(min_length=1, max_length=MAX_ITEMS)]
    decision: Literal["keep", "revoke"]
    comment: Reason | None = None


class SignOffIn(_Input):
    review_id: RecordId


def checked(model: type[T], given: Any) -> T:
    """Raises InvalidInput with the first fault."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "The arguments"
        raise InvalidInput("invalid_input", f"{place}: {first['msg']}.") from None
