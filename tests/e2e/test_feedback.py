"""A person says of an answer whether it helped."""

import pytest
from playwright.async_api import Page, expect

from tests.fixtures.browser import SHOTS
from tests.fixtures.pages import ask, last_answer, open_as, words
from tests.fixtures.servers import WebServer

pytestmark = [pytest.mark.integration, pytest.mark.browser]


async def test_says_what_was_not_helpful_and_finds_it_again(
    page: Page, page_web: WebServer
) -> None:
    await open_as(page, page_web, "Lena Marsh")
    await ask(page, "[[sandbox tokens=3]]")
    await expect(last_answer(page)).to_have_text(words(3))
    not_helpful = page.get_by_role("button", name="Not helpful")
    await not_helpful.focus()
    await page.keyboard.press("Enter")
    await expect(not_helpful).to_have_attribute("aria-pressed", "true")
    await expect(page.get_by_role("textbox", name="What was not helpful?")).to_be_focused()
    await page.keyboard.type("It is not my role.")
    SHOTS.mkdir(exist_ok=True)
    await page.screenshot(path=SHOTS / "feedback.png")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Thank you. Your comment is stored.")).to_be_visible()
    await expect(not_helpful).to_be_focused()
    await page.reload()

    await expect(not_helpful).to_have_attribute("aria-pressed", "true")
    await not_helpful.click()
    await expect(not_helpful).to_have_attribute("aria-pressed", "false")
    await expect(page.get_by_role("button", name="Helpful", exact=True)).to_have_attribute(
        "aria-pressed", "false"
    )
