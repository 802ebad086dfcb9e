"""Find the parts that a site is made of: in a checkout of the repository, or in the installed package."""

from dataclasses import dataclass
from pathlib import Path

from scanner.offline.enrol.kinds import PICTURE_SUFFIXES

__all__ = ["NOT_OF_THE_CORE", "PARTS", "Parts"]

_PACKAGE = Path(__file__).resolve().parents[2]
_WEB, _DEMO = "_web", "_demo"
"""Folders of the installed package; pyproject.toml puts web/ and reference_images/ there."""

NOT_OF_THE_CORE = {"offline", _WEB, _DEMO}
"""Folders of the package that no site ships."""


@dataclass(frozen=True)
class Parts:
    """The folders of a site's parts.

    Attributes:
        web: page, worker, element and icons.
        package: the Python package; its core goes into the site.
        demo: the demo's pictures, and the fields of each.
        checkout: the repository's root; None where the package is installed without it.
    """

    web: Path
    package: Path
    demo: Path
    checkout: Path | None = None

    @classmethod
    def of_checkout(cls, root: Path) -> "Parts":
        """Returns the parts in a checkout of the repository."""
        return cls(root / "web", root / "scanner", root / "reference_images", root)

    @property
    def home(self) -> Path:
        """The folder that default paths start from: the checkout, or the current folder."""
        return self.checkout or Path()

    @property
    def bundle(self) -> Path:
        """The bundle of a site where the user names none."""
        return self.home / "hashes" / "references.json"

    @property
    def demo_ids(self) -> set[str]:
        """The ids of the demo's pictures. Raises OSError where their folder cannot be read."""
        return {path.stem for path in self.demo.iterdir() if path.suffix in PICTURE_SUFFIXES}

    @property
    def required(self) -> tuple[Path, ...]:
        """Files without which there is no site."""
        names = ("index.html", "image-scanner.js", "worker.js", "service-worker.js")
        return (*(self.web / name for name in names), self.package / "browser.py")


def _found() -> Parts:
    if (_PACKAGE / _WEB).is_dir():
        return Parts(_PACKAGE / _WEB, _PACKAGE, _PACKAGE / _DEMO)
    return Parts.of_checkout(_PACKAGE.parent)


PARTS = _found()
"""The parts that lie beside this code."""
