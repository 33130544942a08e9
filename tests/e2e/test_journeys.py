"""Every journey through SailPoint, in the panel without a model and in the chat."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from tests.fixtures.pages import ask, card, decide, last_answer, open_as, open_panel, row
from tests.fixtures.servers import WebServer

pytestmark = [pytest.mark.integration, pytest.mark.browser]

Changes = Callable[[], list[dict[str, object]]]
LAST_DAY = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()


class TestInThePanel:
    async def test_what_i_have_and_why(self, page: Page, desk_web: WebServer) -> None:
        await open_as(page, desk_web, "Lena Marsh")
        panel = await open_panel(page, "My access")
        await row(panel, "SG-FIN-7731-RW").click()

        details = panel.get_by_role("listitem").filter(has_text="SG-FIN-7731-RW")
        await expect(details.get_by_text("Technical name")).to_be_visible()
        await expect(details).to_contain_text("Why is unknown")
        await expect(details).to_contain_text("lets nobody revoke their own access")
        await expect(row(panel, "Finance File Share")).to_contain_text(
            "Through the role Finance Analyst"
        )

    async def test_finding_and_requesting(
        self, page: Page, desk_web: WebServer, changes: Changes
    ) -> None:
        await open_as(page, desk_web, "Lena Marsh")
        panel = await open_panel(page, "Request access")
        await panel.get_by_role("searchbox").fill("fleet")
        await row(panel, "Fleet Reporting").click()
        await panel.get_by_role("button", name="Show what will be sent").click()
        await expect(panel.get_by_text("Say why. The reason goes with it.")).to_be_visible()
        await panel.get_by_label("Why is it needed?").fill("I plan the routes of January.")
        await panel.get_by_label("Last day").fill(LAST_DAY)
        await panel.get_by_role("button", name="Show what will be sent").click()
        shown = card(panel, "Request access")
        await expect(shown).to_contain_text("I plan the routes of January.")
        assert changes() == []
        await page.reload()
        await decide(card(panel, "Request access"), "Send request", "done")

        assert len(changes()) == 1
        requests = await open_panel(page, "My requests")
        await expect(row(requests, "Fleet Reporting")).to_be_visible()

    async def test_requesting_for_a_report(
        self, page: Page, desk_web: WebServer, changes: Changes
    ) -> None:
        await open_as(page, desk_web, "Tomás Rivera")
        team = await open_panel(page, "My team")
        await team.get_by_role("button", name="Mei Chen").click()
        await team.get_by_role("button", name="Request access for them").click()
        panel = page.get_by_role("region", name="Request access", exact=True)
        await panel.get_by_role("searchbox").fill("fleet")
        await row(panel, "Fleet Reporting").click()
        await panel.get_by_label("Why is it needed?").fill("She stands in.")
        await panel.get_by_role("button", name="Show what will be sent").click()
        shown = card(panel, "Request access")
        await expect(shown).to_contain_text("Mei Chen")
        await decide(shown, "Send request", "done")

        assert len(changes()) == 1

    async def test_where_my_request_is_and_cancelling_it(
        self, page: Page, desk_web: WebServer
    ) -> None:
        await open_as(page, desk_web, "Lena Marsh")
        panel = await open_panel(page, "My requests")
        await row(panel, "Invoice Release").click()
        await expect(panel.get_by_text("has it on their desk")).to_be_visible()
        await panel.get_by_role("button", name="Cancel this request").click()
        await panel.get_by_label("Why should it be cancelled?").fill("Mei is back.")
        await panel.get_by_role("button", name="Show what will be cancelled").click()
        await decide(card(panel, "Cancel a request"), "Cancel the request", "done")

        await expect(row(panel, "Invoice Release")).to_contain_text("Cancelled")

    async def test_approving_and_denying(
        self, page: Page, desk_web: WebServer, changes: Changes
    ) -> None:
        await open_as(page, desk_web, "Tomás Rivera")
        panel = await open_panel(page, "Approvals")
        await row(panel, "Customer Service").click()
        await panel.get_by_role("button", name="Approve…").click()
        await decide(card(panel, "Approve a request"), "Approve", "done")
        await row(panel, "Ledger Posting").click()
        await panel.get_by_role("button", name="Deny…").click()
        await expect(panel.get_by_text("Say why you deny it.")).to_be_visible()
        await panel.get_by_label("Your comment").fill("Not in a traineeship.")
        await panel.get_by_role("button", name="Deny…").click()
        await decide(card(panel, "Deny a request"), "Deny", "done")

        assert sorted(str(change["kind"]) for change in changes()) == [
            "approval.approved",
            "approval.rejected",
        ]

    async def test_an_enumerated_few_by_keyboard(
        self, page: Page, desk_web: WebServer, changes: Changes
    ) -> None:
        await open_as(page, desk_web, "Tomás Rivera")
        panel = await open_panel(page, "Approvals")
        await row(panel, "Ledger Posting").focus()
        await page.keyboard.press("a")
        await page.keyboard.press("a")
        await page.keyboard.press("a")
        await page.keyboard.press("u")
        await expect(panel.get_by_text("Marked, not sent: 2 to approve.")).to_be_visible()
        assert changes() == []
        await panel.get_by_role("button", name="Show the 2 cards").click()
        await panel.get_by_role("button", name="Confirm all 2").click()

        done = panel.get_by_role("group", name="Approve a request").filter(has_text="is approved")
        await expect(done).to_have_count(2)
        assert len(changes()) == 2

    async def test_nobody_approves_for_themselves(self, page: Page, desk_web: WebServer) -> None:
        await open_as(page, desk_web, "Ingrid Okafor")
        panel = await open_panel(page, "Approvals")
        own = panel.locator("[data-row]").filter(has_text="You asked for this yourself").first
        await own.click()

        await expect(panel.get_by_text("somebody else has to decide").first).to_be_visible()
        await expect(panel.get_by_role("button", name="Approve…")).to_have_count(0)

    async def test_reviewing(self, page: Page, desk_web: WebServer) -> None:
        await open_as(page, desk_web, "Tomás Rivera")
        panel = await open_panel(page, "Reviews")
        await row(panel, "Privileged Access to Directories").click()
        await panel.locator("li > button[data-row]").first.click()
        await panel.get_by_role("button", name="Revoke", exact=True).click()
        await panel.get_by_label("Comment on the 1 to revoke").fill("Nobody needs it.")
        await panel.get_by_role("button", name=re.compile("^Show what will be sent")).click()
        await decide(card(panel, "Revoke 1 in a review"), "Revoke 1", "done")

        await expect(
            panel.get_by_text("6 questions: 1 decided, 0 marked here, 5 left.")
        ).to_be_visible()
        await expect(panel.get_by_text("5 questions are not decided.")).to_be_visible()

    async def test_signing_off(self, page: Page, desk_web: WebServer, changes: Changes) -> None:
        await open_as(page, desk_web, "Tomás Rivera")
        panel = await open_panel(page, "Reviews")
        await row(panel, "Manager Access Review for Interim Staff").click()
        await panel.get_by_role("button", name="Prepare the sign-off").click()
        shown = card(panel, "Sign off a review")
        await expect(shown).to_contain_text("This cannot be undone.")
        await expect(shown.get_by_role("button", name="Not yet")).to_be_visible()
        assert changes() == []
        await decide(shown, "Sign off for good", "done")

        await expect(panel.get_by_text("It is signed off.").first).to_be_visible()

    async def test_taking_access_away_from_a_report(
        self, page: Page, desk_web: WebServer, changes: Changes
    ) -> None:
        await open_as(page, desk_web, "Tomás Rivera")
        panel = await open_panel(page, "My team")
        await panel.get_by_role("button", name="Lena Marsh").click()
        await expect(row(panel, "SG-FIN-7731-RW")).to_be_visible()  # hers, not her manager's
        await row(panel, "Finance Analyst").click()
        await panel.get_by_role("button", name="Take it away").click()
        await panel.get_by_label("Why should they lose it?").fill("Moved to another team.")
        await panel.get_by_role("button", name="Show what will be sent").click()
        await decide(card(panel, "Take access away"), "Send request", "done")

        assert len(changes()) == 1


class TestInTheChat:
    async def test_an_answer_says_what_was_done_and_leads_to_the_records(
        self, page: Page, desk_web: WebServer
    ) -> None:
        await open_as(page, desk_web, "Lena Marsh")
        await ask(page, "What access do I have, and why?")
        answer = page.get_by_role("article", name="Answer")
        await expect(answer.get_by_role("table")).to_be_visible()
        await page.reload()
        await answer.get_by_role("button", name=re.compile("^Looked up your access")).click()
        await expect(answer.get_by_text("Tool: list_my_access")).to_be_visible()
        await answer.get_by_role("link", name="SG-FIN-7731-RW").first.click()

        panel = page.get_by_role("region", name="My access", exact=True)
        await expect(row(panel, "SG-FIN-7731-RW")).to_be_focused()

    async def test_requesting(self, page: Page, desk_web: WebServer, changes: Changes) -> None:
        await open_as(page, desk_web, "Lena Marsh")
        await ask(page, "What can I request for reporting?")
        await expect(page.get_by_text("This can be requested")).to_be_visible()
        await ask(page, "I need Fleet Reporting because I cover for a colleague")
        await decide(card(page, "Request access"), "Send request", "done")
        await ask(page, "Where is my request for Fleet Reporting?")

        await expect(page.get_by_role("article", name="Answer")).to_have_count(3)
        await expect(last_answer(page).first).to_contain_text("Your requests")
        assert len(changes()) == 1

    async def test_cancelling_looks_the_same_in_every_tab(
        self, page: Page, desk_web: WebServer
    ) -> None:
        await open_as(page, desk_web, "Lena Marsh")
        await ask(page, "Cancel my request for Invoice Release because Mei is back")
        shown = card(page, "Cancel a request")
        await expect(shown).to_be_visible()
        other = await page.context.new_page()
        await open_as(other, desk_web, "Lena Marsh", at=page.url)
        await expect(card(other, "Cancel a request")).to_have_attribute("data-status", "pending")
        await decide(shown, "Cancel the request", "done")

        await expect(card(other, "Cancel a request")).to_have_attribute("data-status", "done")
        await other.reload()
        await expect(card(other, "Cancel a request")).to_contain_text("The request is cancelled.")

    async def test_deciding_on_an_approval(
        self, page: Page, desk_web: WebServer, changes: Changes
    ) -> None:
        await open_as(page, desk_web, "Tomás Rivera")
        await page.get_by_role("button", name="What waits for my approval?").click()
        await expect(page.get_by_text("This waits for you")).to_be_visible()
        await ask(page, "Approve Customer Service for Mei Chen")
        await decide(card(page, "Approve a request"), "Approve", "done")

        assert len(changes()) == 1

    async def test_a_declined_card_sends_nothing(
        self, page: Page, desk_web: WebServer, changes: Changes
    ) -> None:
        await open_as(page, desk_web, "Tomás Rivera")
        await ask(page, "Remove Finance Analyst from Lena Marsh because she moved")
        await decide(card(page, "Take access away"), "Don't send", "declined")

        assert changes() == []

    async def test_reviewing_and_signing_off(
        self, page: Page, desk_web: WebServer, changes: Changes
    ) -> None:
        await open_as(page, desk_web, "Tomás Rivera")
        await ask(page, "Sign off the Interim Staff review")
        await decide(card(page, "Sign off a review"), "Sign off for good", "done")
        await ask(page, "What do I have to review?")

        await expect(page.get_by_text("Your reviews")).to_be_visible()
        assert len(changes()) == 1

    async def test_my_team(self, page: Page, desk_web: WebServer) -> None:
        await open_as(page, desk_web, "Tomás Rivera")
        await ask(page, "Who is in my team?")
        await page.get_by_role("link", name="Lena Marsh").first.click()

        panel = page.get_by_role("region", name="My team", exact=True)
        await expect(row(panel, "Finance Analyst")).to_be_visible()
