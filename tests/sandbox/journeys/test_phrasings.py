"""The ways in which people begin a journey, and what they say that begins none."""

import pytest

from modules.sandbox.llm.journeys.router import next_step
from modules.sandbox.llm.journeys.turn import Call, Turn
from tests.sandbox.journeys.company import TODAY, TOOLS

FIRST_TOOL = {
    "list_my_access": """
        What access do I have?
        What access do I have and why?
        Show me my access
        Which roles am I in?
        What am I in?
        List my permissions
        Tell me what I have access to
        What can I get into?
        What can I use?
        my entitlements please
        Which groups am I a member of
        Why do I have SAP Finance?
        Where does my payroll access come from? Why do I have it?
        Since when do I have access to Jira?
        Who gave me the treasury role?
        How did I get access to Workday?
        Do I still need SAP finance?
        Do I have access to Salesforce?
        Give me an overview of my rights
        Display my current roles
        see my access rights
        What permissions do I have in GitHub?
        How come I have admin rights?
    """,
    "find_requestable": """
        I need access to SAP Finance
        I need SAP finance because I close the quarter
        Can I get access to Salesforce?
        Could I have the payroll reports role please
        Please request Jira for me
        request access to GitHub
        I want to use Tableau
        I'd like access to the data warehouse
        I would like to request Workday reporting
        Get me into the treasury system
        give me access to Confluence
        Grant me access to the invoices share
        How do I get access to SAP?
        How can I request Power BI?
        Apply for the payments approver profile
        I don't have access to Coupa
        I can't access the shipping planner
        I'm missing the vendor master role
        I am locked out of the forecasting tool
        Add me to the finance analysts group
        Sign me up for the sandbox database
        what can I request?
        What can I request for SAP
        Is there a role for invoice approval?
        Order access to SAP Finance until 31 January because of the quarter close
    """,
    "list_my_requests": """
        Where is my request?
        What is the status of my request for SAP?
        Has my request been approved?
        Who has my request now?
        Show my requests
        list my open requests
        my requests
        What happened to my request for Jira?
        Any news on my request
        Is my order for Tableau done?
        When will my request be finished?
        Check my application for the treasury role
        Track my requests
        Progress of my request
        How is my request doing?
        What did I request?
        Did anyone approve my request for Salesforce?
        cancel my request for SAP
        Withdraw my request
        Please cancel the request for Jira because I changed teams
        Take back my request for Tableau
        Stop my request
    """,
    "list_my_approvals": """
        What waits on me?
        What is waiting for me?
        What's waiting for my approval?
        My approvals
        Show me my approvals
        Do I have anything to approve?
        Is there anything to decide for me? Something to approve?
        pending approvals
        What is on my desk?
        What's in my inbox?
        What needs my decision?
        Anything that needs my approval?
        List the approvals that are pending on me
        Who is asking for approval?
        approve SAP Finance for Lena
        Approve the first one
        approve it
        Please approve number 2
        I'd like to approve the request of Priya
        deny SAP Finance for Lena because she moved to Sales
        Reject the second one: not needed in her role
        Decline it
        refuse the payroll request because it is a conflict
    """,
    "list_my_reviews": """
        What do I have to review?
        My reviews
        Show my certifications
        Which certifications are open?
        Do I have access reviews?
        Any attestations for me?
        What is left in my review?
        Which items need me in the review?
        Show me the risky items of my certification
        How far am I with the Q4 manager review?
        list campaigns
        Is there a certification waiting on me?
        What's due in my recertification?
        When is my review due?
        Open the Q4 review
        Keep everything that is recommended
        keep all you recommend
        Revoke what is recommended because unused
        Keep SAP Finance in the Q4 review
        revoke GitHub admin in my review because it was never used
        Sign off the Q4 review
        I want to sign off
        Finish my certification
    """,
    "list_my_team": """
        Who reports to me?
        Who is in my team?
        Show my team
        my reports
        List my direct reports
        Who works for me
        What access does Lena have?
        What access does Lena Marsh have?
        Which roles does Priya have?
        Show the access of Lena
        Show Lena's access
        Lena Marsh's permissions
        What can Lena access?
        what does Priya use
        See the rights of Priya Nair
        Remove SAP Finance from Lena because she changed teams
        revoke GitHub admin from Priya
        Take away Jira from Lena Marsh
        take the payroll role from Lena: not needed
        Request SAP Finance for Lena
        Request Jira for Priya Nair because she starts in planning
        Order Tableau for Lena until 31 March because of the forecast
    """,
}


def phrasings() -> list[tuple[str, str]]:
    return [
        (line.strip(), tool)
        for tool, lines in FIRST_TOOL.items()
        for line in lines.splitlines()
        if line.strip()
    ]


@pytest.mark.parametrize(("question", "tool"), phrasings(), ids=lambda value: value[:60])
def test_a_phrasing_begins_its_journey(question: str, tool: str) -> None:
    step = next_step(Turn(question=question, tools=TOOLS), TODAY)

    assert isinstance(step, Call)
    assert step.name == tool


def test_every_journey_is_understood_in_twenty_ways_and_more() -> None:
    for lines in FIRST_TOOL.values():
        assert len(lines.strip().splitlines()) >= 20


@pytest.mark.parametrize(
    "question",
    [
        "Hello",
        "Thanks",
        "What is the weather in Rotterdam?",
        "Tell me a joke",
        "Write me a poem about payroll",
        "flibber the wozzle",
        "I forgot my password",
        "",
        "???",
        "42",
    ],
)
def test_words_that_nobody_listed_begin_none(question: str) -> None:
    assert next_step(Turn(question=question, tools=TOOLS), TODAY) is None


def test_without_tools_there_are_no_journeys() -> None:
    assert next_step(Turn(question="What access do I have?"), TODAY) is None
