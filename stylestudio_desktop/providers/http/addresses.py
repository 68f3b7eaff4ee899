"""Decides which addresses a picture service may lead this program to, so that none is a trap."""

import errno
import selectors
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from stylestudio_desktop.providers.http.call import Call
from stylestudio_desktop.providers.protocol import Kind, ProviderError

Address = IPv4Address | IPv6Address

CONNECT_S = 10.0
RESOLVE_S = 15.0
_SLICE_S = 0.2
_DEFAULT_PORTS = {"https": 443, "http": 80}
# Shared address space (RFC 6598): where overlay networks put a studio's own machines.
_OVERLAY = ip_network("100.64.0.0/10")
# `is_global` of Python 3.11 lets these through although they carry other, maybe private,
# addresses: NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056), Teredo (RFC 4380).
_CARRIERS = tuple(
    ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
_UNDERWAY = {errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY, 10035}  # 10035: Windows' name


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port: what credentials are bound to."""

    scheme: str
    host: str
    port: int

    @property
    def secure(self) -> bool:
        """Whether what is sent there is encrypted."""
        return self.scheme == "https"


def origin_of(url: str) -> Origin:
    """Return where `url` leads. Raises ValueError for anything but plain http(s) addresses."""
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError("only http and https addresses can be used")
    if parts.username is not None or parts.password is not None:
        raise ValueError("an address may not hold a user name or password")
    host = parts.hostname
    if not host or any(character.isspace() or character == "\\" for character in url):
        raise ValueError("it is not a valid address")
    return Origin(parts.scheme, host.rstrip("."), parts.port or _DEFAULT_PORTS[parts.scheme])


def is_public(address: Address) -> bool:
    """Say whether `address` belongs to the open Internet, tunnels and multicast excepted."""
    address = _unmapped(address)
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    return not any(address in net for net in _CARRIERS if net.version == address.version)


def is_nearby(address: Address) -> bool:
    """Say whether `address` is this machine or its local network; never link-local."""
    address = _unmapped(address)
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    if address.is_loopback:
        return True
    if isinstance(address, IPv4Address):
        lan = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
        return address in _OVERLAY or any(address in ip_network(net) for net in lan)
    return address in ip_network("fc00::/7")


def _unmapped(address: Address) -> Address:
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def connect(host: str, port: int, call: Call, secure: bool) -> socket.socket:
    """Return a connection to `host`, resolved once and only at an address that is allowed.

    Plain http is spoken to nearby addresses only. Raises OSError when nobody answers and
    ProviderError when the address is refused or the call was stopped.
    """
    allowed = [place for place in _resolve(host, port, call) if _allowed(place[1][0], call, secure)]
    if not allowed:
        raise ProviderError(
            Kind.NOT_SENT,
            f"The address {host} leads to a place that this service may not use, so nothing was "
            "sent. Check the service's address in Settings.",
        )
    failure: OSError = OSError("no address")
    for family, address in allowed:
        try:
            return _open(family, address, call)
        except OSError as error:
            failure = error
    raise failure


def _allowed(address: str, call: Call, secure: bool) -> bool:
    found = ip_address(address.partition("%")[0])
    return (secure and is_public(found)) or (call.nearby and is_nearby(found))


def _resolve(
    host: str, port: int, call: Call
) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
    """Look `host` up in a thread of its own, since a look-up can't be interrupted."""
    answer: list[list[tuple[socket.AddressFamily, tuple[str, int]]] | Exception] = []
    done = threading.Event()

    def look_up() -> None:
        try:
            answer.append(list(_looked_up(host, port)))
        except (OSError, UnicodeError) as error:
            answer.append(error)
        done.set()

    threading.Thread(target=look_up, name="name look-up", daemon=True).start()
    until = time.monotonic() + RESOLVE_S
    while not done.wait(_SLICE_S):
        call.look_up()
        if time.monotonic() > until:
            raise socket.gaierror(socket.EAI_AGAIN, "the name server does not answer")
    found = answer[0]
    if isinstance(found, UnicodeError):
        raise socket.gaierror(socket.EAI_NONAME, "not a valid name")
    if isinstance(found, Exception):
        raise found
    return found


def _looked_up(host: str, port: int) -> Iterator[tuple[socket.AddressFamily, tuple[str, int]]]:
    for family, _, _, _, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if family in (socket.AF_INET, socket.AF_INET6):
            yield family, place  # type: ignore[misc]  # the two families have text and number


def _open(family: socket.AddressFamily, address: tuple[str, int], call: Call) -> socket.socket:
    """Connect within CONNECT_S, looking every fifth of a second whether it is still wanted."""
    link = socket.socket(family, socket.SOCK_STREAM)
    try:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.setblocking(False)
        code = link.connect_ex(address)
        if code in _UNDERWAY:
            code = _await(link, call)
        if code:
            raise OSError(code, errno.errorcode.get(code, "connection failed"))
        link.settimeout(CONNECT_S)
    except BaseException:
        link.close()
        raise
    return link


def _await(link: socket.socket, call: Call) -> int:
    until = time.monotonic() + CONNECT_S
    with selectors.DefaultSelector() as selector:
        selector.register(link, selectors.EVENT_WRITE)
        while not selector.select(_SLICE_S):
            call.look_up()
            if time.monotonic() > until:
                return errno.ETIMEDOUT
    return link.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
