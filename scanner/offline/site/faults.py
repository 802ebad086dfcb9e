"""The error of a site that cannot be made."""

__all__ = ["SHOWN", "SiteError"]

SHOWN = 8
"""Most names that a message lists; it counts the others."""


class SiteError(ValueError):
    """A part of the site is missing or unusable; the message names the file and the cure."""
