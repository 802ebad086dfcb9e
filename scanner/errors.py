"""The two errors that a caller can act on. Each message says what was expected, what was found and what to do."""

from .quoting import excerpt

__all__ = ["BundleError", "ImageError"]

LONGEST_MESSAGE = 1000
"""Characters. Each text of others in a message is cut much shorter; the whole is cut in case one was forgotten."""


class _InputError(ValueError):
    def __init__(self, message: str) -> None:
        super().__init__(excerpt(message, LONGEST_MESSAGE))


class BundleError(_InputError):
    """The bundle cannot be used: damaged, or made for another reader."""


class ImageError(_InputError):
    """The picture or frame cannot be used: unreadable, of a wrong kind, or without content."""
