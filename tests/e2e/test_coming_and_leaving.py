"""A person connects SailPoint, and signs out."""

import json
import time
from urllib.parse import urlencode

import pytest
from playwright.async_api import Page, Route, expect

from tests.fixtures.chat import new_id
from tests.fixtures.pages import open_as
from tests.fixtures.servers import WebServer

pytestmark = [pytest.mark.integration, pytest.mark.browser]

ISSUER = "**/issuer/token"


async def test_reads_how_connecting_sailpoint_came_out(page: Page, page_web: WebServer) -> None:
    at = f"http://localhost:{page_web.port}"
    await open_as(page, page_web, "Lena Marsh", at=f"{at}/?sailpoint=somebody_else&panel=team")
    notice = page.get_by_role("alert").filter(has_text="Somebody else is signed in at SailPoint")
    await expect(notice).to_be_visible()
    await expect(page).to_have_url(f"{at}/?panel=team")
    await notice.get_by_role("button", name="Dismiss").click()
    await expect(notice).to_have_count(0)
    await page.reload()
    await expect(page.get_by_role("region", name="My team", exact=True)).to_be_visible()

    await expect(notice).to_have_count(0)


async def test_signs_out_of_every_window(page: Page, page_web: WebServer) -> None:
    somebody = {"oid": new_id(), "iat": int(time.time()) - 60}
    form = urlencode({"person": "employee", "claims": json.dumps(somebody)})

    async def sign_in(route: Route) -> None:
        await route.continue_(post_data=form)

    await page.context.route(ISSUER, sign_in)
    other = await page.context.new_page()
    for window in (other, page):
        await window.bring_to_front()
        await open_as(window, page_web, "Lena Marsh")
    await page.get_by_role("textbox", name="Ask a question").fill("nobody else's business")
    await page.get_by_role("button", name="Lena Marsh", exact=True).click()
    await page.get_by_role("menuitem", name="Sign out everywhere").click()
    dialog = page.get_by_role("alertdialog", name="Sign out everywhere")
    await dialog.get_by_role("button", name="Sign out everywhere").click()

    for window in (page, other):
        await expect(window.get_by_role("heading", name="Choose who you are")).to_be_visible()
    await page.context.unroute(ISSUER)
    await page.get_by_role("button", name="Continue as Priya Nair").click()
    await expect(page.get_by_role("textbox", name="Ask a question")).to_have_value("")
