"""The simulated tenant as tests talk to it."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from modules.sandbox.sailpoint.records import hex_id

SERVICE = "sandbox"
SECRET = "sandbox"


def id_of(alias: str) -> str:
    return hex_id("identity", alias)


def profile(name: str) -> str:
    return hex_id("ACCESS_PROFILE", name)


def role(name: str) -> str:
    return hex_id("ROLE", name)


def entitlement(system: str, name: str) -> str:
    return hex_id("entitlement", system, name)


def certification(key: str) -> str:
    return hex_id("certification", key)


def pat(alias: str) -> str:
    return f"pat:{alias}"


@dataclass
class TenantClient:
    """A tenant with instant delays and a clock that stands still, unless a test says otherwise."""

    http: httpx.Client
    tokens: dict[str, str] = field(default_factory=dict)

    def control(self, path: str, order: Any = None, method: str = "POST") -> Any:
        answer = self.http.request(method, f"/control/sailpoint/{path}", json=order)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def reset(self, **seed: int) -> None:
        self.control("reset", seed or None)
        self.control("clock", {"mode": "freeze"})
        self.control("delays", "instant")
        self.control("limit", {"calls": 1_000_000})

    def pass_time(self, seconds: float) -> None:
        self.control("clock", {"advance_seconds": seconds})

    def fault(self, kind: str, **fields: Any) -> None:
        self.control("faults", {"kind": kind, **fields})

    def changes(self, **query: str) -> list[dict[str, Any]]:
        answer = self.http.get("/control/sailpoint/changes", params=query)
        return answer.raise_for_status().json()

    def calls(self, operation: str = "") -> list[dict[str, Any]]:
        query = {"operation": operation}
        answer = self.http.get("/control/sailpoint/journal", params=query)
        return answer.raise_for_status().json()["calls"]

    def latest(self, number: int) -> list[dict[str, Any]]:
        """So many of the last calls, oldest first."""
        answer = self.http.get("/control/sailpoint/journal", params={"limit": number})
        return answer.raise_for_status().json()["calls"]

    def ask_token(self, client_id: str, **form: str) -> httpx.Response:
        defaults = {"grant_type": "client_credentials", "client_secret": SECRET}
        data = {**defaults, "client_id": client_id, **form}
        return self.http.post("/sailpoint/oauth/token", data=data)

    def token(self, client_id: str) -> str:
        """A token, asked for once for each client."""
        if client_id not in self.tokens:
            answer = self.ask_token(client_id)
            self.tokens[client_id] = answer.raise_for_status().json()["access_token"]
        return self.tokens[client_id]

    def call(
        self, method: str, path: str, *, by: str = SERVICE, token: str = "", **options: Any
    ) -> httpx.Response:
        """A call of the API as a client, or with a token of one's own."""
        headers = {"authorization": f"Bearer {token or self.token(by)}"}
        headers |= options.pop("headers", {})
        return self.http.request(method, f"/sailpoint{path}", headers=headers, **options)

    def get(self, path: str, *, by: str = SERVICE, **params: Any) -> httpx.Response:
        return self.call("GET", path, by=by, params=params)

    def rows(self, path: str, *, by: str = SERVICE, **params: Any) -> list[dict[str, Any]]:
        return self.get(path, by=by, **params).raise_for_status().json()

    def post(self, path: str, body: Any = None, *, by: str = SERVICE) -> httpx.Response:
        return self.call("POST", path, by=by, json=body)

    def request_access(
        self,
        access: str,
        *,
        by: str,
        for_whom: str = "",
        kind: str = "ACCESS_PROFILE",
        request: dict[str, Any] | None = None,
        **item: Any,
    ) -> httpx.Response:
        """Asks for one access for one person, oneself if nobody is named."""
        body = {
            "requestedFor": [id_of(for_whom or by.removeprefix("pat:"))],
            "requestedItems": [{"type": kind, "id": access, **item}],
            **(request or {}),
        }
        return self.post("/access-requests/v1", body, by=by)

    def status(self, request_id: str, *, by: str = SERVICE) -> dict[str, Any]:
        """The only row of a request."""
        filters = f'accessRequestId eq "{request_id}"'
        found = self.rows("/access-request-status/v1", by=by, filters=filters)
        assert len(found) == 1
        return found[0]

    def decide(
        self, request_id: str, verb: str = "approve", *, by: str = SERVICE
    ) -> httpx.Response:
        """On the approval of a request that is pending."""
        filters = f'accessRequestId eq "{request_id}"'
        [approval] = self.rows("/access-request-approvals/v1/pending", filters=filters)
        path = f"/access-request-approvals/v1/{approval['id']}/{verb}"
        return self.post(path, {"comment": "Because."}, by=by)

    def phases(self, request_id: str) -> dict[str, tuple[str, str | None]]:
        """State and result of each phase of a request."""
        found = self.status(request_id)["accessRequestPhases"]
        return {one["name"]: (one["state"], one["result"]) for one in found}

    def pending(self, alias: str, **params: Any) -> list[dict[str, Any]]:
        params = {"owner-id": id_of(alias), **params}
        return self.rows("/access-request-approvals/v1/pending", **params)


# The addresses of tenants that nobody has changed since their last reset.
_untouched: set[httpx.URL] = set()


def fresh_tenant(http: httpx.Client) -> TenantClient:
    """A tenant with its demo data, for a test that may change it."""
    _untouched.discard(http.base_url)
    client = TenantClient(http)
    client.reset()
    return client


def untouched_tenant(http: httpx.Client) -> TenantClient:
    """A tenant with its demo data, for tests that only read: they share one reset."""
    client = TenantClient(http)
    if http.base_url not in _untouched:
        client.reset()
        _untouched.add(http.base_url)
    return client


def created_id(answer: httpx.Response) -> str:
    """The id of the one request that was filed."""
    assert answer.status_code == 202, answer.text
    return answer.json()["newRequests"][0]["accessRequestIds"][0]


def reason(answer: httpx.Response) -> str:
    """What the tenant says in an error body."""
    return answer.json()["messages"][0]["text"]
