"""Reading the demo data's lines, and dates counted from the day of the seed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from modules.sandbox.data import hostile
from modules.sandbox.sailpoint.records import Access, Identity
from modules.sandbox.sailpoint.tenant import Tenant


def rows(text: str) -> Iterator[list[str]]:
    """The fields of each line."""
    for line in text.strip().splitlines():
        yield line.split("|")


def names(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def days(tenant: Tenant, age: float | str) -> datetime:
    """So many days ago; below zero, ahead."""
    return tenant.anchor - timedelta(days=float(age))


def optional_days(tenant: Tenant, age: str) -> datetime | None:
    return days(tenant, age) if age else None


def person(tenant: Tenant, alias: str) -> Identity:
    """Raises `LookupError` for nobody."""
    identity = tenant.identity_by_alias(alias)
    if identity is None:
        raise LookupError(alias)
    return identity


def plain_or_hostile(text: str) -> str:
    """The hostile text of that name, or the text itself."""
    return str(getattr(hostile, text, text)) if text.isupper() else text


class AccessNames:
    """Finds access by its name, or an entitlement by `system/name`."""

    def __init__(self, tenant: Tenant) -> None:
        self._found: dict[str, Access] = {}
        for access in tenant.access.values():
            if access.type == "ENTITLEMENT":
                self._found[f"{tenant.sources[access.source_id or ''].name}/{access.name}"] = access
            else:
                self._found[access.name] = access

    def __getitem__(self, name: str) -> Access:
        return self._found[plain_or_hostile(name)]
