"""Questions to a local server, put as no browser would put them."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit


def ask(base: str, path: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    """Asks for exactly `path`, which no client tidies up."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(base).port, timeout=10)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body
