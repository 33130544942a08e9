"""Errors as responses: one body for all of them, `{code, message, retryable}`."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from modules.backend.core.errors import (
    AppError,
    InvalidInput,
    NotSignedIn,
    TooMany,
    internal_error,
)
from modules.backend.core.observability import get_logger
from modules.backend.schemas.conversations import ErrorOut

log = get_logger(__name__)

RESPONSES: dict[int | str, dict[str, object]] = {
    status: {"model": ErrorOut, "description": HTTPStatus(status).phrase}
    for status in (401, 403, 404, 408, 409, 413, 422, 429, 503)
}
"""For the OpenAPI document."""

_CODES = {
    400: "not_json",
    404: "not_found",
    405: "method_not_allowed",
    408: "body_too_slow",
    413: "body_too_large",
}
_MESSAGES = {
    400: "What you sent could not be read as JSON.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    408: "What you sent took too long to arrive. Send it again.",
    413: "What you sent is too large. Send less at once.",
}


def install(app: FastAPI) -> None:
    """Makes the application answer every error in the one form."""
    app.add_exception_handler(AppError, _app_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    # Early, so that the headers which later middlewares add are on these answers too.
    app.add_middleware(LastResort)


def describe(error: RequestValidationError) -> AppError:
    """The first fault of a body, in words."""
    return fault(error.errors()[0])


def fault(first: dict[str, object]) -> AppError:
    """One of pydantic's faults, with the place it is at."""
    if first["type"] == "json_invalid":
        return InvalidInput("not_json", "What you sent is not JSON.")
    location = first["loc"]
    assert isinstance(location, tuple)
    place = ".".join(str(part) for part in location if part not in ("body", "query", "path"))
    return InvalidInput("invalid_input", f"{place or 'The body'}: {first['msg']}.")


def http_error_response(status: int) -> JSONResponse:
    """What the framework or a middleware refuses, in the same form."""
    # What is not even text is no other fault than what is not JSON.
    answered = 422 if status == 400 else status
    body = {
        "code": _CODES.get(status, "http_error"),
        "message": _MESSAGES.get(status, HTTPStatus(status).description),
        "retryable": False,
    }
    return JSONResponse(body, status_code=answered)


def error_response(error: AppError) -> JSONResponse:
    """A refusal, with the header that says what would help."""
    headers = {}
    if isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
    return JSONResponse(error.body(), status_code=error.status, headers=headers)


async def _app_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AppError)
    return error_response(error)


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return await _app_error(request, describe(error))


async def _http_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    response = http_error_response(error.status_code)
    response.headers.update(error.headers or {})
    return response


class LastResort:
    """Answers what nobody foresaw, and logs it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_noticed(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, send_noticed)
        except Exception:  # the edge of a request
            log.exception("request.failed", path=scope["path"])
            if started:
                raise  # half an answer is out: only breaking off tells the reader
            await JSONResponse(internal_error().body(), 500)(scope, receive, send)
