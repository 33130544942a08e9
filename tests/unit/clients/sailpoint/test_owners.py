"""No method of the client can ask for somebody's queue without saying whose it is."""

import inspect
from collections.abc import Iterator
from typing import Any

import pytest

from modules.backend.clients.sailpoint import (
    access,
    approvals,
    certifications,
    identities,
    request_rules,
    requestable,
    requests,
)
from modules.backend.core.errors import InvalidInput

SUBJECTS = (
    access.Access,
    approvals.Approvals,
    certifications.Certifications,
    identities.Identities,
    request_rules.RequestRules,
    requestable.Requestable,
    requests.Requests,
)
# Whose records, or which one record, a call is about. A Certification is given out to its reviewer.
NAMES_SOMEBODY = frozenset(
    {
        "owner_id",
        "requested_for",
        "reviewer_id",
        "identity_id",
        "manager_id",
        "email",
        "certification",
    }
)
# What is no person's: the organisation's rules, and roles and access profiles by their ids.
NOBODYS = frozenset({"Requestable.config", "Access.bundles", "RequestRules.of"})
# Writes name the record that was read for its owner just before; SailPoint has no owner in them.
WRITES = frozenset({"Approvals.approve", "Approvals.reject", "Requests.create", "Requests.cancel"})


def methods() -> Iterator[tuple[str, Any]]:
    for subject in SUBJECTS:
        for name, method in inspect.getmembers(subject, inspect.isfunction):
            if not name.startswith("_"):
                yield f"{subject.__name__}.{name}", method


METHODS = list(methods())


@pytest.mark.parametrize(("name", "method"), METHODS, ids=[name for name, _ in METHODS])
def test_every_read_demands_whose_it_is(name: str, method: Any) -> None:
    parameters = inspect.signature(method).parameters
    owners = [parameters[one] for one in NAMES_SOMEBODY & parameters.keys()]

    if name in NOBODYS | WRITES:
        assert owners == []
        return
    assert owners, "it asks about nobody in particular"
    for owner in owners:
        assert owner.default is inspect.Parameter.empty
        assert "None" not in str(owner.annotation)


def test_what_is_excepted_is_there() -> None:
    assert {name for name, _ in METHODS} >= NOBODYS | WRITES


class Silent:
    """Would be asked, and must not be."""

    def all_of(self, query: Any) -> None:
        raise AssertionError(query)


@pytest.mark.parametrize("empty", ["", " ", "a b", "me", "a\n"])
def test_an_owner_that_is_empty_is_refused_before_anything_is_asked(empty: str) -> None:
    calls: Any = Silent()

    with pytest.raises(InvalidInput):
        approvals.Approvals(calls).pending(owner_id=empty)
    with pytest.raises(InvalidInput):
        certifications.Certifications(calls).of_reviewer(reviewer_id=empty)
    with pytest.raises(InvalidInput):
        requests.Requests(calls).statuses(requested_for=empty)
