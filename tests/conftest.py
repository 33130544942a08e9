"""Fixtures for every test. Each file in `fixtures/` is a plugin of its own."""

import os

from hypothesis import HealthCheck, settings

# The same cases every time, however slow the computer is.
settings.register_profile(
    "house",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")

pytest_plugins = [
    "tests.fixtures.canaries",
    "tests.fixtures.stores",
    "tests.fixtures.servers",
    "tests.fixtures.rest_client",
    "tests.fixtures.browser",
    "tests.fixtures.desk",
    "tests.fixtures.rest",
    "tests.fixtures.commands",
    "tests.fixtures.migrations",
    "tests.fixtures.pgbouncer",
    "tests.fixtures.settings",
    "tests.fixtures.tokens",
    "tests.fixtures.visitor",
    "tests.fixtures.ledger",
    "tests.fixtures.tasks",
    "tests.fixtures.effect_store",
    "tests.fixtures.offices",
    "tests.fixtures.collector",
    "tests.fixtures.asking",
]

# What a developer has set for their own work must not reach what the tests start.
SETTINGS_OF_THE_PRODUCT = (
    "ANTHROPIC_",
    "APPLICATIONINSIGHTS_",
    "APP_",
    "AUDIT_",
    "AUTH_",
    "AZURE_",
    "BUILD_ID",
    "CORS_",
    "DATABASE_",
    "ENTRA_",
    "LIMIT",
    "LLM_",
    "OPENAI_",
    "OTEL_",
    "REDIS_",
    "RETENTION_",
    "SAILPOINT_",
    "SANDBOX_",
    "SCHEDULER_",
    "TELEMETRY_",
    "WS_",
)
for name in [name for name in os.environ if name.startswith(SETTINGS_OF_THE_PRODUCT)]:
    del os.environ[name]
