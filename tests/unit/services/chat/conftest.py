"""A context so small that a few turns fill it."""

import pytest

from modules.backend.core.config import Settings
from modules.backend.core.database import Database
from modules.backend.services.chat.budget import Budget
from modules.backend.services.chat.context import Context, budget_of
from tests.fixtures.summaries import narrow


@pytest.fixture(scope="session")
def budget(settings: Settings) -> Budget:
    return budget_of(narrow(settings).llm)


@pytest.fixture
def context(settings: Settings, database: Database) -> Context:
    return Context(database, narrow(settings).llm)
