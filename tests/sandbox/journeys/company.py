"""What tools bring in a made-up tenant, for the scripted model to walk through."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from modules.sandbox.llm.journeys.router import next_step
from modules.sandbox.llm.journeys.turn import Call, Result, Say, Turn

TODAY = date(2026, 1, 5)
TOOLS = frozenset(
    {
        "list_my_access",
        "find_requestable",
        "prepare_access_request",
        "list_my_requests",
        "prepare_cancel_request",
        "list_my_approvals",
        "prepare_approval",
        "list_my_reviews",
        "list_review_items",
        "prepare_review_decisions",
        "prepare_sign_off",
        "list_my_team",
        "list_team_member_access",
        "prepare_revoke",
    }
)

READ = {
    "type": "access_profile",
    "id": "ap-read",
    "name": "SAP Finance – read",
    "description": "Reads the ledgers.",
    "status": "available",
}
POST = READ | {"id": "ap-post", "name": "SAP Finance – post", "description": "Posts documents."}
HELD = READ | {"name": "Jira users", "id": "r-jira", "type": "role", "status": "assigned"}
LENA = {"id": "i-lena", "name": "Lena Marsh", "email": "lena.marsh@tamarind.example"}
APPROVAL = {
    "id": "a-1",
    "item": {"type": "access_profile", "id": "ap-read", "name": "SAP Finance – read"},
    "requestedFor": LENA,
    "requester": LENA,
    "reason": "quarter close",
    "createdAt": "2026-01-02T10:00:00Z",
    "signals": ["no_end"],
    "decidable": True,
}
OTHER = APPROVAL | {
    "id": "a-2",
    "item": {"type": "role", "id": "r-2", "name": "Payroll admin"},
    "requestedFor": {"id": "i-priya", "name": "Priya Nair"},
}
REVIEW = {
    "id": "c-1",
    "name": "Q4 Manager Review",
    "decided": 1,
    "total": 3,
    "due": "2026-01-10T00:00:00Z",
    "canSignOff": False,
    "whyNot": "2 items are not decided.",
}
UNUSED = {
    "id": "i-1",
    "person": LENA,
    "access": {"type": "role", "id": "r-9", "name": "GitHub admin"},
    "recommendation": "revoke",
    "signals": ["unused"],
}
USED = UNUSED | {
    "id": "i-2",
    "access": {"type": "role", "id": "r-8", "name": "Jira users"},
    "recommendation": "keep",
    "signals": [],
}

Company = Mapping[str, Any]

USUAL: Company = {
    "list_my_access": {"items": [HELD | {"grantedBy": {"kind": "birthright"}}]},
    "find_requestable": {"items": [READ]},
    "list_my_requests": {
        "items": [
            {
                "id": "req-1",
                "item": {"name": "SAP Finance – read"},
                "requestedFor": {"id": "p-1", "name": "Lena Marsh"},
                "forSomebodyElse": False,
                "stage": "It waits for Tomás Rivera.",
                "since": "2026-01-03T00:00:00Z",
                "cancelable": True,
            }
        ]
    },
    "list_my_approvals": {"items": [APPROVAL, OTHER]},
    "list_my_reviews": {"items": [REVIEW]},
    "list_review_items": {"items": [UNUSED, USED]},
    "list_my_team": {"items": [LENA]},
    "list_team_member_access": {"items": [HELD]},
}


def walk(question: str, company: Company = USUAL, **before: Any) -> tuple[list[Call], str]:
    """Goes on until the model says something: what it asked for, and what it said."""
    calls: list[Call] = []
    results: list[Result] = []
    while True:
        turn = Turn(question=question, results=tuple(results), tools=TOOLS, **before)
        step = next_step(turn, TODAY)
        assert step is not None
        if isinstance(step, Say):
            return calls, step.text
        calls.append(step)
        data = company.get(step.name, {"card": "shown"})
        data = data(step.arguments) if callable(data) else data
        results.append(Result(step.name, step.arguments, json.loads(json.dumps(data))))


def last(calls: list[Call]) -> tuple[str, dict[str, Any]]:
    return calls[-1].name, dict(calls[-1].arguments)
