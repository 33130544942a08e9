"""A person has a conversation."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from modules.sandbox.launcher.processes import Child
from tests.fixtures.browser import DIST, SHOTS
from tests.fixtures.chat import new_id
from tests.fixtures.pages import ask, last_answer, open_as, overflow, words
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.stores import SandboxClient

pytestmark = [pytest.mark.integration, pytest.mark.browser]


async def test_asks_and_reads_an_answer(page: Page, page_web: WebServer, worker: Child) -> None:
    await open_as(page, page_web, "Lena Marsh")
    await ask(page, "What access do I have? Show it as a table.")

    await expect(page.get_by_role("article", name="Answer").get_by_role("table")).to_be_visible()
    await expect(page.get_by_role("button", name="Answer again")).to_be_enabled()
    await expect(page.get_by_role("heading", level=1)).to_have_text("What access do I have")
    await expect(page).to_have_url(re.compile(r"/c/[0-9a-f-]{36}$"))
    SHOTS.mkdir(exist_ok=True)
    await page.screenshot(path=SHOTS / "conversation.png")


async def test_reloads_in_the_middle_of_an_answer(page: Page, page_web: WebServer) -> None:
    await open_as(page, page_web, "Lena Marsh")
    await ask(page, "[[sandbox tokens=120 delay_ms=25]]")
    await expect(last_answer(page)).to_contain_text("w10 ")
    await page.reload()

    await expect(last_answer(page)).to_have_text(words(120))
    await expect(page.get_by_role("article", name="Answer")).to_have_count(1)


async def test_sees_the_same_answer_in_two_windows(page: Page, page_web: WebServer) -> None:
    await open_as(page, page_web, "Lena Marsh")
    await ask(page, "[[sandbox tokens=100 delay_ms=25]]")
    await expect(last_answer(page)).to_contain_text("w5 ")
    other = await page.context.new_page()
    await open_as(other, page_web, "Lena Marsh", at=page.url)

    await expect(last_answer(other)).to_have_text(words(100))
    await expect(last_answer(page)).to_have_text(words(100))


async def test_stops_an_answer_and_has_it_made_again(page: Page, page_web: WebServer) -> None:
    await open_as(page, page_web, "Lena Marsh")
    await ask(page, f"{new_id()} [[sandbox tokens=300 delay_ms=20]]")
    await expect(last_answer(page)).to_contain_text("w5 ")
    await page.get_by_role("button", name="Stop answering").click()
    await expect(page.get_by_text("Stopped", exact=False).first).to_be_visible()
    await page.get_by_role("button", name="Answer again").click()

    await expect(last_answer(page)).to_contain_text("w5 ")
    await expect(page.get_by_role("article", name="Answer")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Answer again")).to_be_enabled()


async def test_edits_a_question(page: Page, page_web: WebServer) -> None:
    await open_as(page, page_web, "Lena Marsh")
    await ask(page, "[[sandbox tokens=3]]")
    await expect(last_answer(page)).to_have_text(words(3))
    question = page.get_by_role("article", name="Your question")
    await question.hover()
    await question.get_by_role("button", name="Edit question").click()
    await page.get_by_role("textbox", name="Edited question").fill("[[sandbox tokens=4]]")
    await page.keyboard.press("Enter")

    await expect(last_answer(page)).to_have_text(words(4))
    await expect(page.get_by_role("article")).to_have_count(2)


async def test_tries_a_failed_answer_again(page: Page, page_web: WebServer) -> None:
    await open_as(page, page_web, "Lena Marsh")
    await ask(page, f"{new_id()} [[sandbox tokens=5 delay_ms=20 fault=cut after=2 times=1]]")
    await page.get_by_role("button", name="Try again").click()

    await expect(last_answer(page)).to_have_text(words(5))
    await expect(page.get_by_role("button", name="Try again")).to_have_count(0)


async def test_finds_renames_and_deletes_a_conversation(page: Page, page_web: WebServer) -> None:
    name = f"Badge {new_id()}"
    await open_as(page, page_web, "Ingrid Okafor")
    await ask(page, "[[sandbox tokens=1]]")
    await expect(last_answer(page)).to_have_text("w1")
    header = page.get_by_role("main").get_by_role("button", name=re.compile("^Options for"))
    await header.click()
    await page.get_by_role("menuitem", name="Rename").click()
    await page.get_by_role("textbox", name="Title").fill(name)
    await page.keyboard.press("Enter")
    conversations = page.get_by_role("navigation", name="Conversations")
    await expect(conversations.get_by_role("link", name=name)).to_be_visible()

    await page.get_by_role("searchbox", name="Search conversations").fill(name)
    await expect(conversations.get_by_role("link")).to_have_count(1)
    await conversations.get_by_role("button", name=f"Options for {name}").click()
    await page.get_by_role("menuitem", name="Delete").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()

    await expect(conversations.get_by_role("link")).to_have_count(0)


class TestKeyboard:
    async def test_a_conversation_without_a_mouse(self, page: Page, page_web: WebServer) -> None:
        await page.goto(_at(page_web))
        await _tab_to(page, page.get_by_role("button", name="Continue as Lena Marsh"))
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("textbox", name="Ask a question")).to_be_visible()
        await page.locator("body").press("/")
        await expect(page.get_by_role("textbox", name="Ask a question")).to_be_focused()
        await page.keyboard.type("[[sandbox tokens=400 delay_ms=20]]")
        await page.keyboard.press("Shift+Enter")
        await page.keyboard.type("in two lines")
        await page.keyboard.press("Enter")
        await expect(last_answer(page)).to_contain_text("w3 ")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Answer again")).to_be_enabled()

        question = page.get_by_role("article", name="Your question")
        await expect(question).to_contain_text("in two lines")

    async def test_shortcuts_are_listed(self, page: Page, page_web: WebServer) -> None:
        await open_as(page, page_web, "Lena Marsh")
        await page.get_by_role("button", name="New chat", exact=True).focus()
        await page.keyboard.press("?")

        await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


class TestLostConnections:
    async def test_the_text_goes_on_where_it_stopped(self, page: Page, page_web: WebServer) -> None:
        await open_as(page, page_web, "Lena Marsh")
        await ask(page, "[[sandbox tokens=150 delay_ms=25]]")
        await expect(last_answer(page)).to_contain_text("w10 ")
        await page.context.set_offline(True)
        banner = (
            page.get_by_role("alert").or_(page.get_by_role("status")).filter(has_text="offline")
        )
        await expect(banner.first).to_be_visible()
        await page.get_by_role("textbox", name="Ask a question").fill("my draft")
        await page.context.set_offline(False)

        await expect(last_answer(page)).to_have_text(words(150))
        await expect(page.get_by_role("textbox", name="Ask a question")).to_have_value("my draft")

    async def test_an_answer_outlives_the_server_that_writes_it(
        self, page: Page, start_web: StartWeb, sandbox: SandboxClient
    ) -> None:
        doomed = start_web(FRONTEND_DIST=str(DIST))
        await open_as(page, doomed, "Lena Marsh")
        await ask(page, f"{new_id()} [[sandbox tokens=80 delay_ms=50]]")
        await expect(last_answer(page)).to_contain_text("w5 ")
        doomed.child.kill()
        start_web(port=doomed.port, FRONTEND_DIST=str(DIST))

        await expect(last_answer(page)).to_contain_text(words(80))
        await expect(page.get_by_role("article", name="Answer")).to_have_count(1)


class TestScreens:
    @pytest.mark.parametrize(
        ("name", "width", "dark"),
        [("dark", 1280, True), ("narrow", 320, False), ("tablet", 768, False)],
    )
    async def test_fits(
        self, page: Page, page_web: WebServer, name: str, width: int, dark: bool
    ) -> None:
        await page.emulate_media(color_scheme="dark" if dark else "light")
        await page.set_viewport_size({"width": width, "height": 800})
        await open_as(page, page_web, "Lena Marsh")
        await ask(page, "Show me a code example and a table")
        await expect(page.get_by_role("button", name="Answer again")).to_be_enabled()
        await page.screenshot(path=SHOTS / f"{name}.png")

        assert await overflow(page) == 0


def _at(web: WebServer) -> str:
    return f"http://localhost:{web.port}"


async def _tab_to(page: Page, target: Locator) -> None:
    for _ in range(20):
        await page.keyboard.press("Tab")
        if await target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail("The keyboard does not reach it")
