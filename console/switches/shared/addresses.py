"""Which address a webhook may be sent to: looked up once, checked, and then connected to as checked."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from console.http import HttpFailure, Kind, check_url

LOOK_UP_DEADLINE_S = 3.0

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


async def checked_address(url: str, *, allow_private: bool) -> str:
    """The address to connect to for this URL. Raises HttpFailure where it must not be used.

    https only, with one exception: plain http to this machine itself, where private addresses are allowed for the
    host. Every address that the name has must be allowed: a name with one private address is refused whole.
    """
    parsed = check_url(url)
    if parsed.scheme != "https" and not allow_private:
        raise HttpFailure(Kind.REFUSED, "a webhook must be https; nothing was sent")
    found = await _look_up(parsed.host, urlsplit(url).port or (443 if parsed.scheme == "https" else 80))
    for address in found:
        if not (allow_private and _may_be_allowed(address)) and not _is_public(address):
            raise HttpFailure(
                Kind.REFUSED,
                f"{parsed.host} is at {address}, which is not a public address; nothing was sent. If it is meant, set "
                "allow_private = true for this switch.",
            )
    return str(found[0])


async def _look_up(host: str, port: int) -> list[Address]:
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        pass
    try:
        async with asyncio.timeout(LOOK_UP_DEADLINE_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except TimeoutError as error:
        raise HttpFailure(Kind.DEADLINE, f"the name {host} was not found within {LOOK_UP_DEADLINE_S:g} s") from error
    except OSError as error:
        raise HttpFailure(Kind.NETWORK, f"the name {host} cannot be found") from error
    return [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]


def _is_public(address: Address) -> bool:
    plain = _unmapped(address)
    return plain.is_global and not plain.is_multicast and not plain.is_reserved


def _may_be_allowed(address: Address) -> bool:
    """Even with the opt-in, never the link-local range (cloud metadata), multicast or the unspecified address."""
    plain = _unmapped(address)
    return not (plain.is_link_local or plain.is_multicast or plain.is_unspecified)


def _unmapped(address: Address) -> Address:
    """An IPv4 address that travels inside an IPv6 one, as what it is."""
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or address.sixtofour or address
    return address
