"""What the access routes take. A parameter under another name would be passed over in silence."""

import pytest
from fastapi import FastAPI

from modules.backend.api.http.access import router


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/api/access", {"personId"}),
        ("/api/requestable", {"personId", "query", "cursor"}),
        ("/api/requests", set()),
        ("/api/team", set()),
    ],
)
def test_parameters_have_their_documented_names(path: str, names: set[str]) -> None:
    app = FastAPI()
    app.include_router(router)
    operation = app.openapi()["paths"][path]["get"]
    taken = {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}

    assert taken == names
