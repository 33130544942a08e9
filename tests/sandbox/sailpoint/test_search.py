"""The search language and paging of `POST /search`."""

import pytest

from modules.sandbox.sailpoint.errors import ApiError
from modules.sandbox.sailpoint.search_query import SearchQuery, Vocabulary
from tests.sandbox.sailpoint.tenant_client import TenantClient, id_of, role

VOCABULARY = Vocabulary(
    frozenset({"id", "name", "description", "privileged", "manager.id"}),
    {"access": frozenset({"id", "name"})},
)
DOCUMENTS = [
    {"id": "1", "name": "Payment Release", "privileged": True, "manager": {"id": "9"}},
    {"id": "2", "name": "Invoice Entry", "privileged": False, "description": "Enters: invoices"},
    {
        "id": "3",
        "name": "payments-read",
        "access": [{"id": "a", "name": "x"}, {"id": "b", "name": "y"}],
    },
]


def found(text: str) -> list[str]:
    matches = SearchQuery(text, VOCABULARY).matches
    return [one["id"] for one in DOCUMENTS if matches(one)]


class TestLanguage:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("*", ["1", "2", "3"]),
            ('id:"2"', ["2"]),
            ("manager.id:9", ["1"]),
            ("privileged:true", ["1"]),
            ("name:*pay*", ["1", "3"]),
            ("name:pay*", ["1", "3"]),
            ('name:"payment release"', ["1"]),
            ("name:release", ["1"]),
            ("invoices", ["2"]),
            ("privileged:true AND name:*pay*", ["1"]),
            ("id:1 OR id:3", ["1", "3"]),
            ("id:1 id:3", ["1", "3"]),
            ("NOT id:1", ["2", "3"]),
            ("name:*e* AND NOT (id:1 OR id:3)", ["2"]),
            ('@access(id:"a" AND name:x)', ["3"]),
            ("@access(id:a AND name:y)", []),
            (r"description:Enters\:", ["2"]),
            ('name:"AND"', []),
        ],
    )
    def test_finds(self, text, expected):
        assert found(text) == expected

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "colour:red",
            "name:[a TO b]",
            "name:pay~",
            "name:/pay.*/",
            "AND id:1",
            "id:1 AND",
            "(id:1",
            "id:1)",
            'name:"open',
            "@accounts(id:1)",
            "@access(colour:1)",
        ],
    )
    def test_refuses_the_rest(self, text):
        with pytest.raises(ApiError) as raised:
            found(text)

        assert raised.value.status == 400


def search(tenant: TenantClient, text: str, *, index: str = "identities", by="api-client", **body):
    body = {"indices": [index], "query": {"query": text}, **body}
    return tenant.post("/search/v1", body, by=by)


@pytest.mark.integration
class TestOverHttp:
    def test_lists_reports_of_a_manager(self, shared):
        query = f'manager.id:"{id_of("tomas.rivera")}"'
        chosen = {"includes": ["id", "displayName", "email"]}
        rows = search(shared, query, sort=["id"], queryResultFilter=chosen).json()

        assert len(rows) == 12
        assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
        assert set(rows[0]) == {"id", "displayName", "email", "_type", "type", "_version"}

    def test_shows_all_access_of_a_person(self, shared):
        [row] = search(shared, f'id:"{id_of("lena.marsh")}"').json()
        by_name = {one["name"]: one for one in row["access"]}

        assert row["accessCount"] == len(row["access"])
        assert by_name["Employee"]["revocable"] is False
        assert by_name["Finance Analyst"]["revocable"] is True
        assert by_name["Finance Reporting"]["revocable"] is False
        assert by_name["Teams Voice"]["standalone"] is True
        assert by_name["VPN Users"]["standalone"] is False
        assert by_name["Teams Voice"]["source"]["name"] == "Entra ID"

    def test_leaves_nested_lists_out(self, shared):
        [row] = search(shared, f'id:"{id_of("lena.marsh")}"', includeNested=False).json()

        assert "access" not in row
        assert row["accessCount"] > 0

    def test_counts_who_shares_access(self, shared):
        holders = f'@access(id:"{role("Finance Analyst")}")'
        body = {"indices": ["identities"], "query": {"query": holders}}
        answer = shared.post("/search/v1/count", body)

        assert answer.status_code == 204
        assert int(answer.headers["x-total-count"]) == len(search(shared, holders).json()) >= 2

    def test_finds_requestable_entitlements(self, shared):
        rows = search(shared, "requestable:true AND name:*invoice*", index="entitlements").json()

        assert {row["name"] for row in rows} == {
            "Invoice Display",
            "Invoice Entry",
            "Invoice Release",
        }

    def test_pages_on_after_the_last_one(self, shared):
        sort = {"sort": ["displayName", "id"]}
        everything = [row["id"] for row in search(shared, "*", **sort).json()]
        seen: list[dict] = []
        while True:
            after = {"searchAfter": [seen[-1]["displayName"], seen[-1]["id"]]} if seen else {}
            body = {"indices": ["identities"], "query": {"query": "*"}, **sort, **after}
            page = shared.call("POST", "/search/v1", json=body, params={"limit": 10}).json()
            if not page:
                break
            seen += page

        # Two people have the same name: only the id tells them apart.
        assert [row["id"] for row in seen] == everything
        assert len(everything) == 41

    def test_total_is_told_when_asked_for(self, shared):
        body = {"indices": ["roles"], "query": {"query": "*"}}
        answer = shared.call("POST", "/search/v1", json=body, params={"count": "true", "limit": 1})

        assert answer.headers["x-total-count"] == "12"
        assert len(answer.json()) == 1

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"query": {"query": "*"}, "indices": ["events"]},
            {"query": {"query": "*"}, "indices": "identities"},
            {"query": {"query": "*"}, "queryType": "DSL"},
            {"query": {"query": "*"}, "aggregations": {}},
            {"query": {"query": "*", "fields": "name"}},
            {"query": {"query": "*"}, "sort": ["displayName", "id"], "searchAfter": ["A"]},
            {"query": {"query": "*"}, "sort": ["displayName"], "searchAfter": ["A"]},
            {"query": {"query": "*"}, "queryResultFilter": []},
        ],
    )
    def test_refuses_what_it_does_not_support(self, shared, body):
        assert shared.post("/search/v1", body).status_code == 400

    @pytest.mark.parametrize(("limit", "status"), [(10_000, 200), (10_001, 400)])
    def test_takes_ten_thousand_at_a_time(self, shared, limit, status):
        body = {"indices": ["roles"], "query": {"query": "*"}}
        answer = shared.call("POST", "/search/v1", json=body, params={"limit": limit})

        assert answer.status_code == status
