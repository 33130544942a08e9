"""Identities, their governance groups, and the systems they work on."""

from modules.sandbox.data.directory import GROUPS, ROWS
from modules.sandbox.data.people import PEOPLE
from modules.sandbox.data.systems import MANUAL, SYSTEMS
from modules.sandbox.sailpoint.operations import Level
from modules.sandbox.sailpoint.records import Group, Identity, Source, hex_id
from modules.sandbox.sailpoint.seed.rows import days, names, person, rows
from modules.sandbox.sailpoint.tenant import Tenant

NEWCOMER = "priya.nair"
CONTRACT_DAYS_LEFT = 45


def add_people(tenant: Tenant) -> None:
    """The directory, with the people who can sign in under their addresses."""
    addresses = {one.email.partition("@")[0]: one.email for one in PEOPLE}
    for row in rows(ROWS):
        identity = _identity(tenant, row, addresses)
        tenant.identities[identity.id] = identity
    for name, members in GROUPS.items():
        ids = tuple(person(tenant, alias).id for alias in members)
        group = Group(hex_id("group", name), name, ids)
        tenant.groups[group.id] = group
    for name, (kind, owner, _) in SYSTEMS.items():
        source = Source(
            hex_id("source", name), name, kind, person(tenant, owner).id, manual=name == MANUAL
        )
        tenant.sources[source.id] = source


def _identity(tenant: Tenant, row: list[str], addresses: dict[str, str]) -> Identity:
    alias, first, last, title, department, location, manager, text = row
    marks = names(text)
    age = 4 if alias == NEWCOMER else tenant.random.uniform(200, 2000)
    address = addresses.get(alias, f"{alias}@tamarind.example")
    contractor = "contractor" in marks
    return Identity(
        id=hex_id("identity", alias),
        alias=alias,
        first=first,
        last=last,
        email=None if "no-email" in marks else address,
        title=title,
        department=department,
        location=location,
        created=days(tenant, age),
        manager_id=person(tenant, manager).id if manager else None,
        active="inactive" not in marks,
        contractor=contractor,
        end_date=days(tenant, -CONTRACT_DAYS_LEFT) if contractor else None,
        levels=frozenset({Level.USER} | {Level(mark) for mark in marks if mark in set(Level)}),
    )
