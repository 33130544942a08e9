import asyncio
import uuid

import pytest

from modules.backend.core.errors import Unavailable
from modules.backend.services.chat import ownership
from modules.backend.services.chat.ownership import Ownership


async def test_a_run_waits_for_the_lease_of_a_process_that_just_started() -> None:
    owned = Ownership(uuid.uuid4)
    waiting = asyncio.create_task(owned.owner_id())
    await asyncio.sleep(0)
    owned.hold()

    assert await waiting == owned.id


async def test_without_a_lease_no_run_is_owned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ownership, "PATIENCE_SECONDS", 0)

    with pytest.raises(Unavailable):
        await Ownership(uuid.uuid4).owner_id()


async def test_an_id_whose_lease_was_lost_is_never_used_again() -> None:
    owned = Ownership(uuid.uuid4)
    owned.hold()
    before = await owned.owner_id()
    owned.lose()
    owned.hold()

    assert await owned.owner_id() != before
