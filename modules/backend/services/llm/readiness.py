"""Whether the vendors in use answer, and whether they still have the models in use."""

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

import httpx

from modules.backend.clients.reachable import answers
from modules.backend.core.clock import Clock
from modules.backend.core.observability import get_logger
from modules.backend.core.settings_llm import LLMSettings, Vendor
from modules.backend.services.llm.models import Retirement, retirement_of

log = get_logger(__name__)

NOTICE = timedelta(days=30)


class ModelRetired(Exception):
    """A model in use was retired."""


@dataclass(frozen=True, slots=True)
class EndingModel:
    """A model in use with its end, judged on the day `today`."""

    vendor: Vendor
    name: str
    retirement: Retirement
    today: date

    @property
    def is_retired(self) -> bool:
        return self.retirement.day <= self.today

    def __str__(self) -> str:
        when = "was retired on" if self.is_retired else "will be retired on"
        return f"{self.name} {when} {self.retirement.day}; use {self.retirement.successor}"


class LLMReadiness:
    def __init__(self, settings: LLMSettings, http: httpx.AsyncClient, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock

    async def check(self) -> None:
        """Returns when every vendor in use answers.

        Raises ModelRetired for a model that is gone, httpx.HTTPError for a vendor that is away.
        """
        if any(model.is_retired for model in self._ending()):
            raise ModelRetired
        outcomes = await asyncio.gather(
            *(answers(self._http, address) for address in addresses(self._settings)),
            return_exceptions=True,
        )
        for outcome in outcomes:
            if outcome is not None:
                raise outcome

    def notes(self) -> list[str]:
        """A sentence for each model in use that was retired, or will be within 30 days."""
        return [str(model) for model in self._ending()]

    def warn(self) -> None:
        """Names them in the log too, for whoever looks after the deployment."""
        for model in self._ending():
            fields = {
                "provider": str(model.vendor),
                "model": model.name,
                "day": model.retirement.day.isoformat(),
                "successor": model.retirement.successor,
                "source": model.retirement.source,
            }
            if model.is_retired:
                log.error("llm.model_retired", **fields)
            else:
                log.warning("llm.model_retires_soon", **fields)

    def _ending(self) -> list[EndingModel]:
        return ending_models(self._settings, self._clock.now().date())


def addresses(settings: LLMSettings) -> list[str]:
    """Where the vendors in use are."""
    known = {
        Vendor.AZURE_OPENAI: settings.azure_openai_endpoint,
        Vendor.OPENAI: settings.openai_base_url,
        Vendor.ANTHROPIC: settings.anthropic_base_url,
    }
    return [address for vendor in settings.vendors if (address := known[vendor]) is not None]


def ending_models(settings: LLMSettings, today: date) -> list[EndingModel]:
    """The models in use that were retired, or will be within 30 days."""
    found = []
    for vendor, name in settings.models_in_use:
        if vendor is Vendor.OPENAI and not _is_openai_itself(settings.openai_base_url):
            continue  # a gateway or a local server keeps what it likes under any name
        retirement = retirement_of(vendor, name)
        if retirement is not None and retirement.day - today <= NOTICE:
            found.append(EndingModel(vendor, name, retirement, today))
    return found


def _is_openai_itself(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    return host == "openai.com" or host.endswith(".openai.com")
