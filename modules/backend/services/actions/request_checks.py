"""What has to be known of a request before it is shown: forms, end dates, conflicts."""

from dataclasses import dataclass
from datetime import date

from modules.backend.clients.sailpoint.client import SailPointClient
from modules.backend.clients.sailpoint.errors import SailPointError, SailPointRefused
from modules.backend.clients.sailpoint.request_rules import Requested
from modules.backend.core.errors import InvalidInput
from modules.backend.core.observability import get_logger
from modules.backend.services.actions.action import Actor, Refused

log = get_logger(__name__)

MAX_DAYS = 3660
"""Of an end date, where SailPoint sets no bound: further off is a slip of the pen."""
FORM = Refused("form_needed", "SailPoint wants a form for this. Ask for it in SailPoint itself.")
WARNING = "It breaks a rule of separation of duties. Whoever decides will see that."
NOT_CHECKED = "could not be checked"


@dataclass(frozen=True, slots=True)
class RequestChecks:
    client: SailPointClient

    async def rules(self, actor: Actor, type: str, item_id: str) -> Requested | None:
        """The item with its rules; None if SailPoint does not tell. Raises Refused for a form."""
        try:
            item = await self.client.acting(actor.caller).request_rules.of(type, item_id)
        except SailPointRefused as error:
            log.warning("request.rules_unknown", **error.fields)
            return None
        if item.rules.form_definition_id is not None:
            raise FORM
        return item

    async def conflicts(
        self, actor: Actor, identity_id: str, item: Requested | None
    ) -> list[str] | None:
        """The rules that it would break; None where that could not be found out."""
        if item is None:
            return None
        client = self.client.acting(actor.caller)
        try:
            profiles = [ref.id for ref in item.access_profiles if ref.id]
            bundles = await client.access.bundles(profiles)
            parts = [*item.entitlements, *(ref for b in bundles for ref in b.entitlements)]
            ids = list(dict.fromkeys(ref.id for ref in parts if ref.id))
            return await client.request_rules.conflicts(identity_id, ids)
        except SailPointError as error:
            log.warning("request.conflicts_unknown", **error.fields)
            return None


def check_end(item: Requested | None, ends_on: date | None, today: date) -> None:
    """Raises InvalidInput for an end date that is missing, over, or too far off."""
    if ends_on is None:
        if item is not None and item.rules.require_end_date:
            raise InvalidInput("end_missing", "This is given for a time only. Say until when.")
        return
    if ends_on <= today:
        raise InvalidInput("invalid_input", "ends_on: must be a day to come.")
    longest = item.rules.max_permitted_access_duration if item is not None else None
    days = (longest.days if longest is not None else None) or MAX_DAYS
    if (ends_on - today).days > days:
        raise InvalidInput("end_too_late", f"This can be had for {days} days at most.")


def conflict_line(conflicts: list[str] | None) -> str | None:
    """What a card says of conflicts; nothing where there are none."""
    return NOT_CHECKED if conflicts is None else ", ".join(conflicts) or None
