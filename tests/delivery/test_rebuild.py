"""What the rebuild in the paired region does beside Terraform."""

import json
import time

import pytest

from scripts.migrate import DATABASE_SECRET
from scripts.rebuild import REDIS_SECRET
from scripts.rotate_secret import CLIENT_ID, CLIENT_SECRET
from tests.delivery.cloud import Cloud
from tests.delivery.test_migrate import put_secret

DATABASE = "postgresql+asyncpg://u:p@{}.postgres.database.azure.com:6432/chatbot?sslmode=require"


def seeded(cloud: Cloud, secret: str) -> str:
    folder = cloud.folder / "vaults" / "icarus-chatbot-kv-dr" / secret
    value: str = json.loads((folder / "000.json").read_text())["value"]
    return value


def test_the_vault_gets_productions_secrets_with_the_new_addresses(cloud: Cloud) -> None:
    for name, value in (
        (CLIENT_ID, "id"),
        (CLIENT_SECRET, "secret"),
        (DATABASE_SECRET, DATABASE.format("icarus-chatbot-db")),
    ):
        put_secret(cloud, "icarus-chatbot-kv", name, value)

    done = cloud.run("rebuild", "seed")

    assert done.returncode == 0, done.stderr
    assert (seeded(cloud, CLIENT_ID), seeded(cloud, CLIENT_SECRET)) == ("id", "secret")
    assert seeded(cloud, DATABASE_SECRET) == DATABASE.format("icarus-chatbot-db-dr")
    assert seeded(cloud, REDIS_SECRET) == ("rediss://:key%2Fwith%2Bsigns%3D@redis.example:10000/0")


@pytest.mark.parametrize(("minutes", "outcome"), [(50, "succeeded"), (70, "failed")])
def test_the_measured_time_is_written_down_and_judged(
    cloud: Cloud, minutes: int, outcome: str
) -> None:
    since = str(time.time() - 60 * minutes)
    done = cloud.run("rebuild", "measure", "--build", "build-2", "--since", since)

    assert done.returncode == (0 if outcome == "succeeded" else 1)
    (record,) = cloud.log()
    assert (record["environment"], record["outcome"]) == ("dr", outcome)
    assert f"{minutes} min" in record["note"]


def test_only_the_rebuilt_environment_can_be_removed(cloud: Cloud) -> None:
    assert cloud.run("rebuild", "remove").returncode == 0

    assert cloud.calls("group delete") == ["group delete --name rg-chatbot-dr --yes --output json"]
    assert "--environment" not in cloud.run("rebuild", "--help").stdout
