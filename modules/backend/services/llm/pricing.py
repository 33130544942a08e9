"""What a call costs, from the dated prices of the `genai-prices` data.

Unknown is None, never zero: a model that the data does not know has no price here.
"""

from datetime import datetime
from decimal import Decimal

import genai_prices

from modules.backend.core.observability import get_logger
from modules.backend.services.llm.provider import Usage

log = get_logger(__name__)

CURRENCY = "USD"


def price(provider: str, model: str, usage: Usage, at: datetime) -> Decimal | None:
    """The cost of the call in US dollars at the prices of that day, None if unknown."""
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    try:
        priced = genai_prices.calc_price(
            genai_prices.Usage(
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                cache_read_tokens=usage.cached_input_tokens or 0,
            ),
            model_ref=model,
            provider_id=provider,
            genai_request_timestamp=at,
        )
    except (LookupError, ValueError) as error:
        # A price must never fail an answer: a model without one, or figures that cannot be.
        log.info("llm.price_unknown", provider=provider, model=model, why=str(error))
        return None
    return priced.total_price
