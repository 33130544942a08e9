"""What the tests of executing share."""

from collections.abc import AsyncIterator

import pytest_asyncio

from modules.backend.core.config import Settings
from modules.backend.core.database import Database
from modules.backend.core.redis import RedisStores
from modules.backend.services.chat.bells import Bells
from modules.backend.services.people import Person
from tests.fixtures.executing import Office
from tests.fixtures.rest import Someone


@pytest_asyncio.fixture
async def office(database: Database, settings: Settings, someone: Someone) -> AsyncIterator[Office]:
    stores = RedisStores(settings.redis)
    person = Person(someone.id, "Somebody", None, frozenset())
    yield Office(database, Bells(stores), person)
    await stores.close()
