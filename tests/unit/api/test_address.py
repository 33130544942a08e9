import pytest

from modules.backend.api.address import client_address


@pytest.mark.parametrize(
    ("client", "counted"),
    [
        (("203.0.113.7", 4000), "203.0.113.7"),
        (("2001:db8:1:2:3:4:5:6", 4000), "2001:db8:1:2::/64"),
        (("::ffff:203.0.113.7", 4000), "203.0.113.7"),
        (("fe80::1%eth0", 4000), "fe80::/64"),
        (("somewhere", 0), "unknown"),
        (("", 0), "unknown"),
        (None, "unknown"),
    ],
)
def test_an_address_to_count_by(client: tuple[str, int] | None, counted: str) -> None:
    assert client_address({"type": "http", "client": client}) == counted
