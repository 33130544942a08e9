"""What may reach what, by the rules of the network in the order of their priorities."""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from tests.infrastructure.configuration import ENVIRONMENTS, configuration

APP, ENDPOINT, DATABASE, MANAGEMENT, AGENT = (f"10.0.{n}.10" for n in range(1, 6))
OUTSIDE = "203.0.113.9"


@dataclass(frozen=True)
class Packet:
    """The first of a connection; TCP where nothing is said."""

    source: str
    target: str
    port: int


@pytest.mark.parametrize("environment", ENVIRONMENTS)
class TestEverywhere:
    @pytest.mark.parametrize(
        "packet",
        [
            Packet(APP, ENDPOINT, 443),
            Packet(APP, ENDPOINT, 10000),
            Packet(APP, DATABASE, 5432),
            Packet(APP, DATABASE, 6432),
            Packet(APP, OUTSIDE, 443),
            Packet(APP, "10.0.1.11", 20001),
            Packet(DATABASE, "10.0.3.11", 5432),
        ],
        ids=str,
    )
    def test_passes(self, environment: str, packet: Packet) -> None:
        assert passes(environment, packet)

    @pytest.mark.parametrize(
        "packet",
        [
            Packet(APP, OUTSIDE, 80),
            Packet(APP, OUTSIDE, 22),
            Packet(APP, OUTSIDE, 5432),
            Packet(APP, MANAGEMENT, 22),
            Packet(APP, ENDPOINT, 22),
            Packet(APP, DATABASE, 22),
            Packet(OUTSIDE, DATABASE, 5432),
            Packet(OUTSIDE, ENDPOINT, 443),
            Packet(OUTSIDE, MANAGEMENT, 22),
            Packet(MANAGEMENT, DATABASE, 5432),
            Packet(MANAGEMENT, ENDPOINT, 443),
        ],
        ids=str,
    )
    def test_is_refused(self, environment: str, packet: Packet) -> None:
        assert not passes(environment, packet)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_agents_read_the_vault_and_migrate_past_the_pooler(environment: str) -> None:
    assert passes(environment, Packet(AGENT, ENDPOINT, 443))
    assert passes(environment, Packet(AGENT, DATABASE, 5432))
    assert not passes(environment, Packet(AGENT, DATABASE, 6432))
    assert not passes(environment, Packet(AGENT, ENDPOINT, 10000))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_leaves_the_network(environment: str) -> None:
    """Whatever the standard's rule is called, it is HTTPS to anywhere, and nothing else."""
    allowed = [
        rule
        for rule in rules(environment)
        if rule["direction"] == "Outbound" and rule["access"] == "Allow"
        if "Internet" in destinations(rule)
    ]

    assert [(rule["name"], ports(rule), rule["protocol"]) for rule in allowed] == [
        ("AllowSailPointOutbound", ["443"], "Tcp")
    ]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_priorities_are_told_apart(environment: str) -> None:
    found = [
        (rule["network_security_group_name"], rule["direction"], rule["priority"])
        for rule in rules(environment)
    ]

    assert len(set(found)) == len(found)


def rules(environment: str) -> list[Any]:
    return list(configuration(environment).resources("azurerm_network_security_rule").values())


def passes(environment: str, packet: Packet) -> bool:
    """Whether the group around the source lets it out, and the one around the target in."""
    return _verdict(environment, packet, packet.source, "Outbound") and _verdict(
        environment, packet, packet.target, "Inbound"
    )


def _verdict(environment: str, packet: Packet, at: str, direction: str) -> bool:
    subnets = configuration(environment).value("azurerm_subnet.this")
    around = [key for key, subnet in subnets.items() if within(at, subnet["address_prefixes"][0])]
    mine = [
        rule
        for rule in rules(environment)
        if rule["direction"] == direction
        if rule["network_security_group_name"] in [f"{key}-nsg" for key in around]
    ]
    for rule in sorted(mine, key=lambda rule: rule["priority"]):
        if (
            within(packet.source, rule["source_address_prefix"])
            and any(within(packet.target, place) for place in destinations(rule))
            and any(holds(port, packet.port) for port in ports(rule))
        ):
            return bool(rule["access"] == "Allow")
    # Azure's own rules: everything may leave, and inside the network everything may come.
    return direction == "Outbound" or packet.source != OUTSIDE or not around


def destinations(rule: Any) -> list[str]:
    one, several = rule["destination_address_prefix"], rule["destination_address_prefixes"]
    return several if one is None else [one]


def ports(rule: Any) -> list[str]:
    one, several = rule["destination_port_range"], rule["destination_port_ranges"]
    return several if one is None else [one]


def within(address: str, place: str) -> bool:
    if place == "*":
        return True
    if place == "Internet":
        return not within(address, "10.0.0.0/16")
    return ip_address(address) in ip_network(place)


def holds(ports: str, port: int) -> bool:
    if ports == "*":
        return True
    first, _, last = ports.partition("-")
    return int(first) <= port <= int(last or first)
