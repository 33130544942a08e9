"""Where a request comes from, as far as that can be believed.

The server has put the address that the trusted front end saw in the place of the front end's own
(`forwarded_allow_ips` in `gunicorn.conf.py`); what a client wrote itself into the header lies to
the left of that and is not read.
"""

import ipaddress

from starlette.types import Scope

UNKNOWN = "unknown"
NETWORK_BITS = 64
"""Of an IPv6 address: what one customer of a provider holds at the least."""


def client_address(scope: Scope) -> str:
    """The address to count by: an IPv4 address, or the /64 network of an IPv6 one."""
    client = scope.get("client")
    if not client:
        return UNKNOWN
    try:
        address = ipaddress.ip_address(client[0].partition("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, NETWORK_BITS), strict=False))
