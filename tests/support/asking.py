"""Requests to a local server that no browser would make."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit


def ask(base: str, path: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    """Requests exactly `path`, without tidying it up; returns the answer and its body."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(base).port, timeout=10)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body
