"""Requesting access, for oneself or for somebody who reports to one."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from modules.backend.clients.sailpoint.client import SailPointClient
from modules.backend.clients.sailpoint.requestable import RequestableObject
from modules.backend.clients.sailpoint.requests import AccessRequest, RequestedItem, Submitted
from modules.backend.core.clock import Clock
from modules.backend.services.access import Access
from modules.backend.services.actions.action import (
    Absent,
    Actor,
    Arguments,
    Done,
    Draft,
    Refused,
)
from modules.backend.services.actions.cards import card, signed
from modules.backend.services.actions.inputs import AccessRequestIn, checked
from modules.backend.services.actions.outcomes import translated
from modules.backend.services.actions.request_checks import (
    WARNING,
    RequestChecks,
    check_end,
    conflict_line,
)
from modules.backend.services.actions.requested import found_by_reference

NOT_REQUESTABLE = Refused("not_requestable", "This cannot be requested for this person.")


@dataclass(frozen=True, slots=True)
class RequestAccess:
    client: SailPointClient
    access: Access
    clock: Clock

    kind = "request_access"

    async def prepare(self, actor: Actor, arguments: Arguments) -> Draft:
        """See Action."""
        wanted = checked(AccessRequestIn, arguments)
        whose = wanted.for_person_id or actor.identity_id
        item = await self._requestable(actor, whose, wanted.id)
        checks = RequestChecks(self.client)
        with translated():
            rules = await checks.rules(actor, wanted.type.upper(), wanted.id)
        check_end(rules, wanted.ends_on, self.clock.now().date())
        name = await self._name(actor, whose)
        exact: dict[str, Any] = {
            "type": wanted.type.upper(),
            "id": wanted.id,
            "identity_id": whose,
            "reason": wanted.reason,
            "ends_at": _end_of(wanted),
        }
        await self._check_accounts(actor, exact)
        conflicts = await checks.conflicts(actor, whose, rules)
        shown = card(
            "Request access",
            {
                "Item": item.name or wanted.id,
                "For": "you" if whose == actor.identity_id else name,
                "Until": wanted.ends_on.isoformat() if wanted.ends_on else "no end",
                "Reason": wanted.reason,
                "Conflicts": conflict_line(conflicts),
            },
            confirm="Send request",
            warning=WARNING if conflicts else None,
        )
        return Draft(self.kind, exact, shown, f"access:{whose}:{wanted.id}")

    async def check(self, actor: Actor, arguments: Arguments) -> None:
        """See Action."""
        item = await self._requestable(actor, arguments["identity_id"], arguments["id"])
        if item.request_status == "ASSIGNED":
            raise Refused("held_already", f"{item.name} is there already.")
        if item.request_status == "PENDING":
            raise Refused("requested_already", f"{item.name} is requested already.")
        await self._check_accounts(actor, arguments)

    async def send(self, actor: Actor, arguments: Arguments, reference: UUID) -> Done:
        """See Action."""
        reason = signed(arguments["reason"], actor, reference)
        with translated():
            submitted = await self.client.acting(actor.caller).requests.create(
                AccessRequest.of(
                    request_type="GRANT_ACCESS",
                    requested_for=[arguments["identity_id"]],
                    requested_items=[_item(arguments, reason)],
                ),
                reference=reference,
            )
        return done(submitted)

    async def look(self, actor: Actor, arguments: Arguments, reference: UUID) -> Done | Absent:
        """See Action. A second request could grant twice: never sent again by itself."""
        return await found_by_reference(self.client, actor, arguments["identity_id"], reference)

    async def _requestable(self, actor: Actor, whose: str, item_id: str) -> RequestableObject:
        """The item as it can be asked for, after looking whether it may be. Raises Refused."""
        with translated():
            await self.access.check_in_reach(actor, whose)
            if whose != actor.identity_id:
                config = await self.client.acting(actor.caller).requestable.config()
                rule = config.request_on_behalf_of_config
                if not (
                    rule.allow_request_on_behalf_of_employee_by_manager
                    or rule.allow_request_on_behalf_of_anyone_by_anyone
                ):
                    raise Refused(
                        "not_on_behalf", "Here nobody may request for somebody who reports to them."
                    )
            item = await self.client.acting(actor.asking_about(whose)).requestable.object(
                item_id, identity_id=whose
            )
        if item is None:
            raise NOT_REQUESTABLE
        return item

    async def _check_accounts(self, actor: Actor, arguments: Arguments) -> None:
        items = [_item(arguments, None)]
        with translated():
            selection = await self.client.acting(actor.caller).requestable.accounts_selection(
                items, identity_id=arguments["identity_id"]
            )
        if any(identity.accounts_selection_required for identity in selection.identities):
            raise Refused(
                "account_choice",
                "There are several accounts to choose from. Request this in SailPoint itself.",
            )

    async def _name(self, actor: Actor, whose: str) -> str:
        if whose == actor.identity_id:
            return actor.name
        with translated():
            return (await self.client.acting(actor.caller).identities.public(whose)).name or whose


def done(submitted: Submitted) -> Done:
    """What SailPoint took. Raises Refused if it was asked for before: then nothing new was."""
    ids = [i for tracking in submitted.new_requests for i in tracking.access_request_ids]
    if not submitted.new_requests and submitted.existing_requests:
        raise Refused("requested_already", "It was requested before; nothing new was filed.")
    words = "SailPoint took the request and is working on it."
    return Done(words, {"accessRequestId": ids[0]} if ids else {})


def _item(arguments: Arguments, comment: str | None) -> RequestedItem:
    ends_at = arguments.get("ends_at")
    return RequestedItem.of(
        type=arguments["type"], id=arguments["id"], comment=comment, remove_date=ends_at
    )


def _end_of(wanted: AccessRequestIn) -> str | None:
    """The end of the last day, UTC."""
    if wanted.ends_on is None:
        return None
    return datetime.combine(wanted.ends_on, time(23, 59, 59), UTC).isoformat()
