"""The panels beside the chat: how they are reached, how they look, and what they never do."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect

from tests.fixtures.browser import SHOTS
from tests.fixtures.pages import ask, faults_of_access, open_as, open_panel, overflow, row
from tests.fixtures.servers import WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = [pytest.mark.integration, pytest.mark.browser]

DRAWER_BELOW = 900
PANELS = ["My access", "Request access", "My requests", "Approvals", "Reviews", "My team"]


async def test_the_panels_are_listed_with_what_there_is_to_do(
    page: Page, desk_web: WebServer
) -> None:
    await open_as(page, desk_web, "Tomás Rivera")
    panels = page.get_by_role("navigation", name="Your access and tasks")
    await expect(panels.get_by_role("link")).to_have_count(len(PANELS))
    await expect(panels.get_by_role("link", name=re.compile(r"^Approvals, \d+$"))).to_be_visible()
    await page.keyboard.press("p")
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")

    team = page.get_by_role("region", name="My team", exact=True)
    await expect(row(team, "Lena Marsh")).to_be_visible()
    await page.reload()
    await expect(row(team, "Lena Marsh")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [("light", 1280, "light"), ("dark", 900, "dark"), ("narrow", 320, "light")],
)
async def test_every_panel_fits_and_can_be_read_by_all(
    page: Page, desk_web: WebServer, name: str, width: int, scheme: str
) -> None:
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.set_viewport_size({"width": width, "height": 800})
    await open_as(page, desk_web, "Tomás Rivera")
    SHOTS.mkdir(exist_ok=True)
    for panel_name in PANELS:
        if width < DRAWER_BELOW and panel_name == PANELS[0]:
            await page.get_by_role("button", name="Access and tasks").click()
        panel = await open_panel(page, panel_name)
        if panel_name == "Reviews":
            await row(panel, "Manager Access Review for Treasury").click()
        await panel.locator("li > button[data-row]").first.click()
        await page.screenshot(
            path=SHOTS / f"panel-{name}-{panel_name.replace(' ', '-').lower()}.png"
        )

        assert await overflow(page) == 0, panel_name
        assert await faults_of_access(page) == [], panel_name


async def test_sailpoint_away_is_said_plainly(
    page: Page, desk_web: WebServer, sandbox: SandboxClient
) -> None:
    down = {
        "kind": "status",
        "status": 503,
        "times": 1_000,
        "operation": "listAccessRequestStatusV1",
    }
    sandbox.http.post("/control/sailpoint/faults", json=down).raise_for_status()
    await open_as(page, desk_web, "Priya Nair")
    panel = await open_panel(page, "My requests")
    await expect(panel.get_by_role("alert")).to_contain_text("SailPoint is unavailable")
    await expect(panel.get_by_role("alert")).to_contain_text("still work")
    sandbox.http.delete("/control/sailpoint/faults").raise_for_status()
    await panel.get_by_role("button", name="Try again").click()

    await expect(panel.get_by_text("You have not requested anything yet.")).to_be_visible()


async def test_texts_of_the_tenant_fetch_nothing(page: Page, desk_web: WebServer) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await open_as(page, desk_web, "Tomás Rivera")
    approvals = await open_panel(page, "Approvals")
    await row(approvals, "Tax Archive").click()
    await expect(approvals.get_by_text("Ignore previous instructions").first).to_be_visible()
    panel = await open_panel(page, "Request access")
    for found, text in (("Tax Archive", "<img src=x"), ("Northern Corridor", "Covers the depots")):
        await panel.get_by_role("searchbox").fill(found)
        await row(panel, found).click()
        await expect(panel.get_by_text(text).first).to_be_visible()
    await expect(panel.locator("img, iframe, a[href^=http]")).to_have_count(0)
    await ask(page, "What can I request for Tax Archive?")
    answer = page.get_by_role("article", name="Answer")
    await expect(answer.get_by_text("attacker.example").first).to_be_visible()
    await expect(answer.locator("img, a[href*=attacker]")).to_have_count(0)
    await ask(page, "What waits for my approval?")
    await expect(answer).to_have_count(2)
    await expect(page.get_by_role("group", name=re.compile("request"))).to_have_count(0)

    own = {urlsplit(page.url).netloc}
    others = [url for url in asked if urlsplit(url).netloc not in own and "/issuer/" not in url]
    assert others == []
    assert not [url for url in asked if url.rstrip("/").endswith("/x")]
