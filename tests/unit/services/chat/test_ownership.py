import asyncio
import uuid

import pytest

from modules.backend.core.errors import Unavailable
from modules.backend.services.chat import ownership
from modules.backend.services.chat.ownership import LOST_SECONDS, Ownership
from tests.fixtures.clock import FakeClock


@pytest.fixture
def owned(clock: FakeClock) -> Ownership:
    return Ownership(uuid.uuid4, clock)


async def test_a_run_waits_for_the_lease_of_a_process_that_just_started(
    owned: Ownership, clock: FakeClock
) -> None:
    waiting = asyncio.create_task(owned.owner_id())
    await asyncio.sleep(0)
    owned.hold(clock.monotonic())

    assert await waiting == owned.id


async def test_without_a_lease_no_run_is_owned(
    owned: Ownership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ownership, "PATIENCE_SECONDS", 0)

    with pytest.raises(Unavailable):
        await owned.owner_id()


async def test_an_id_whose_lease_was_lost_is_never_used_again(
    owned: Ownership, clock: FakeClock
) -> None:
    owned.hold(clock.monotonic())
    before = await owned.owner_id()
    owned.lose()
    owned.hold(clock.monotonic())

    assert await owned.owner_id() != before


def test_a_process_that_slept_too_long_knows_it_before_anybody_tells_it(
    owned: Ownership, clock: FakeClock
) -> None:
    owned.hold(clock.monotonic())
    clock.advance(seconds=LOST_SECONDS - 0.1)
    before = owned.is_current
    clock.advance(seconds=0.2)

    assert before
    assert owned.is_held
    assert not owned.is_current


def test_a_renewal_counts_from_its_beginning(owned: Ownership, clock: FakeClock) -> None:
    began = clock.monotonic()
    clock.advance(seconds=LOST_SECONDS)
    owned.hold(began)

    assert not owned.is_current
