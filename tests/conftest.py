"""Fixtures for every test. Each file in `fixtures/` is a plugin of its own."""

import os

pytest_plugins = [
    "tests.fixtures.stores",
    "tests.fixtures.servers",
    "tests.fixtures.rest_client",
    "tests.fixtures.browser",
    "tests.fixtures.rest",
    "tests.fixtures.commands",
    "tests.fixtures.migrations",
    "tests.fixtures.settings",
    "tests.fixtures.tokens",
    "tests.fixtures.visitor",
    "tests.fixtures.ledger",
]

# What a developer has set for their own work must not reach what the tests start.
SETTINGS_OF_THE_PRODUCT = (
    "ANTHROPIC_",
    "APPLICATIONINSIGHTS_",
    "APP_",
    "AUTH_",
    "AZURE_",
    "CORS_",
    "DATABASE_",
    "ENTRA_",
    "LIMITS",
    "LLM_",
    "OPENAI_",
    "OTEL_",
    "REDIS_",
    "SAILPOINT_",
    "SANDBOX_",
    "SCHEDULER_",
    "WS_",
)
for name in [name for name in os.environ if name.startswith(SETTINGS_OF_THE_PRODUCT)]:
    del os.environ[name]
