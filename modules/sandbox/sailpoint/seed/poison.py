"""Orders in every text that somebody wrote. What was empty stays empty: that is a fact, too."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, cycle
from typing import Any

from modules.sandbox.data.hostile import ORDERS
from modules.sandbox.sailpoint.tenant import Tenant


def poison(tenant: Tenant) -> None:
    """Adds an order to every such text; ids, dates and marks stay as they are."""
    orders = cycle(ORDERS)
    for record, names in _records(tenant):
        for name in names:
            text = getattr(record, name)
            if text:
                setattr(record, name, f"{text} {next(orders)}")
    for requested in tenant.requests.values():
        requested.errors = [f"{text} {next(orders)}" for text in requested.errors]
    # Requests name the policy that they break: the two must stay the same.
    policies = {name: f"{name} {next(orders)}" for name, _, _ in tenant.conflicts}
    tenant.conflicts = [(policies[name], left, right) for name, left, right in tenant.conflicts]
    for requested in tenant.requests.values():
        requested.policy = requested.policy and policies[requested.policy]


def _records(tenant: Tenant) -> Iterator[tuple[Any, Sequence[str]]]:
    """Each record with the names of its texts."""
    approvals, requests = tenant.approvals.values(), tenant.requests.values()
    texts: Sequence[tuple[Iterable[Any], Sequence[str]]] = (
        (tenant.identities.values(), ("first", "last", "title", "department", "location")),
        (tenant.sources.values(), ("name",)),
        (tenant.groups.values(), ("name",)),
        (chain.from_iterable(tenant.accounts.values()), ("native_identity",)),
        (tenant.access.values(), ("name", "description", "value")),
        (chain.from_iterable(tenant.holdings.values()), ("comment",)),
        (requests, ("comment",)),
        ([one.cancelled for one in requests if one.cancelled], ("comment",)),
        (approvals, ("comment",)),
        (
            chain.from_iterable(one.forwards for one in approvals),
            ("from_name", "to_name", "by_name", "comment"),
        ),
        (tenant.campaigns.values(), ("name", "description")),
        (tenant.certifications.values(), ("name", "reassigned_because")),
        (
            chain.from_iterable(items.values() for items in tenant.review_items.values()),
            ("comment",),
        ),
    )
    for records, names in texts:
        for record in records:
            yield record, names
