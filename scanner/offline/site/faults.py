"""The error of a site that cannot be made."""

__all__ = ["SiteError", "listed"]

SHOWN = 8
"""Most names that a message lists; it counts the others."""


class SiteError(ValueError):
    """A part of the site is missing or unusable; the message names the file and the cure."""


def listed(names: list[str]) -> str:
    """Returns names as a message lists them.

    >>> listed(["a", "b"])
    'a, b'
    """
    shown = ", ".join(names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown} and {len(names) - SHOWN} more"
