"""A bundle made ready to be compared with frames, and shared by all its scanners."""

from weakref import WeakKeyDictionary

from .bundle import HashBundle
from .keypoint_table import KeypointTable
from .matcher import Matcher
from .phash import unpack
from .ranking import WindowTable

__all__ = ["Catalogue"]


class Catalogue:
    """All references of a bundle.

    Attributes:
        ids: of the references. The index of a reference, here and in other modules, is its place among the ids.
        threshold: of the bundle, 1 to 144 crop bits.
        crops: compares query hashes with every crop.
        keypoints: compares keypoints in a frame with every reference's keypoints; empty in a bundle without keypoints.
        windows: compares places in a frame with every reference's window hashes.
    """

    def __init__(self, bundle: HashBundle) -> None:
        self.ids = bundle.ids
        self.threshold = bundle.threshold
        self.crops = Matcher(bundle.hashes)
        self.keypoints = KeypointTable([reference.keypoints for reference in bundle.references])
        self.windows = WindowTable(unpack(bundle.windows))

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(cls, bundle: HashBundle) -> "Catalogue":
        """Returns the catalogue of a bundle: one object for all callers, as long as the bundle lives."""
        catalogue = _catalogues.get(bundle)
        if catalogue is None:
            catalogue = _catalogues[bundle] = cls(bundle)
        return catalogue


_catalogues: WeakKeyDictionary[HashBundle, Catalogue] = WeakKeyDictionary()
