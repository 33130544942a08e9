"""Who a person is at SailPoint."""

from uuid import UUID

from modules.backend.services.actions.action import Actor, Refused


class NoActors:
    """Where no tenant is configured, nobody is anybody there."""

    async def of(self, person_id: UUID, *, is_fresh: bool = False) -> Actor:
        raise Refused("not_set_up", "SailPoint is not set up here. Ask your administrator.")
