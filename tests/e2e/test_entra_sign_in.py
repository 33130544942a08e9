"""A person of an organisation signs in by Entra ID, and stays signed in."""

from collections.abc import Iterator

import pytest
from playwright.async_api import Page, Response, expect

from modules.sandbox.data.people import AUDIENCE, TENANT_ID
from tests.fixtures.browser import DIST
from tests.fixtures.entra import PERSON, Entra, published
from tests.fixtures.servers import StartWeb, WebServer

pytestmark = [pytest.mark.integration, pytest.mark.browser]


@pytest.fixture(scope="module")
def entra() -> Entra:
    return Entra()


@pytest.fixture(scope="module")
def web(start_web: StartWeb, entra: Entra) -> Iterator[WebServer]:
    """A web process that knows nobody but this organisation, and serves the page."""
    with published(entra.keys) as keys:
        server = start_web(
            FRONTEND_DIST=str(DIST),
            AUTH_ISSUER="",
            AUTH_AUDIENCE="",
            AUTH_JWKS_URL=keys,
            ENTRA_TENANT_ID=TENANT_ID,
            ENTRA_CLIENT_ID=AUDIENCE,
        )
        yield server
        server.child.stop()


async def test_comes_back_to_the_place_they_asked_for(
    page: Page, web: WebServer, entra: Entra
) -> None:
    await entra.play(page.context)
    place = f"http://localhost:{web.port}/?panel=approvals"
    async with page.expect_response(accepted):
        await page.goto(place)

    await expect(page).to_have_url(place)
    assert (entra.grants[0], entra.framed) == ("authorization_code", 0)


async def test_stays_signed_in_when_the_refresh_token_has_ended(
    page: Page, web: WebServer, entra: Entra
) -> None:
    """It ends after a day; then the sign-in is renewed in a hidden frame, and the page stays."""
    await entra.play(page.context)
    async with page.expect_response(accepted):
        await page.goto(f"http://localhost:{web.port}")
    entra.refresh_tokens_hold, before = False, len(entra.grants)
    async with page.expect_response(accepted):
        await page.reload()

    assert (entra.grants[before:], entra.framed) == (["authorization_code"], 1)


async def test_signs_out_and_is_not_signed_in_again_unasked(
    page: Page, web: WebServer, entra: Entra
) -> None:
    await entra.play(page.context)
    async with page.expect_response(accepted):
        await page.goto(f"http://localhost:{web.port}")
    before = len(entra.grants)
    await page.get_by_role("button", name=PERSON.name, exact=True).click()
    await page.get_by_role("menuitem", name="Sign out", exact=True).click()
    await expect(page.get_by_role("alert", name="You have been signed out.")).to_be_visible()
    assert (entra.sign_outs, len(entra.grants)) == (1, before)

    async with page.expect_response(accepted):
        await page.get_by_role("button", name="Sign in").click()


def accepted(response: Response) -> bool:
    """Whether the product took the token."""
    return "/api/conversations" in response.url and response.ok
