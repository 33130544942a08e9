"""Approvers whom nobody plays decide by themselves, where that is switched on."""

from datetime import UTC, datetime, timedelta

import pytest

from modules.sandbox.sailpoint import progress
from modules.sandbox.sailpoint.behaviour import DelayProfile, Delays
from modules.sandbox.sailpoint.records import Approval, Step
from modules.sandbox.sailpoint.world import World

PLAYED = "ingrid.okafor@tamarind.example"


def approval_of(world: World, owner_email: str | None) -> Approval:
    """A request's first approval, by somebody who can sign in or, with None, by somebody else."""
    tenant, now = world.tenant, world.clock.now()
    item = next(one for one in tenant.requests.values() if one.state == "EXECUTING")
    owner = next(
        one
        for one in tenant.identities.values()
        if one.active
        and (one.email == owner_email if owner_email else one.email not in progress.SIGN_IN)
    )
    access = tenant.access[item.access_id]
    access.owner_id = owner.id
    item.steps_left = (Step(scheme="OWNER"),)
    item.approved = None
    context = progress.Context(tenant, now, world.delays, world.switches, world.rules)
    progress.begin_next_step(context, item)
    return tenant.approvals[item.approval_ids[-1]]


@pytest.mark.parametrize(
    ("owner", "seconds", "status"),
    [(None, 30, "APPROVED"), (None, None, "PENDING"), (PLAYED, 30, "PENDING")],
)
def test_only_whoever_cannot_sign_in_decides_by_themselves(
    owner: str | None, seconds: float | None, status: str
) -> None:
    world = World(bystanders=None if seconds is None else (seconds, seconds))
    world.clock.freeze(datetime(2026, 3, 2, tzinfo=UTC))
    approval = approval_of(world, owner)

    world.settle(world.clock.now() + timedelta(seconds=60))

    assert approval.status == status


@pytest.mark.parametrize("profile", list(DelayProfile))
def test_no_profile_of_delays_lets_them(profile: DelayProfile) -> None:
    assert Delays.of(profile).bystanders is None
