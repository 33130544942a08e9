"""The one HTTP client for what has no package of its own."""

import httpx

TIMEOUT = httpx.Timeout(10.0, connect=5.0)


def make_http_client() -> httpx.AsyncClient:
    """A client with deadlines; whoever makes it closes it."""
    return httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False)
