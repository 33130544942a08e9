"""Rotation: the new secret is in force or the old one is, and the old one ends a day later."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from scripts.rotate_secret import CLIENT_ID, CLIENT_SECRET
from tests.delivery.cloud import OLD, Cloud
from tests.delivery.test_migrate import put_secret

VAULT = "icarus-chatbot-kv"


class Tenant:
    """The part of SailPoint that makes personal access tokens."""

    def __init__(self) -> None:
        self.tokens = {
            "id-1": {"id": "id-1", "name": "first", "scope": ["sp:scopes:all"], "secret": "s-1"}
        }
        self.signed_in: list[str] = []

    def answer(self, method: str, path: str, body: str) -> tuple[int, Any]:
        if path == "/oauth/token":
            form = {name: values[0] for name, values in parse_qs(body).items()}
            token = self.tokens.get(form["client_id"])
            if token is None or token["secret"] != form["client_secret"]:
                return 401, {}
            self.signed_in.append(form["client_id"])
            return 200, {"access_token": form["client_id"]}
        if method == "GET":
            return 200, [{k: t[k] for k in ("id", "name", "scope")} for t in self.tokens.values()]
        if method == "DELETE":
            del self.tokens[path.rpartition("/")[2]]
            return 204, None
        number = len(self.signed_in) + 1
        made = {"id": f"id-{number}", "secret": f"s-{number}", **json.loads(body)}
        self.tokens[made["id"]] = made
        return 200, made


@contextmanager
def served(tenant: Tenant) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            path = urlsplit(self.path).path
            status, answer = tenant.answer(self.command, path, body)
            content = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = respond  # noqa: N815  # names that http.server calls

        def log_message(self, format: str, *arguments: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def tenant(cloud: Cloud) -> Iterator[Tenant]:
    tenant = Tenant()
    put_secret(cloud, VAULT, CLIENT_ID, "id-1")
    put_secret(cloud, VAULT, CLIENT_SECRET, "s-1")
    with served(tenant) as address:
        cloud.save(settings={"SAILPOINT_BASE_URL": address})
        yield tenant


def rotate(cloud: Cloud, step: str, *more: str, given: str = ""):
    arguments = (step, "--environment", "prod", "--patience", "1", *more)
    return cloud.run("rotate_secret", *arguments, given=given)


def versions(cloud: Cloud, secret: str) -> list[tuple[str, bool]]:
    folder = cloud.folder / "vaults" / VAULT / secret
    found = [json.loads(path.read_text()) for path in sorted(folder.iterdir())]
    return [(version["value"], version["enabled"]) for version in found]


def test_the_new_token_is_in_force_and_the_old_one_works_on(cloud: Cloud, tenant: Tenant) -> None:
    done = rotate(cloud, "rotate")

    assert done.returncode == 0, done.stderr
    assert versions(cloud, CLIENT_ID) == [("id-1", True), ("id-2", True)]
    assert versions(cloud, CLIENT_SECRET) == [("s-1", True), ("s-2", True)]
    assert set(tenant.tokens) == {"id-1", "id-2"}
    assert tenant.tokens["id-2"]["scope"] == ["sp:scopes:all"]
    assert len(cloud.calls("webapp restart")) == 3
    assert len(cloud.calls("rest --method post")) == 3, "the platform reads the vault anew"


def test_a_new_version_expires_with_its_cycle(cloud: Cloud, tenant: Tenant) -> None:
    assert rotate(cloud, "rotate").returncode == 0

    newest = cloud.folder / "vaults" / VAULT / CLIENT_SECRET / "001.json"
    assert json.loads(newest.read_text())["expires"].endswith("Z")


def test_a_day_later_the_old_one_ends(cloud: Cloud, tenant: Tenant) -> None:
    assert rotate(cloud, "rotate").returncode == 0

    done = rotate(cloud, "retire")

    assert done.returncode == 0, done.stderr
    assert versions(cloud, CLIENT_SECRET) == [("s-1", False), ("s-2", True)]
    assert set(tenant.tokens) == {"id-1", "id-2"}, "a token that people made is left to them"


def test_tokens_that_a_rotation_made_are_deleted_by_the_next(cloud: Cloud, tenant: Tenant) -> None:
    for step in ("rotate", "retire", "rotate", "retire"):
        assert rotate(cloud, step).returncode == 0

    made = [token for token in tenant.tokens.values() if token["name"].startswith("chatbot-")]
    assert len(made) == 1
    assert versions(cloud, CLIENT_ID)[-1] == (made[0]["id"], True)


def test_if_the_product_is_not_ready_with_it_the_old_one_is_back(
    cloud: Cloud, tenant: Tenant
) -> None:
    cloud.save(degraded={OLD: ["sailpoint"]})

    done = rotate(cloud, "rotate")

    assert done.returncode == 1
    assert "The old value is in force again" in done.stderr
    assert versions(cloud, CLIENT_SECRET)[-1] == ("s-1", True)
    assert set(tenant.tokens) == {"id-1"}
    assert cloud.log()[0]["outcome"] == "failed"


def test_nothing_is_disabled_while_the_product_is_not_ready(cloud: Cloud, tenant: Tenant) -> None:
    assert rotate(cloud, "rotate").returncode == 0
    cloud.save(degraded={OLD: ["sailpoint"]})

    done = rotate(cloud, "retire")

    assert done.returncode == 1
    assert versions(cloud, CLIENT_SECRET) == [("s-1", True), ("s-2", True)]


@pytest.mark.parametrize(("days", "is_due"), [(29, True), (31, False)])
def test_a_rotation_on_notice_waits_until_it_is_due(
    cloud: Cloud, tenant: Tenant, days: int, is_due: bool
) -> None:
    path = cloud.folder / "vaults" / VAULT / CLIENT_SECRET / "000.json"
    secret = json.loads(path.read_text())
    expires = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    path.write_text(json.dumps(secret | {"expires": expires}))

    done = rotate(cloud, "rotate", "--only-if-due")

    assert done.returncode == 0, done.stderr
    assert len(versions(cloud, CLIENT_SECRET)) == (2 if is_due else 1)


def test_the_pipeline_learns_that_there_is_something_to_retire(
    cloud: Cloud, tenant: Tenant
) -> None:
    arguments = ("rotate", "--environment", "prod", "--patience", "1", "--only-if-due")
    done = cloud.run("rotate_secret", *arguments, TF_BUILD="True")

    assert done.stdout.splitlines()[-1].endswith("variable=rotated;isOutput=true]true")


def test_any_other_secret_is_read_from_standard_input(cloud: Cloud) -> None:
    put_secret(cloud, VAULT, "chatbot-redis-connection-string", "rediss://old")

    secret = ("--secret", "chatbot-redis-connection-string")
    done = rotate(cloud, "rotate", *secret, given="rediss://new\n")

    assert done.returncode == 0, done.stderr
    newest = versions(cloud, "chatbot-redis-connection-string")[-1]
    assert newest == ("rediss://new", True)


def test_no_value_is_ever_an_argument_or_a_line_of_the_log(cloud: Cloud, tenant: Tenant) -> None:
    done = rotate(cloud, "rotate")

    assert all("s-2" not in call for call in cloud.calls())
    assert "s-2" not in done.stdout + done.stderr + json.dumps(cloud.log())


def test_each_step_is_audited(cloud: Cloud, tenant: Tenant) -> None:
    assert rotate(cloud, "rotate").returncode == 0

    (record,) = cloud.log()
    assert (record["event"], record["outcome"]) == ("rotation", "succeeded")
    assert record["who"] == "pipeline@icarus.example"
    assert "sailpoint" in record["note"]
