"""Every journey over REST while no model answers, through the real client, sign-off switched on."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.fixtures.stores import SandboxClient
from tests.integration.journeys.desk import SignIn, available, changes, named

pytestmark = pytest.mark.integration

BATCH = 250


async def test_1_what_i_hold_and_why(sign_in: SignIn) -> None:
    held = await sign_in("employee").items("/api/access")

    assert held
    assert {item["grantedBy"]["kind"] for item in held} > {"role"}
    assert all(item["name"] for item in held)


async def test_2_what_i_can_ask_for(sign_in: SignIn) -> None:
    found = await sign_in("employee").items("/api/requestable", query="report")

    assert any("report" in f"{item['name']} {item['description']}".lower() for item in found)
    assert {"available"} <= {item["status"] for item in found}


async def test_3_asking_for_myself_and_for_my_report(
    sign_in: SignIn, sandbox: SandboxClient
) -> None:
    employee, manager = sign_in("employee"), sign_in("manager")
    item = await available(employee)
    until = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    wanted = {"type": item["type"], "id": item["id"], "reason": "Quarter-end", "ends_on": until}
    done = await employee.do("request_access", **wanted)
    assert done["status"] == "done", done["outcome"]

    (report, *_) = await manager.items("/api/team")
    other = await available(manager, personId=report["id"])
    done = await manager.do(
        "request_access",
        type=other["type"],
        id=other["id"],
        reason="She stands in",
        for_person_id=report["id"],
    )
    assert done["status"] == "done", done["outcome"]
    assert [change["kind"] for change in changes(sandbox)] == ["request.created"] * 2

    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    assert await employee.refused("request_access", **(wanted | {"ends_on": yesterday})) == (
        422,
        "invalid_input",
    )
    assert (await employee.refused("request_access", **(wanted | {"reason": " "})))[0] == 422
    boss = (await manager.get("/api/access"))["person"]["id"]
    for_boss = wanted | {"for_person_id": boss}
    assert await employee.refused("request_access", **for_boss) == (409, "not_your_report")


async def test_3_conflicts_forms_and_accounts_are_told_before_anything_is_sent(
    sign_in: SignIn, sandbox: SandboxClient
) -> None:
    employee, manager = sign_in("employee"), sign_in("manager")
    team = await manager.items("/api/team")
    pays = next(p for p in team if p["name"].startswith("Ruben"))
    release = await named(manager, "Payment Release", personId=pays["id"])
    prepared = await manager.prepare(
        "request_access",
        type=release["type"],
        id=release["id"],
        reason="Cover for Ingrid",
        for_person_id=pays["id"],
    )
    card = prepared.raise_for_status().json()["card"]
    assert {"label": "Conflicts", "value": "Create and release payments"} in card["lines"]
    assert "separation of duties" in card["warning"]

    for name, code in (("Release Management", "form_needed"), ("Ledger Posting", "account_choice")):
        item = await named(employee, name)
        refusal = await employee.refused(
            "request_access", type=item["type"], id=item["id"], reason="Month-end"
        )
        assert refusal == (409, code)
    harmless = await available(employee)
    prepared = await employee.prepare(
        "request_access", type=harmless["type"], id=harmless["id"], reason="Month-end"
    )
    card = prepared.raise_for_status().json()["card"]
    assert "Conflicts" not in {line["label"] for line in card["lines"]}
    assert changes(sandbox) == []


async def test_4_where_my_request_is_and_cancelling_it(sign_in: SignIn) -> None:
    employee = sign_in("employee")
    item = await available(employee)
    await employee.do("request_access", type=item["type"], id=item["id"], reason="Month-end")
    request = (await employee.items("/api/requests"))[0]
    assert request["item"]["name"] == item["name"]
    assert request["state"] in ("waiting_for_approval", "being_provisioned", "done")

    waiting = [r for r in await employee.items("/api/requests") if r["cancelable"]]
    assert waiting
    done = await employee.do("cancel_request", request_id=waiting[0]["id"], reason="Not needed")
    assert done["status"] == "done", done["outcome"]
    after = {r["id"]: r for r in await employee.items("/api/requests")}
    assert after[waiting[0]["id"]]["state"] == "cancelled"


async def test_4_what_i_requested_for_my_report_is_mine_to_follow_and_to_cancel(
    sign_in: SignIn,
) -> None:
    manager, employee = sign_in("manager"), sign_in("employee")
    report = next(p for p in await manager.items("/api/team") if p["name"] == "Lena Marsh")
    item = await available(manager, personId=report["id"])
    await manager.do(
        "request_access",
        type=item["type"],
        id=item["id"],
        reason="She stands in",
        for_person_id=report["id"],
    )

    mine = (await manager.items("/api/requests"))[0]
    assert (mine["item"]["name"], mine["requestedFor"]["name"]) == (item["name"], "Lena Marsh")
    assert mine["forSomebodyElse"]
    assert mine["cancelable"]
    theirs = (await employee.items("/api/requests"))[0]
    assert (theirs["id"], theirs["forSomebodyElse"]) == (mine["id"], False)

    done = await manager.do("cancel_request", request_id=mine["id"], reason="She is back")
    assert done["status"] == "done", done["outcome"]
    assert {"label": "For", "value": "Lena Marsh"} in done["card"]["lines"]
    assert (await manager.items("/api/requests"))[0]["state"] == "cancelled"


async def test_4_another_managers_request_is_neither_shown_nor_cancelled(sign_in: SignIn) -> None:
    employee, approver = sign_in("employee"), sign_in("approver")
    theirs = next(r for r in await employee.items("/api/requests") if r["cancelable"])

    assert theirs["id"] not in {r["id"] for r in await approver.items("/api/requests")}
    refused = await approver.refused("cancel_request", request_id=theirs["id"], reason="Mine?")
    assert refused == (409, "request_not_yours")


async def test_5_deciding_what_waits_on_me(sign_in: SignIn, sandbox: SandboxClient) -> None:
    manager = sign_in("manager")
    waiting = [a for a in await manager.items("/api/approvals") if a["decidable"]]
    assert len(waiting) >= 2
    approved, denied = waiting[0], waiting[1]
    one = await manager.do("decide_approval", approval_id=approved["id"], decision="approve")
    other = await manager.do(
        "decide_approval", approval_id=denied["id"], decision="deny", comment="Ask Ingrid first"
    )
    assert (one["status"], other["status"]) == ("done", "done")
    left = {a["id"] for a in await manager.items("/api/approvals") if not a["inProgress"]}
    assert left.isdisjoint({approved["id"], denied["id"]})
    assert len(changes(sandbox)) >= 2

    assert await manager.refused("decide_approval", approval_id="0" * 32, decision="approve") == (
        409,
        "approval_not_yours",
    )
    own = [a for a in await manager.items("/api/approvals") if a["whyNot"]]
    for approval in own:
        refusal = await manager.refused(
            "decide_approval", approval_id=approval["id"], decision="approve"
        )
        assert refusal == (409, "not_decidable")


async def test_6_working_through_a_review_and_signing_it_off(
    sign_in: SignIn, sandbox: SandboxClient
) -> None:
    manager = sign_in("manager")
    review = next(
        r
        for r in await manager.items("/api/certifications")
        if r["signedAt"] is None and r["total"]
    )
    path = f"/api/certifications/{review['id']}/items"
    assert (await manager.refused("sign_off", review_id=review["id"]))[1] == "not_ready"

    for decision, wire in (("revoke", "revoke"), ("keep", "approve")):
        open_items = [i for i in await manager.items(path) if i["decision"] is None]
        chosen = [
            i["id"]
            for i in open_items
            if decision == "keep"
            or (i["recommendation"] == "revoke" and i["revocable"] is not False)
        ]
        for start in range(0, len(chosen), BATCH):
            batch = chosen[start : start + BATCH]
            done = await manager.do(
                "decide_review",
                review_id=review["id"],
                item_ids=batch,
                decision=decision,
                comment="As recommended",
            )
            assert done["status"] == "done", done["outcome"]
            decided = {i["id"]: i["decision"] for i in await manager.items(path)}
            assert {decided[item_id] for item_id in batch} == {wire}

    done = await manager.do("sign_off", review_id=review["id"])
    assert done["status"] == "done", done["outcome"]
    kinds = [change["kind"] for change in changes(sandbox)]
    assert kinds.count("certification.signed") == 1
    assert (await manager.refused("sign_off", review_id=review["id"]))[0] == 409


async def test_7_my_team_and_taking_access_away(sign_in: SignIn, sandbox: SandboxClient) -> None:
    manager = sign_in("manager")
    for report in await manager.items("/api/team"):
        held = await manager.items("/api/access", personId=report["id"])
        assert report["accessCount"] == len(held)
        away = next((i for i in held if i["revocable"] is not False), None)
        if away is not None:
            break
    assert away is not None
    wanted = {"type": away["type"], "id": away["id"], "reason": "Changed teams"}
    done = await manager.do("revoke_access", person_id=report["id"], **wanted)

    assert done["status"] == "done", done["outcome"]
    assert [change["kind"] for change in changes(sandbox)] == ["request.created"]
    employee = sign_in("employee")
    mine = await manager.get("/api/access")
    answer = await employee.http.get("/api/access", params={"personId": mine["person"]["id"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_your_report")
    refused = await employee.refused("revoke_access", person_id=mine["person"]["id"], **wanted)
    assert refused == (409, "not_your_report")
