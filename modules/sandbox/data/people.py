"""Tamarind Freight, a company that does not exist, and the people who can sign in there."""

from dataclasses import dataclass

COMPANY = "Tamarind Freight"
TENANT_ID = "7d0c1a52-3f6e-4b1e-9a53-2f8a4f6f1c10"
AUDIENCE = "b3e2a7d4-51c9-4c5a-8f27-6a0d9b1e4c33"


@dataclass(frozen=True)
class Person:
    """Someone who can sign in. `id` is their name for the sandbox, `oid` the one in tokens."""

    id: str
    oid: str
    name: str
    title: str
    email: str
    description: str
    roles: tuple[str, ...] = ()


PEOPLE = (
    Person(
        id="employee",
        oid="0b8f5c1e-6a43-4d7b-8f0e-1d2c3b4a5001",
        name="Lena Marsh",
        title="Accounts Payable Analyst",
        email="lena.marsh@tamarind.example",
        description="Works in Finance in Rotterdam and asks for access now and then.",
    ),
    Person(
        id="manager",
        oid="0b8f5c1e-6a43-4d7b-8f0e-1d2c3b4a5002",
        name="Tomás Rivera",
        title="Finance Operations Manager",
        email="tomas.rivera@tamarind.example",
        description="Leads Lena's team, approves its requests and reviews its access.",
    ),
    Person(
        id="approver",
        oid="0b8f5c1e-6a43-4d7b-8f0e-1d2c3b4a5003",
        name="Ingrid Okafor",
        title="Head of Payment Systems",
        email="ingrid.okafor@tamarind.example",
        description="Owns the payment applications; requests for them wait on her.",
    ),
    Person(
        id="admin",
        oid="0b8f5c1e-6a43-4d7b-8f0e-1d2c3b4a5004",
        name="Sam Whitlock",
        title="Identity Governance Lead",
        email="sam.whitlock@tamarind.example",
        description="Runs this assistant: sees everyone's usage and the audit trail.",
        roles=("Chat.Admin",),
    ),
    Person(
        id="newcomer",
        oid="0b8f5c1e-6a43-4d7b-8f0e-1d2c3b4a5005",
        name="Priya Nair",
        title="Warehouse Planner",
        email="priya.nair@tamarind.example",
        description="Started on Monday in Logistics and has birthright access only.",
    ),
)

PEOPLE_BY_ID = {person.id: person for person in PEOPLE}
