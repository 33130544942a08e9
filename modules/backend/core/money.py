"""Money: US dollars, to the last digit."""

from decimal import Decimal
from typing import Literal

CURRENCY: Literal["USD"] = "USD"


def as_text(amount: Decimal) -> str:
    """The amount as it goes over the wire: no exponent, and no zeros that say nothing."""
    return f"{amount.normalize():f}"
