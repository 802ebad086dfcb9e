"""A bundle made ready to be compared with frames: once, however many scanners look pictures up in it."""

from weakref import WeakKeyDictionary

from .bundle import HashBundle
from .matcher import Matcher
from .phash import unpack
from .ranking import WindowTable

__all__ = ["Catalogue"]


class Catalogue:
    """All references of a bundle.

    Attributes:
        ids: of the references; every index elsewhere is a place in it.
        threshold: of the bundle, 1 to 144 crop bits.
        crops: compares perceptual hashes with every crop.
        windows: compares window hashes.
    """

    def __init__(self, bundle: HashBundle) -> None:
        self.ids = bundle.ids
        self.threshold = bundle.threshold
        self.crops = Matcher(bundle.hashes)
        self.windows = WindowTable(unpack(bundle.windows))

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(cls, bundle: HashBundle) -> "Catalogue":
        """Returns the catalogue of a bundle; every caller gets one and the same while the bundle lives."""
        catalogue = _catalogues.get(bundle)
        if catalogue is None:
            catalogue = _catalogues[bundle] = cls(bundle)
        return catalogue


_catalogues: WeakKeyDictionary[HashBundle, Catalogue] = WeakKeyDictionary()
