"""TCP ports of this computer."""

import socket


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_in_use(port: int) -> bool:
    """Whether somebody answers on the port, on any of the addresses called localhost."""
    try:
        socket.create_connection(("localhost", port), timeout=1).close()
    except OSError:
        return not _can_bind(port)
    return True


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        # As the servers do: connections of an earlier run that still time out are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True
