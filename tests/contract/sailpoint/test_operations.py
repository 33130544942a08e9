"""The tenant's authorisation table against the contract."""

import pytest

from modules.sandbox.sailpoint.operations import OPERATIONS, Level
from tests.contract.sailpoint.contract import operations

TABLE = [operation for operation in OPERATIONS if operation.kinds]

# The prose lets more people in than the levels say: whose records are asked for decides.
WIDER_THAN_THE_LEVELS = {
    "listRequestableObjectsV1",
    "cancelAccessRequestV1",
    "listAccessRequestStatusV1",
    "listPendingApprovalsV1",
    "listCompletedApprovalsV1",
    "approveAccessRequestV1",
    "getIdentityCertificationV1",
    "listIdentityAccessReviewItemsV1",
    "getIdentitySummariesV1",
    "getIdentityDecisionSummaryV1",
    "makeIdentityDecisionV1",
    "signOffIdentityCertificationV1",
}
# Without levels in the document: the prose and what tenants do say more.
NARROWER_THAN_THE_DOCUMENT = {"listEntitlementsByIdentityV1", "searchCountV1"}


def test_has_every_operation_of_the_contract():
    assert {operation.name for operation in TABLE} == operations().keys()


@pytest.mark.parametrize("operation", TABLE, ids=lambda operation: operation.name)
def test_is_the_contracts(operation):
    method, path, definition = operations()[operation.name]
    security = definition["security"]
    scopes = {scope for entry in security for names in entry.values() for scope in names}

    assert (operation.method, operation.path) == (method, path)
    assert operation.scopes == scopes
    assert operation.kinds == {kind for entry in security for kind in entry}


@pytest.mark.parametrize("operation", TABLE, ids=lambda operation: operation.name)
def test_levels_are_the_documents_or_a_known_exception(operation):
    declared = set(operations()[operation.name][2].get("x-sailpoint-userLevels", ()))
    if not declared or declared & {"Any", "USER"}:
        expected = operation.name not in NARROWER_THAN_THE_DOCUMENT
    else:
        expected = operation.name in WIDER_THAN_THE_LEVELS

    assert (Level.USER in operation.levels) is expected


def test_experimental_operations_want_the_header():
    declared = {
        name
        for name, (_, _, definition) in operations().items()
        if any(one.get("in") == "header" for one in definition.get("parameters", ()))
    }

    assert {operation.name for operation in TABLE if operation.experimental} == declared
