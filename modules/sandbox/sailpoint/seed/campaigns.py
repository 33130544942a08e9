"""Certification campaigns with what is to be reviewed in them."""

from modules.sandbox.data.campaigns import CAMPAIGNS, CERTIFICATIONS, LARGE, REASSIGNED_BECAUSE
from modules.sandbox.sailpoint.records import (
    Campaign,
    Certification,
    Holding,
    Identity,
    ReviewItem,
    hex_id,
)
from modules.sandbox.sailpoint.seed.holdings import draw_holdings
from modules.sandbox.sailpoint.seed.rows import days, names, person, rows
from modules.sandbox.sailpoint.tenant import Tenant

REVOKED_SHARE = 0.15
NEW_SHARE = 0.1
REPORTS = "reports-of:"
AS_LISTED = "lena.marsh"
REVOKED_BECAUSE = "Not used any more."


def add_campaigns(tenant: Tenant, *, large_items: int) -> None:
    """large_items: how many items the large certification has"""
    for key, name, kind, status, age, left, comments, description in rows(CAMPAIGNS):
        campaign = Campaign(
            id=hex_id("campaign", key),
            name=name,
            description=description,
            type=kind,
            status=status,
            created=days(tenant, age),
            deadline=days(tenant, -float(left)),
            comments=comments,
        )
        tenant.campaigns[campaign.id] = campaign
    for row in rows(CERTIFICATIONS):
        _add_certification(tenant, row, large_items)


def _add_certification(tenant: Tenant, row: list[str], large_items: int) -> None:
    key, campaign_key, name, reviewer, phase, people, total, decided, text = row
    campaign = tenant.campaigns[hex_id("campaign", campaign_key)]
    marks = names(text)
    groups = {group.name: group.id for group in tenant.groups.values()}
    certification = Certification(
        id=hex_id("certification", key),
        name=name,
        campaign_id=campaign.id,
        reviewer_id=groups.get(reviewer) or person(tenant, reviewer).id,
        phase=phase,
        created=campaign.created,
        modified=campaign.created,
        due=campaign.deadline,
        by_group=reviewer in groups,
        signed=days(tenant, 2) if phase == "SIGNED" else None,
    )
    for mark in marks:
        if mark.startswith("from:"):
            certification.reassigned_from = hex_id("certification", mark.removeprefix("from:"))
            certification.reassigned_because = REASSIGNED_BECAUSE
    tenant.certifications[certification.id] = certification
    number = large_items if key == LARGE else int(total)
    reviewed = _reviewed(tenant, _people(tenant, people), number, "privileged" in marks)
    for held in reviewed:
        item = _item(tenant, certification, held)
        tenant.review_items[certification.id][item.id] = item
    _decide(tenant, certification, int(decided))


def _people(tenant: Tenant, text: str) -> list[Identity]:
    found = []
    for name in names(text):
        if name.startswith(REPORTS):
            found += tenant.reports_of(person(tenant, name.removeprefix(REPORTS)).id)
        else:
            found.append(person(tenant, name))
    return found


def _reviewed(
    tenant: Tenant, people: list[Identity], number: int, privileged: bool
) -> list[Holding]:
    """So many holdings of the people, some of them drawn if there are too few."""
    by_person = {one.id: _holdings(tenant, one, privileged) for one in people}
    elastic = [one for one in people if one.alias != AS_LISTED]
    missing = number - sum(map(len, by_person.values()))
    for position, one in enumerate(elastic):
        share = missing // (len(elastic) - position)
        if share > 0:
            by_person[one.id] += draw_holdings(tenant, one, share, privileged=privileged)
        missing = number - sum(map(len, by_person.values()))
    return [held for holdings in by_person.values() for held in holdings][:number]


def _holdings(tenant: Tenant, identity: Identity, privileged: bool) -> list[Holding]:
    mine = tenant.holdings[identity.id]
    return [one for one in mine if not privileged or tenant.access[one.access_id].privileged]


def _item(tenant: Tenant, certification: Certification, held: Holding) -> ReviewItem:
    source_id = tenant.access[held.access_id].source_id
    accounts = tenant.accounts[held.identity_id]
    return ReviewItem(
        id=hex_id("review-item", certification.id, held.identity_id, held.access_id),
        certification_id=certification.id,
        identity_id=held.identity_id,
        access_id=held.access_id,
        new_access=tenant.random.random() < NEW_SHARE,
        account_id=next((one.id for one in accounts if one.source_id == source_id), None),
    )


def _decide(tenant: Tenant, certification: Certification, number: int) -> None:
    items = list(tenant.review_items[certification.id].values())
    for item in items[len(items) - number :]:
        access = tenant.access[item.access_id]
        revoked = not access.by_criteria and tenant.random.random() < REVOKED_SHARE
        item.decision = "REVOKE" if revoked else "APPROVE"
        item.comment = REVOKED_BECAUSE if revoked else None
