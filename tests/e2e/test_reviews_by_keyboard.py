"""Hundreds of questions of a review, decided without a mouse, with a reload in between."""

import pytest
from playwright.async_api import Page, expect

from modules.sandbox.data.campaigns import LARGE
from modules.sandbox.sailpoint.records import hex_id
from tests.fixtures.desk import reset_tenant
from tests.fixtures.pages import open_as
from tests.fixtures.servers import WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = [pytest.mark.integration, pytest.mark.browser]

QUESTIONS, DECIDED = 530, 30
OPEN = QUESTIONS - DECIDED
REVOKED_EVERY = 20
REVIEW = hex_id("certification", LARGE)


async def test_500_questions_are_decided_and_counted(
    page: Page, desk_web: WebServer, sandbox: SandboxClient
) -> None:
    reset_tenant(sandbox, large_items=QUESTIONS)
    await open_as(
        page, desk_web, "Tomás Rivera", at=f"http://localhost:{desk_web.port}/?panel=reviews"
    )
    await page.keyboard.press("p")
    panel = page.get_by_role("region", name="Reviews", exact=True)
    await _tab_to_row(page, "Manager Access Review for Tomás Rivera")
    await page.keyboard.press("Enter")
    await expect(panel.get_by_text(_sentence(marked=0))).to_be_visible()
    await _tab_to_row(page, "")

    await _mark(page, OPEN // 2)
    await expect(panel.get_by_text(_sentence(marked=OPEN // 2))).to_be_visible()
    await page.reload()
    await expect(panel.get_by_text(_sentence(marked=OPEN // 2))).to_be_visible()
    await _tab_to_row(page, "")  # the first that is not marked yet
    await _mark(page, OPEN - OPEN // 2)
    await expect(panel.get_by_text(_sentence(marked=OPEN))).to_be_visible()

    await page.keyboard.press("Control+Enter")
    confirm = panel.get_by_role("button", name="Confirm all 3")
    await expect(confirm).to_be_visible()
    await confirm.focus()
    await page.keyboard.press("Enter")

    await expect(panel.get_by_text(f"{QUESTIONS} questions: {QUESTIONS} decided")).to_be_visible()
    decisions = _decisions(sandbox)
    assert len(decisions) == QUESTIONS
    assert None not in decisions.values()


def _sentence(*, marked: int) -> str:
    left = OPEN - marked
    return f"{QUESTIONS} questions: {DECIDED} decided, {marked} marked here, {left} left."


async def _mark(page: Page, count: int) -> None:
    """Keeps most and revokes some; what cannot be revoked stays where it is, and is kept."""
    for number in range(count):
        if number % REVOKED_EVERY == 0:
            before = await _focused(page)
            await page.keyboard.press("d")
            if await _focused(page) != before:
                continue
        await page.keyboard.press("a")


async def _focused(page: Page) -> str | None:
    return await page.evaluate("document.activeElement.dataset.row ?? null")


async def _tab_to_row(page: Page, name: str) -> None:
    """Goes on with the keyboard to the list, and in it to the row of the name."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.matches('li [data-row]:not(nav *)')"):
            break
    else:
        pytest.fail("The keyboard does not reach the list")
    for _ in range(20):
        text = await page.evaluate("document.activeElement.innerText")
        if name == "" or text.split("\n")[0].strip() == name:
            return
        await page.keyboard.press("ArrowDown")
    pytest.fail(f"The arrows do not reach {name}")


def _decisions(sandbox: SandboxClient) -> dict[str, str | None]:
    """What the tenant holds of each question."""
    token = sandbox.http.post(
        "/sailpoint/oauth/token",
        data={
            "grant_type": "client_credentials",
            "client_id": "sandbox",
            "client_secret": "sandbox",
        },
    ).json()["access_token"]
    found: dict[str, str | None] = {}
    for offset in range(0, QUESTIONS, 250):
        rows = sandbox.http.get(
            f"/sailpoint/certifications/v1/{REVIEW}/access-review-items",
            params={"limit": 250, "offset": offset},
            headers={"Authorization": f"Bearer {token}"},
        )
        rows.raise_for_status()
        found |= {row["id"]: row["decision"] for row in rows.json()}
    return found
