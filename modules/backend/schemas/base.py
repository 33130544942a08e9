"""What all wire shapes share: camelCase outside, snake_case inside."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from modules.backend.core.text import is_storable


def storable(text: str) -> str:
    """A validator. Raises ValueError for text that PostgreSQL cannot keep."""
    if not is_storable(text):
        raise ValueError("holds characters that are none")
    return text


StorableText = Annotated[str, AfterValidator(storable)]
RECORD_ID = r"^[A-Za-z0-9_-]{1,128}$"
"""What an id of SailPoint looks like, as far as it goes into an address."""


class WireModel(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, from_attributes=True, frozen=True
    )
