from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.delivery.cloud import Cloud, self_signed, served


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls") / "cert.pem")


@pytest.fixture
def cloud(tmp_path: Path, certificate: Path) -> Iterator[Cloud]:
    """Production serves the old build, its slot holds the new one."""
    with served(Cloud(tmp_path / "cloud", certificate)) as cloud:
        yield cloud
