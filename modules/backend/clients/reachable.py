"""Whether an outside system answers at all."""

import httpx


async def answers(http: httpx.AsyncClient, url: str) -> None:
    """Returns when the system gives any answer of its own.

    Raises httpx.HTTPError when it does not, or says that it is out of order.
    """
    response = await http.get(url)
    if response.status_code >= 500:
        response.raise_for_status()
