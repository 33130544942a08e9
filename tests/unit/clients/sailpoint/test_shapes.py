"""Reading what SailPoint says, however odd, and writing only what it takes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import UnionType
from typing import Any, Union, get_args, get_origin
from uuid import UUID

import pytest

from modules.backend.clients.sailpoint import client  # noqa: F401  # knows every shape
from modules.backend.clients.sailpoint.access import AccessDocument
from modules.backend.clients.sailpoint.approvals import PendingApproval
from modules.backend.clients.sailpoint.certifications import Decision
from modules.backend.clients.sailpoint.requests import AccessRequest, RequestStatus
from modules.backend.clients.sailpoint.review_items import ReviewItem
from modules.backend.clients.sailpoint.shapes import Lenient, Strict, checked_words
from modules.backend.core.errors import InvalidInput

REFERENCE = UUID("11111111-2222-4333-8444-555555555555")


def below(kind: type[Any]) -> Iterator[type[Any]]:
    for sub in kind.__subclasses__():
        yield sub
        yield from below(sub)


SHAPES = sorted(set(below(Lenient)), key=lambda shape: shape.__name__)
GARBAGE = [None, "", "odd", 7, -1.5, True, [], ["odd"], {}, {"odd": 1}, [[{}]], "2026-99-99"]


def names(shape: type[Lenient], *, required: bool) -> list[str]:
    fields = shape.model_fields.items()
    return [str(f.alias) for _, f in fields if f.is_required() is required]


def least(shape: type[Lenient]) -> dict[str, Any]:
    return dict.fromkeys(names(shape, required=True), "id-1")


every_shape = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)


class TestReading:
    @every_shape
    def test_needs_no_more_than_ids(self, shape: type[Lenient]) -> None:
        assert shape.model_validate(least(shape))
        assert len(names(shape, required=True)) <= 1

    @every_shape
    def test_passes_over_what_is_new(self, shape: type[Lenient]) -> None:
        assert shape.model_validate(least(shape) | {"brandNew": {"deep": [1]}})

    @every_shape
    def test_survives_anything_in_any_field(self, shape: type[Lenient]) -> None:
        for name in names(shape, required=False):
            for value in GARBAGE:
                assert shape.model_validate(least(shape) | {name: value})

    @every_shape
    def test_has_no_closed_set_of_values(self, shape: type[Lenient]) -> None:
        kinds = [kind for f in shape.model_fields.values() for kind in parts(f.annotation)]

        assert not [kind for kind in kinds if hasattr(kind, "__members__")]

    def test_keeps_the_good_rows_of_a_list(self) -> None:
        rows = [{"id": "a"}, {"name": "without an id"}, None, "odd", {"id": "b", "source": 7}]

        document = AccessDocument.model_validate({"id": "p", "access": rows})

        assert [(item.id, item.source) for item in document.access] == [("a", None), ("b", None)]

    def test_takes_values_that_the_contract_does_not_list(self) -> None:
        row = {
            "accessRequestId": "r",
            "state": "NEW_STATE",
            "approvalDetails": [{"scheme": "WORKFLOW"}],
        }

        status = RequestStatus.model_validate(row)

        assert (status.state, status.approval_details[0].scheme) == ("NEW_STATE", "WORKFLOW")

    @pytest.mark.parametrize(
        ("metadata", "reference"),
        [
            ({"icarusReference": str(REFERENCE)}, REFERENCE),
            ({"icarusReference": "not ours"}, None),
            ({"icarusReference": None}, None),
            ({}, None),
            (None, None),
        ],
    )
    def test_finds_our_reference(self, metadata: Any, reference: UUID | None) -> None:
        row = {"accessRequestId": "r", "clientMetadata": metadata}

        assert RequestStatus.model_validate(row).reference == reference

    def test_an_approval_without_a_readable_owner_has_none(self) -> None:
        assert PendingApproval.model_validate({"id": "a", "owner": "odd"}).owner is None

    @pytest.mark.parametrize(
        ("summary", "is_revocable"),
        [
            ({"role": {"revocable": False}}, False),
            ({"entitlement": {"revocable": True}}, True),
            ({"entitlement": {}}, None),
            ({"accessProfile": {"id": "a"}}, None),
            (None, None),
        ],
    )
    def test_an_item_says_whether_it_can_be_revoked(
        self, summary: Any, is_revocable: bool | None
    ) -> None:
        item = ReviewItem.model_validate({"id": "i", "accessSummary": summary})

        assert item.is_revocable is is_revocable


def parts(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) in (Union, UnionType, list, dict):
        for part in get_args(annotation):
            yield from parts(part)
    else:
        yield annotation


def grant(**fields: Any) -> dict[str, Any]:
    item = {"type": "ROLE", "id": "role-1"} | fields.pop("item", {})
    return {
        "request_type": "GRANT_ACCESS",
        "requested_for": ["person-1"],
        "requested_items": [item],
    } | fields


def revoke(**fields: Any) -> dict[str, Any]:
    return (
        grant(item={"comment": "Left."} | fields.pop("item", {}))
        | {"request_type": "REVOKE_ACCESS"}
        | fields
    )


def entitlements(count: int) -> list[dict[str, str]]:
    return [{"type": "ENTITLEMENT", "id": f"e-{n}", "comment": "x"} for n in range(count)]


class TestRequests:
    def test_leave_out_what_is_not_set(self) -> None:
        assert AccessRequest.of(**grant()).tagged(REFERENCE) == {
            "requestType": "GRANT_ACCESS",
            "requestedFor": ["person-1"],
            "requestedItems": [
                {
                    "type": "ROLE",
                    "id": "role-1",
                    "clientMetadata": {"icarusReference": str(REFERENCE)},
                }
            ],
        }

    def test_name_chosen_accounts_in_the_nested_form_alone(self) -> None:
        account = {"source_id": "source-1", "native_identity": "CN=Lena", "account_uuid": "u"}
        end = datetime(2027, 1, 1, tzinfo=UTC)

        body = AccessRequest.of(
            **grant(accounts=[account], item={"remove_date": end, "comment": " why "})
        ).tagged(REFERENCE)

        assert body == {
            "requestType": "GRANT_ACCESS",
            "requestedForWithRequestedItems": [
                {
                    "identityId": "person-1",
                    "requestedItems": [
                        {
                            "type": "ROLE",
                            "id": "role-1",
                            "comment": "why",
                            "removeDate": "2027-01-01T00:00:00Z",
                            "clientMetadata": {"icarusReference": str(REFERENCE)},
                            "accountSelection": [
                                {
                                    "sourceId": "source-1",
                                    "accounts": [{"accountUuid": "u", "nativeIdentity": "CN=Lena"}],
                                }
                            ],
                        }
                    ],
                }
            ],
        }

    @pytest.mark.parametrize(
        "fields",
        [
            grant(),
            revoke(),
            grant(requested_items=entitlements(25), requested_for=[f"p-{n}" for n in range(10)]),
            grant(requested_for=[f"p-{n}" for n in range(11)]),
            revoke(requested_items=entitlements(1)),
        ],
    )
    def test_that_keep_the_rules_are_made(self, fields: dict[str, Any]) -> None:
        assert AccessRequest.of(**fields)

    @pytest.mark.parametrize(
        "fields",
        [
            grant(item={"comment": ""}),
            grant(item={"comment": "   "}),
            grant(item={"id": ""}),
            grant(item={"id": "me"}),
            grant(item={"type": "SOURCE"}),
            grant(item={"made_up": 1}),
            grant(item={"remove_date": ""}),
            grant(item={"remove_date": datetime(2027, 1, 1)}),  # noqa: DTZ001  # that is the fault
            grant(requested_for=[]),
            grant(requested_for="person-1"),
            grant(requested_for=[""]),
            grant(requested_items=[]),
            grant(request_type="MODIFY_ACCESS"),
            grant(made_up=1),
            grant(requested_items=entitlements(26)),
            grant(requested_items=entitlements(1), requested_for=[f"p-{n}" for n in range(11)]),
            grant(
                requested_for=["a", "b"],
                accounts=[{"source_id": "s", "native_identity": "n"}],
            ),
            revoke(item={"comment": None}),
            revoke(requested_for=["a", "b"]),
            revoke(requested_items=entitlements(2)),
            revoke(item={"start_date": datetime(2027, 1, 1, tzinfo=UTC)}),
            revoke(accounts=[{"source_id": "s", "native_identity": "n"}]),
        ],
    )
    def test_that_break_one_are_refused(self, fields: dict[str, Any]) -> None:
        with pytest.raises(InvalidInput):
            AccessRequest.of(**fields)

    def test_a_refusal_does_not_repeat_what_was_written(self) -> None:
        with pytest.raises(InvalidInput) as refused:
            AccessRequest.of(**grant(item={"id": "hunter2 ?"}))

        assert "hunter2" not in refused.value.message


class TestDecisions:
    def test_are_written_without_what_is_not_set(self) -> None:
        assert Decision.of(id="i", decision="APPROVE").body() == {"id": "i", "decision": "APPROVE"}

    @pytest.mark.parametrize(
        "fields",
        [
            {"id": "i", "decision": "MAYBE"},
            {"id": "", "decision": "APPROVE"},
            {"id": "i", "decision": "REVOKE", "comments": " "},
            {
                "id": "i",
                "decision": "APPROVE",
                "proposed_end_date": datetime(2027, 1, 1, tzinfo=UTC),
            },
        ],
    )
    def test_that_cannot_be_are_refused(self, fields: dict[str, Any]) -> None:
        with pytest.raises(InvalidInput):
            Decision.of(**fields)


class TestComments:
    def test_are_stripped(self) -> None:
        assert checked_words("  because \n") == "because"

    @pytest.mark.parametrize("text", ["", "   ", "\n\t", "x" * 2001])
    def test_that_say_nothing_or_too_much_are_refused(self, text: str) -> None:
        with pytest.raises(InvalidInput):
            checked_words(text)


@pytest.mark.parametrize("shape", sorted(set(below(Strict)), key=lambda s: s.__name__))
def test_every_request_shape_is_strict(shape: type[Strict]) -> None:
    assert shape.model_config["extra"] == "forbid"
