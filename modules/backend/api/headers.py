"""Headers that every response carries, and the rules that the page lives under."""

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from modules.backend.core.config import Settings

# Fluent's style engine makes <style> elements that are empty and fills them through the CSSOM.
EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"

RETURN_PAGE = "/redirect.html"
"""Where the sign-in service sends people back to; renewing a sign-in shows it in a hidden frame."""


def security_headers(settings: Settings) -> dict[str, str]:
    issuer = urlsplit(settings.auth.issuer)
    policy = {
        "default-src": "'self'",
        "connect-src": f"'self' {issuer.scheme}://{issuer.netloc}",
        "frame-src": f"'self' {issuer.scheme}://{issuer.netloc}",
        "img-src": "'self' data:",
        "style-src": f"'self' {EMPTY_STYLE}",
        "script-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{k} {v}" for k, v in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    }


def for_our_frames(headers: dict[str, str]) -> dict[str, str]:
    """The same for a page that our own pages, and no others, may show in a frame.

    The sign-in's library wants no opener policy there.
    """
    policy = headers["Content-Security-Policy"]
    return headers | {
        "Content-Security-Policy": policy.replace(
            "frame-ancestors 'none'", "frame-ancestors 'self'"
        ),
        "X-Frame-Options": "SAMEORIGIN",
        "Cross-Origin-Opener-Policy": "unsafe-none",
    }


class SecurityHeaders:
    """Adds the headers to every HTTP response."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self._app = app
        self._headers = headers
        self._framed = for_our_frames(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                framed = scope["path"] == RETURN_PAGE
                for name, value in (self._framed if framed else self._headers).items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)
