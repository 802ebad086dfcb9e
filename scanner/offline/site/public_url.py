"""Read the address at which readers find a page, and say where a code with it would lead nobody."""

import ipaddress
import re
from urllib.parse import quote, urlsplit, urlunsplit

from scanner.quoting import quoted

__all__ = ["public_url", "unreachable"]

MOST_CHARACTERS = 300
"""Characters of a public address. Its QR code has at most 81 modules a side; no QR code holds 1,700 characters."""

_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", re.IGNORECASE)
_OF_A_NETWORK = (".local", ".lan", ".home", ".internal", ".home.arpa", ".fritz.box")
"""Ends of names that only the machines of one network know."""


def public_url(value: object) -> str:
    """Returns an address as browsers write it. Raises ValueError for one at which no page can use a camera.

    >>> public_url("https://bücher.example/scan")
    'https://xn--bcher-kva.example/scan/'
    """
    expected = "expected the page's public address, such as https://books.example/scan/"
    found = f"{expected}, found {quoted(value)}"
    if not isinstance(value, str):
        raise ValueError(f"{found}: write it in quotes")
    try:
        parts = urlsplit(value.strip())
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
        if host and not _HOST.fullmatch(host):
            raise ValueError(host)
    except ValueError:
        raise ValueError(f"{found}: correct it") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError(f"{found}: write one that begins with https://")
    if parts.scheme == "http" and host not in {"localhost", "127.0.0.1"}:
        raise ValueError(f"{found}: write https://, because browsers give no camera to a page of http://")
    if parts.username or parts.query or parts.fragment:
        raise ValueError(f"{found}: leave out names before @, and all from ? or # on")
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~")
    if not path.endswith("/") and "." not in path.rpartition("/")[2]:
        path += "/"  # addresses in the page are relative to its folder
    address = urlunsplit((parts.scheme, host + port, path, "", ""))
    if len(address) > MOST_CHARACTERS:
        expected = f"expected an address of at most {MOST_CHARACTERS} characters"
        raise ValueError(f"{expected}, found {len(address)}: shorten it, as each makes the QR code finer")
    return address


def unreachable(address: str) -> str | None:
    """Returns a warning for an address of this computer or of a private network, None for any other.

    >>> unreachable("https://books.example/") is None
    True
    """
    host = (urlsplit(address).hostname or "").rstrip(".").lower()
    who = _only(host)
    if who is None:
        return None
    expected = "expected an address that readers can open"
    cure = "do not print its QR code; write the address of your host"
    return f"{expected}, found {quoted(address)}, which only {who} can open: {cure}"


def _only(host: str) -> str | None:
    """Returns the only ones that can open pages of a host; None where that is everybody, as far as the name says."""
    if host == "localhost" or host.endswith(".localhost"):
        return "this computer"
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return "your own network" if "." not in host or host.endswith(_OF_A_NETWORK) else None
    if number.is_loopback or number.is_unspecified:
        return "this computer"
    return None if number.is_global else "your own network"
