"""How the user called the command, so that messages recommend only commands that this user can run."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["CHECKOUT", "INSTALLED", "Invocation"]


@dataclass(frozen=True)
class Invocation:
    """One way of calling the subcommands.

    Attributes:
        build, site, serve: the words that call each subcommand.
    """

    build: tuple[str, ...]
    site: tuple[str, ...]
    serve: tuple[str, ...]

    @property
    def home(self) -> Path:
        """The folder that default paths of site and serve start from: the current folder, or the repository."""
        from scanner.offline.site.parts import PARTS  # here because build does not need the site

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
