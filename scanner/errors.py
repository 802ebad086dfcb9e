"""The two errors that a caller can act on. Each message says what was expected, what was found and what to do."""

__all__ = ["BundleError", "ImageError"]


class BundleError(ValueError):
    """The bundle cannot be used: damaged, or made for another reader."""


class ImageError(ValueError):
    """The picture or frame cannot be used: unreadable, of a wrong kind, or without content."""
