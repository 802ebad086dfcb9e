"""How the command was called: messages recommend only commands that exist where the user is."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["CHECKOUT", "INSTALLED", "Invocation"]


@dataclass(frozen=True)
class Invocation:
    """One way of calling the subcommands.

    Attributes:
        build: the words that call the subcommand build; `site` and `serve` likewise.
    """

    build: tuple[str, ...]
    site: tuple[str, ...]
    serve: tuple[str, ...]

    @property
    def home(self) -> Path:
        """The folder that the default places of site and serve count from: the current one, or the repository's."""
        from scanner.offline.site.parts import PARTS  # here because build has no use for the site

        return Path() if self is INSTALLED else PARTS.home

    def prog(self, subcommand: str) -> str:
        """Returns the name that a subcommand's usage and errors begin with."""
        if self is INSTALLED:
            return f"phash-scanner {subcommand}"
        words: tuple[str, ...] = getattr(self, subcommand)
        return " ".join(words) if "-m" in words else words[-1]


INSTALLED = Invocation(
    build=("phash-scanner", "build"), site=("phash-scanner", "site"), serve=("phash-scanner", "serve")
)
CHECKOUT = Invocation(
    build=("python", "build_hashes.py"),
    site=("python", "-m", "scanner.offline.site"),
    serve=("python", "-m", "scanner.offline.serve"),
)
