"""The error of a site that cannot be made."""

__all__ = ["OWN_PLACE", "SHOWN", "SiteError"]

OWN_PLACE = "own/ (or the folder that --own names)"
"""The folder of own files as messages name it: `publish` takes own/, and `site` takes the folder of its option."""

SHOWN = 8
"""Most names that a message lists; it counts the others."""


class SiteError(ValueError):
    """A part of the site is missing or unusable; the message names the file and the cure."""
