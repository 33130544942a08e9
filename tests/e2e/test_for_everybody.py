"""The page for people who zoom, want contrast, write from right to left, or use no mouse."""

import pytest
from playwright.async_api import Page, expect

from tests.fixtures.pages import ask, faults_of_access, open_as, open_panel, overflow, row
from tests.fixtures.servers import WebServer

pytestmark = [pytest.mark.integration, pytest.mark.browser]

ARABIC = "ما هي صلاحياتي؟"
LOOKS = """element => [null, '::after', '::before'].map(part => {
  const style = getComputedStyle(element, part);
  return [style.outline, style.boxShadow, style.border].join();
}).join()"""
BAR = "element => getComputedStyle(element, '::after').backgroundColor"
STOPS = 12


async def test_zoomed_twice_everything_is_within_reach(page: Page, desk_web: WebServer) -> None:
    await page.set_viewport_size({"width": 640, "height": 400})
    await open_as(page, desk_web, "Tomás Rivera")
    composer = page.get_by_role("textbox", name="Ask a question")
    await expect(composer).to_be_in_viewport(ratio=1)
    await page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    await keys.get_by_text("Show this list").scroll_into_view_if_needed()
    await expect(keys.get_by_text("Show this list")).to_be_in_viewport(ratio=1)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Access and tasks").click()
    approvals = await open_panel(page, "Approvals")
    await row(approvals, "Vendor Maintenance").click()
    deny = approvals.get_by_role("button", name="Deny…")
    await deny.scroll_into_view_if_needed()
    await expect(deny).to_be_in_viewport(ratio=1)

    assert await overflow(page) == 0


async def test_a_draft_stays_whole_when_a_panel_narrows_it(page: Page, desk_web: WebServer) -> None:
    await open_as(page, desk_web, "Lena Marsh")
    composer = page.get_by_role("textbox", name="Ask a question")
    await composer.fill("I need access to Fleet Reporting until the end of the year for my routes")
    before = await composer.bounding_box()
    await open_panel(page, "My access")
    # As high as its text again, or this would wait in vain.
    await page.wait_for_function(
        "field => field.scrollHeight <= field.clientHeight", arg=await composer.element_handle()
    )
    after = await composer.bounding_box()

    assert before is not None
    assert after is not None
    assert after["height"] > before["height"]


async def test_commands_are_listed_and_taken_by_keys(page: Page, desk_web: WebServer) -> None:
    await page.set_viewport_size({"width": 320, "height": 480})
    await open_as(page, desk_web, "Tomás Rivera")
    composer = page.get_by_role("textbox", name="Ask a question")
    await page.locator("body").press("/")
    await page.keyboard.type("/")
    commands = page.get_by_role("listbox", name="Commands")
    await expect(commands.get_by_role("option")).to_have_count(8)
    await page.keyboard.press("ArrowUp")
    last = commands.get_by_role("option", name="/team")
    await expect(last).to_be_in_viewport(ratio=1)
    await expect(composer).to_have_attribute(
        "aria-activedescendant", await last.get_attribute("id") or ""
    )

    assert await faults_of_access(page) == []
    assert await overflow(page) == 0
    await page.keyboard.press("Enter")
    await expect(commands).to_have_count(0)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("article", name="Your question")).to_contain_text("Who is in")


async def test_high_contrast_can_be_read_also_where_one_points(
    page: Page, desk_web: WebServer
) -> None:
    await page.emulate_media(contrast="more", reduced_motion="reduce")
    await open_as(page, desk_web, "Tomás Rivera")
    approvals = await open_panel(page, "Approvals")
    await row(approvals, "Vendor Maintenance").hover()
    assert await faults_of_access(page) == []

    await page.emulate_media(contrast="no-preference", forced_colors="active")
    panels = page.get_by_role("navigation", name="Your access and tasks")
    here = panels.get_by_role("link", name="Approvals")
    there = panels.get_by_role("link", name="My access")

    assert await here.evaluate(BAR) != await there.evaluate(BAR)


async def test_texts_run_as_their_language_does(page: Page, page_web: WebServer) -> None:
    await open_as(page, page_web, "Lena Marsh")
    await ask(page, f"{ARABIC} [[sandbox tokens=3]]")
    question = page.get_by_role("article", name="Your question").get_by_text(ARABIC)
    await expect(question).to_have_css("direction", "rtl")

    answer = page.get_by_role("article", name="Answer").get_by_text("w1 w2 w3")
    await expect(answer).to_have_css("direction", "ltr")


async def test_a_page_from_right_to_left_fits(page: Page, desk_web: WebServer) -> None:
    await page.add_init_script(
        "new MutationObserver(() => { document.documentElement.dir = 'rtl'; })"
        ".observe(document, {childList: true})"
    )
    await open_as(page, desk_web, "Tomás Rivera")
    approvals = await open_panel(page, "Approvals")
    name = row(approvals, "Vendor Maintenance").get_by_text("Vendor Maintenance")
    await expect(name).to_be_visible()
    box, side = await name.bounding_box(), await approvals.bounding_box()

    assert box is not None
    assert side is not None
    assert box["x"] + box["width"] > side["x"] + side["width"] * 0.8
    assert await overflow(page) == 0


async def test_the_keyboard_shows_where_it_is(page: Page, page_web: WebServer) -> None:
    await open_as(page, page_web, "Lena Marsh")
    await page.get_by_role("button", name="New chat", exact=True).focus()
    unseen: list[str] = []
    for _ in range(STOPS):
        await page.keyboard.press("Tab")
        at = await page.query_selector(":focus")
        if at is None:  # past the last one, in the window's own bars
            break
        focused = await at.evaluate(LOOKS)
        name = await at.evaluate("element => element.outerHTML.slice(0, 120)")
        await page.keyboard.press("Tab")
        if focused == await at.evaluate(LOOKS):
            unseen.append(name)
        await page.keyboard.press("Shift+Tab")

    assert unseen == []
