"""The contract's schemas as they are meant, and the script that makes the file."""

import pytest

from tests.contract.sailpoint.contract import document, problems, schema_named, undocumented
from tests.contract.sailpoint.reduce import CALLED, reduce_document, references, without_prose

TEXT = {"type": "string"}
ROLE_HELD = {"type": "ROLE", "id": "1", "name": "Clerk", "disabled": False}
PERSON = {"type": "object", "properties": {"id": TEXT}, "required": ["id"]}


class TestNull:
    @pytest.mark.parametrize(
        "schema",
        [
            {"type": "string", "nullable": True},
            {"type": "string", "enum": ["A", None], "nullable": True},
            {"allOf": [PERSON, {"nullable": True}]},
            {"$ref": "#/components/schemas/reviewer", "nullable": True},
        ],
    )
    def test_is_allowed_where_it_is_meant(self, schema):
        assert problems(schema, None) == []

    @pytest.mark.parametrize("schema", [TEXT, PERSON, {"allOf": [PERSON]}])
    def test_is_refused_elsewhere(self, schema):
        assert problems(schema, None)

    def test_of_a_nullable_enum_leaves_other_values_refused(self):
        schema = {"type": "string", "enum": ["A"], "nullable": True}

        assert problems(schema, "A") == []
        assert problems(schema, "B")


class TestDiscriminator:
    def test_chooses_the_schema(self):
        assert problems(schema_named("identityaccess"), ROLE_HELD) == []
        assert problems(schema_named("identityaccess"), {**ROLE_HELD, "disabled": "no"})

    def test_refuses_what_it_does_not_know(self):
        assert problems(schema_named("identityaccess"), {**ROLE_HELD, "type": "KEY"})


class TestProblems:
    def test_names_the_place(self):
        found = problems({"type": "array", "items": PERSON}, [{"id": "1"}, {}])

        assert found == ["$[1]: 'id' is a required property"]

    def test_looks_at_times(self):
        schema = {"type": "string", "format": "date-time"}

        assert problems(schema, "2026-11-23T10:00:00.000Z") == []
        assert problems(schema, "yesterday")

    def test_follows_references(self):
        assert problems(schema_named("pendingapproval"), {"id": 5})


class TestUndocumented:
    def test_finds_fields_at_any_depth(self):
        schema = {"type": "array", "items": {"allOf": [PERSON, {"properties": {"boss": PERSON}}]}}
        body = [{"id": "1", "boss": {"id": "2", "nmae": "x"}}]

        assert list(undocumented(schema, body)) == ["$[].boss.nmae"]

    def test_knows_maps(self):
        schema = {"type": "object", "additionalProperties": TEXT}

        assert list(undocumented(schema, {"anything": "goes"})) == []


class TestReduction:
    def test_every_called_operation_is_there(self):
        found = {
            f"{method.upper()} {path}"
            for path, item in document()["paths"].items()
            for method in item
        }

        assert found == CALLED

    def test_every_reference_leads_somewhere(self):
        components = document()["components"]
        missing = [
            reference
            for reference in references(document())
            if reference.split("/")[3] not in components[reference.split("/")[2]]
        ]

        assert missing == []

    def test_reducing_again_changes_nothing(self):
        assert reduce_document(document()) == document()

    def test_drops_prose_and_keeps_properties_of_such_names(self):
        schema = {"description": "x", "properties": {"description": {"summary": "y", **TEXT}}}

        assert without_prose(schema) == {"properties": {"description": TEXT}}
