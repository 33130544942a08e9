"""A tenant with its demo data, for tests that change it and for those that only read."""

import pytest

from tests.fixtures.stores import SandboxClient
from tests.sandbox.sailpoint.tenant_client import TenantClient, fresh_tenant, untouched_tenant


@pytest.fixture
def tenant(sandbox: SandboxClient) -> TenantClient:
    return fresh_tenant(sandbox.http)


@pytest.fixture
def shared(sandbox: SandboxClient) -> TenantClient:
    return untouched_tenant(sandbox.http)
