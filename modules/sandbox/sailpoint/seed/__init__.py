"""The tenant as it is after a reset: Tamarind Freight, the same for the same seed."""

from datetime import datetime
from random import Random

from pydantic import BaseModel, ConfigDict, Field

from modules.sandbox.sailpoint.seed.campaigns import add_campaigns
from modules.sandbox.sailpoint.seed.catalogue import add_catalogue
from modules.sandbox.sailpoint.seed.holdings import add_holdings
from modules.sandbox.sailpoint.seed.people import add_people
from modules.sandbox.sailpoint.seed.poison import poison
from modules.sandbox.sailpoint.seed.requests import add_requests
from modules.sandbox.sailpoint.tenant import Tenant


class Seed(BaseModel):
    """What the demo data depends on.

    number: of the random draws
    large_items: how many items the large certification has
    hostile: whether every text that somebody wrote tries to give orders
    """

    model_config = ConfigDict(extra="forbid")

    number: int = 7
    large_items: int = Field(default=320, ge=60, le=1200)
    hostile: bool = False


def build_tenant(seed: Seed, now: datetime) -> Tenant:
    """The demo data, with its dates counted from `now`."""
    tenant = Tenant(random=Random(seed.number), anchor=now.replace(microsecond=0))
    add_people(tenant)
    add_catalogue(tenant)
    add_holdings(tenant)
    add_requests(tenant)
    add_campaigns(tenant, large_items=seed.large_items)
    if seed.hostile:
        poison(tenant)
    for identity_id in tenant.identities:
        tenant.index(identity_id)
    return tenant
