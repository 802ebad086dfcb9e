"""Making a reference from a picture in memory, as the builder and a page do."""

from typing import Any

import numpy as np
import pytest

from scanner import BundleError, HashBundle, ImageError, enrol
from scanner.offline import build_bundle
from support.pictures import cover

PICTURE = cover(3)


def test_a_picture_enrolled_by_itself_is_the_reference_that_the_builder_makes() -> None:
    """A page and the builder make equal bits of grey, RGB and RGBA pictures; transparent parts count as white."""
    clear = np.dstack([PICTURE, np.full(PICTURE.shape[:2], 255, np.uint8)])
    clear[:60, :90, 3] = 0
    for picture in (PICTURE, np.ascontiguousarray(PICTURE[..., 1]), clear):
        built = build_bundle({"a": picture}).to_json()
        assert HashBundle([enrol("a", picture)]).to_json() == built


def test_a_sites_own_fields_come_along() -> None:
    """A reference keeps title and address, to hand them back with a match."""
    reference = enrol("a", PICTURE, {"title": "A", "url": "https://example.com/a"})
    assert {**reference.fields, "aspect": None} == {"title": "A", "url": "https://example.com/a", "aspect": None}


@pytest.mark.parametrize(("size", "aspect"), [((100, 150), 1.5), ((300, 200), 0.667), ((3000, 48), 0.016)])
def test_a_reference_keeps_its_pictures_aspect(size: tuple[int, int], aspect: float) -> None:
    """The bundle says how wide a picture is for its height, to three digits; a site's own field "aspect" stays."""
    picture = np.resize(PICTURE, (*size, 3))
    assert enrol("a", picture).fields["aspect"] == aspect
    read = HashBundle.from_json(build_bundle({"a": picture}).to_json())
    assert read.references[0].fields == {"aspect": aspect}
    assert enrol("a", picture, {"aspect": "wide"}).fields["aspect"] == "wide"


def test_a_picture_too_plain_to_recognise_is_refused() -> None:
    """The error says the contrast found and the contrast needed."""
    with pytest.raises(ImageError, match=r"nearly flat \(contrast 0.0 grey levels, at least 4 are needed\)"):
        enrol("plain", np.full((90, 60), 200, np.uint8))


@pytest.mark.parametrize("id", ["", "\ud800", 7], ids=["empty", "half a character", "a number"])
def test_an_id_that_no_bundle_can_hold_is_refused(id: Any) -> None:
    """An id has to be a text that a file can hold."""
    with pytest.raises(BundleError, match="expected a reference id"):
        enrol(id, PICTURE)


def test_pixels_that_are_no_picture_are_refused() -> None:
    """Numbers of another type are never taken for grey levels."""
    with pytest.raises(ImageError, match="expected pixels of type uint8"):
        enrol("a", PICTURE / 255)
