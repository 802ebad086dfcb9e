"""Name in the page the other origins that it may ask: of thumbnails, and of Pyodide's own host."""

import re
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from scanner.bundle import HashBundle
from scanner.offline.site.runtime import CDN_URL

__all__ = ["checked_origins", "page_with_origins", "thumbnails_elsewhere"]

PAGE = "index.html"

# The page's Content-Security-Policy, and the tag of its scanner.
POLICY = re.compile(r'(<meta http-equiv="Content-Security-Policy" content=")([^"]*)(")')
SCANNER = re.compile(r"<image-scanner\b")

# A host, with a port or without. Anything else could break out of the policy or of the tag.
HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")


def checked_origins(origins: Sequence[str]) -> list[str]:
    """Returns origins without a slash at the end. Raises ValueError for what is no origin."""
    checked = []
    for origin in origins:
        scheme, _, host = origin.partition("://")
        host = host.removesuffix("/").lower()
        if scheme.lower() not in {"http", "https"} or not HOST.fullmatch(host):
            raise ValueError(f"{origin!r} is no origin: expected scheme and host alone, such as https://img.example")
        checked.append(f"{scheme.lower()}://{host}")
    return checked


def page_with_origins(page: bytes, runtime: str, thumbnails_from: Sequence[str]) -> bytes:
    """Returns the page with a policy and a scanner that allow the origins.

    Args:
        page: index.html as it lies in web/.
        runtime: the site's runtime; "cdn" loads Python from Pyodide's own host.
        thumbnails_from: further origins of thumbnails, as `checked_origins` returns them.
    """
    host = "{0.scheme}://{0.netloc}".format(urlsplit(CDN_URL))
    more = {"script-src": [host], "connect-src": [host]} if runtime == "cdn" else {}
    if thumbnails_from:
        more["img-src"] = list(thumbnails_from)
    text = page.decode()
    if more:
        text = POLICY.sub(lambda found: found[1] + _widened(found[2], more) + found[3], text)
    if thumbnails_from:
        text = SCANNER.sub(f'<image-scanner thumbnails-from="{" ".join(thumbnails_from)}"', text)
    return text.encode()


def thumbnails_elsewhere(references: HashBundle, allowed: Sequence[str]) -> dict[str, int]:
    """Returns how many thumbnails lie at each origin that the page may not ask."""
    counts: dict[str, int] = {}
    for reference in references.references:
        address = reference.fields.get("thumbnail")
        if not isinstance(address, str):
            continue
        try:
            # A page may itself be served over either; "//img.example/1.png" takes the page's scheme.
            url = urlsplit(urljoin("https:", address))
        except ValueError:  # "http://[" is no address
            continue
        origin = f"{url.scheme}://{url.netloc.lower()}"
        if url.netloc and url.scheme in {"http", "https"} and origin not in allowed:
            counts[origin] = counts.get(origin, 0) + 1
    return counts


def _widened(policy: str, more: dict[str, list[str]]) -> str:
    directives = [directive.strip() for directive in policy.split(";")]
    return "; ".join(" ".join([each, *more.get(each.partition(" ")[0], [])]) for each in directives if each)
