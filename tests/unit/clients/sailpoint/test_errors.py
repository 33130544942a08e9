import httpx
import pytest

from modules.backend.clients.sailpoint.errors import (
    Fault,
    SailPointLimited,
    SailPointOutcomeUnknown,
    SailPointRefused,
    SailPointSignedOut,
    SailPointUnavailable,
    fault_of_status,
    tracking_id_of,
    words_of,
)

DONE_OR_NOT = {
    **dict.fromkeys((400, 403, 404, 405, 409, 410, 413, 415, 422, 451), SailPointRefused),
    401: SailPointSignedOut,
    429: SailPointLimited,
}
OPEN = (300, 302, 307, 408, 500, 501, 502, 503, 504, 599)


class TestStatuses:
    @pytest.mark.parametrize("is_write", [True, False])
    @pytest.mark.parametrize("status", DONE_OR_NOT)
    def test_a_refusal_means_that_nothing_was_done(self, status: int, is_write: bool) -> None:
        error = fault_of_status(status, is_write=is_write).error("x", answered=status)

        assert type(error) is DONE_OR_NOT[status]

    @pytest.mark.parametrize("status", OPEN)
    def test_all_else_leaves_a_write_open(self, status: int) -> None:
        write, read = (
            fault_of_status(status, is_write=is_write).error("x") for is_write in (True, False)
        )

        assert type(write) is SailPointOutcomeUnknown
        assert type(read) is SailPointUnavailable
        assert (write.retryable, read.retryable) == (False, True)


class TestWords:
    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ({"messages": [{"text": "First."}, {"text": "Second."}]}, "First. Second."),
            (
                {"error": "JWT validation failed: JWT is expired"},
                "JWT validation failed: JWT is expired",
            ),
            ({"message": " Rate Limit Exceeded "}, "Rate Limit Exceeded"),
            (
                {"error": "invalid_client", "error_description": "Bad credentials"},
                "Bad credentials",
            ),
            ({"messages": [None, {"text": 7}, {"text": "Only this."}]}, "Only this."),
            ({"messages": "odd", "error": {"odd": 1}}, ""),
            (["odd"], ""),
            ("<html>", ""),
            (None, ""),
        ],
    )
    def test_are_found_in_every_shape(self, body: object, said: str) -> None:
        assert words_of(body) == said

    def test_are_cleaned_and_cut(self) -> None:
        text = "bad\r\n\x1b[31m\u202ereversed\u200b\x00" + "x" * 1000

        said = words_of({"messages": [{"text": text}]})

        assert said.startswith("bad [31m reversed x")
        assert len(said) == 300

    def test_stay_out_of_logs_and_out_of_what_a_person_is_told(self) -> None:
        error = Fault.SAILPOINT_INVALID.error("someOperation", answered=400, said="hunter2")

        assert "hunter2" not in f"{error} {error.fields} {error.body()}"
        assert error.fields["operation"] == "someOperation"


class TestTrackingId:
    @pytest.mark.parametrize(
        ("headers", "body", "found"),
        [
            ({}, {"trackingId": "e7eab60924f6"}, "e7eab60924f6"),
            ({"SLPT-Request-ID": "abc-1"}, None, "abc-1"),
            ({"SLPT-Request-ID": "abc-1"}, {"trackingId": "in body"}, "abc-1"),
            ({}, {"trackingId": 7}, None),
            ({}, {"trackingId": "two\nlines"}, None),
            ({}, {}, None),
        ],
    )
    def test_is_taken_where_it_can_be_one(
        self, headers: dict[str, str], body: object, found: str | None
    ) -> None:
        assert tracking_id_of(httpx.Headers(headers), body) == found


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_says_what_to_do(fault: Fault) -> None:
    error = fault.error("someOperation")

    assert error.code == fault.name.lower()
    assert error.message.endswith(".")
    assert error.remedy.endswith(".")
    assert 400 <= error.status < 600
