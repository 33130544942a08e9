"""What a request for a role or an access profile must bring, and which rules it would break.

SailPoint tells both to administrators alone, so the service identity asks.
"""

from collections.abc import Sequence

from pydantic import Field

from modules.backend.clients.sailpoint.calls import Calls
from modules.backend.clients.sailpoint.filters import checked_id
from modules.backend.clients.sailpoint.shapes import Lenient, Reference, Rows
from modules.backend.clients.sailpoint.transport import Operation

ACCESS_PROFILE = Operation("getAccessProfileV1", "GET", "/access-profiles/v1/{id}")
ROLE = Operation("getRoleV1", "GET", "/roles/v1/{id}")
PREDICT = Operation("startPredictSodViolationsV1", "POST", "/sod-violations/v1/predict")

_DAYS = {"HOURS": 1 / 24, "DAYS": 1, "WEEKS": 7, "MONTHS": 30}


class Duration(Lenient):
    value: int | None = None
    time_unit: str | None = None

    @property
    def days(self) -> int | None:
        """Whole days, rounded down; None if it does not say."""
        unit = _DAYS.get(self.time_unit or "")
        return None if unit is None or self.value is None else int(self.value * unit)


class Requestability(Lenient):
    """`form_definition_id` names a form that has to be filled in."""

    form_definition_id: str | None = None
    require_end_date: bool | None = None
    max_permitted_access_duration: Duration | None = None


class Requested(Lenient):
    """A role or access profile, with the rules for asking and what it grants."""

    id: str
    access_request_config: Requestability | None = None
    entitlements: Rows[Reference] = Field(default_factory=list)
    access_profiles: Rows[Reference] = Field(default_factory=list)

    @property
    def rules(self) -> Requestability:
        return self.access_request_config or Requestability()


class Violation(Lenient):
    policy: Reference | None = None


class Prediction(Lenient):
    violation_contexts: Rows[Violation] = Field(default_factory=list)


class RequestRules:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def of(self, type: str, item_id: str) -> Requested:
        """A role or access profile. `type` is SailPoint's. Raises SailPointRefused."""
        operation = ROLE if type == "ROLE" else ACCESS_PROFILE
        return await self._calls.record(operation, Requested, {"id": item_id})

    async def conflicts(self, identity_id: str, entitlement_ids: Sequence[str]) -> list[str]:
        """The policies on separation of duties that these would break, with what is held."""
        if not entitlement_ids:
            return []
        refs = [{"type": "ENTITLEMENT", "id": checked_id(id)} for id in entitlement_ids]
        body = {"identityId": checked_id(identity_id), "accessRefs": refs}
        found = await self._calls.read(PREDICT, Prediction, body)
        named = [v.policy.name or v.policy.id for v in found.violation_contexts if v.policy]
        return [name for name in named if name]
