"""The four shapes in which a tenant refuses: API, token check, rate limit and OAuth."""

from typing import Any

TITLES = {
    400: "400.1 Bad Request Content",
    403: "403 Forbidden",
    404: "404 Not found",
    500: "500.0 Internal Fault",
    503: "503 Service Unavailable",
    504: "504 Gateway Timeout",
}
TEXTS = {
    403: "The server understood the request but refuses to authorize it.",
    404: "The server did not find a current representation for the target resource.",
    500: "An internal fault occurred.",
    503: "The service is temporarily unavailable.",
    504: "The gateway did not get an answer in time.",
}


class ApiError(Exception):
    """A call that the tenant refuses. `text` says why in the words of the tenant."""

    def __init__(self, status: int, text: str = "") -> None:
        super().__init__(text or TEXTS.get(status, ""))
        self.status = status
        self.headers: dict[str, str] = {}

    def body(self, tracking_id: str) -> dict[str, Any]:
        message = {"locale": "en-US", "localeOrigin": "DEFAULT", "text": str(self)}
        return {
            "detailCode": TITLES.get(self.status, str(self.status)),
            "trackingId": tracking_id,
            "messages": [message],
            "causes": [],
        }


class TokenError(ApiError):
    """A missing, unknown or expired token."""

    def __init__(self, text: str) -> None:
        super().__init__(401, text)

    def body(self, tracking_id: str) -> dict[str, Any]:
        return {"error": f"JWT validation failed: {self}"}


class RateLimitError(ApiError):
    """Too many calls. `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(429)
        self.headers = {"retry-after": str(retry_after)}

    def body(self, tracking_id: str) -> dict[str, Any]:
        return {"message": " Rate Limit Exceeded "}


class OAuthError(ApiError):
    """A refusal by the token endpoint, RFC 6749 section 5.2."""

    def __init__(self, status: int, code: str, description: str) -> None:
        super().__init__(status, description)
        self.code = code

    def body(self, tracking_id: str) -> dict[str, Any]:
        return {"error": self.code, "error_description": str(self)}


def bad_request(text: str) -> ApiError:
    return ApiError(400, text)


def forbidden() -> ApiError:
    return ApiError(403)


def not_found() -> ApiError:
    return ApiError(404)
