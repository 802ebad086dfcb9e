"""The 75-crop plan and the nine variants of a query."""

import numpy as np
import pytest

from scanner.crops import (
    CELL_SIZES,
    CROPS,
    SHIFT_STEP,
    SHIFTS,
    SQUARE_SIZE,
    VARIANTS,
    picture_corners,
    query_thumbnails,
    reference_square,
    reference_thumbnails,
)
from scanner.grey import to_grey
from scanner.phash import fade, hamming_distance, hash_thumbnails, thumbnail
from support.pictures import cover, natural


def test_there_are_exactly_75_crops() -> None:
    """The plan has 3 zooms about 7 % apart and 5 x 5 shifts 5 % of the side apart, all in whole pixels."""
    assert CROPS == 75 == len(reference_thumbnails(reference_square(natural(1))))
    zooms = [SQUARE_SIZE / (cell * 48) for cell in CELL_SIZES]
    assert zooms == pytest.approx([0.93, 1, 1.07], abs=0.01)
    assert SHIFT_STEP / SQUARE_SIZE == 0.05
    assert len(SHIFTS) ** 2 == 25


def test_every_crop_is_the_mean_of_its_cells() -> None:
    """Each of the 75 thumbnails equals the crop cut and averaged the slow way, to the last grey level."""
    square = reference_square(natural(2, 200))
    canvas = np.pad(square, 200, constant_values=128).astype(np.int64)
    thumbnails = iter(reference_thumbnails(square))
    for cell in (16, 15, 14):
        for down in (-72, -36, 0, 36, 72):
            for right in (-72, -36, 0, 36, 72):
                side = cell * 48
                top, left = 200 + 360 - side // 2 + down, 200 + 360 - side // 2 + right
                crop = canvas[top : top + side, left : left + side]
                sums = crop.reshape(48, cell, 48, cell).sum(axis=(1, 3))
                assert np.array_equal(next(thumbnails), (2 * sums + cell**2) // (2 * cell**2))


def test_the_first_variant_is_the_scan_region_itself() -> None:
    """The first variant equals the thumbnail of the scan region, but for one or two grey levels of resampling."""
    frame = natural(3, 480)
    plain = query_thumbnails(frame, (40, 30, 384, 384))[0]
    exact = thumbnail(frame[30:414, 40:424])
    assert abs(plain.astype(int) - exact).max() <= 1


@pytest.mark.parametrize(("tilt", "zoom"), VARIANTS)
@pytest.mark.parametrize("shape", [(384, 384), (300, 440)])
def test_each_variant_undoes_its_tilt_and_zoom(tilt: int, zoom: float, shape: tuple[int, int]) -> None:
    """A variant shows a picture upright that is tilted and zoomed like the variant, also in an oblong region."""
    from PIL import Image

    height, width = shape
    picture = to_grey(cover(11, shape))
    around = Image.new("L", (width * 2, height * 2), 128)
    around.paste(Image.fromarray(picture), (width // 2, height // 2))
    radians = np.radians(tilt)
    cosine, sine = np.cos(radians) / zoom, np.sin(radians) / zoom
    # Pillow wants the place each pixel of the result comes from: the clockwise tilt undone, about the middle.
    matrix = [cosine, sine, width - width * cosine - height * sine]
    matrix += [-sine, cosine, height + width * sine - height * cosine]
    frame = np.asarray(around.transform(around.size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC))
    thumbnails = query_thumbnails(frame, (width // 2, height // 2, width, height))
    expected = fade(thumbnail(picture)).astype(int)
    errors = [abs(fade(each).astype(int) - expected).mean() for each in thumbnails]
    assert int(np.argmin(errors)) == VARIANTS.index((tilt, zoom))
    assert hamming_distance(hash_thumbnails(thumbnails)[np.argmin(errors)], hash_thumbnails(thumbnail(picture))) <= 12


def test_a_region_at_the_edge_of_the_frame_sees_grey_beyond() -> None:
    """A variant may look outside the frame, and a region may be the whole frame."""
    frame = natural(4, 100)
    assert query_thumbnails(frame, (0, 0, 100, 100)).shape == (9, 48, 48)
    assert query_thumbnails(frame, (99, 99, 1, 1)).shape == (9, 48, 48)


def test_corners_say_where_the_picture_lies() -> None:
    """The untilted variant with the middle crop puts the picture on the region; a shifted crop moves the picture."""
    region = (100, 50, 200, 300)
    middle = 25 + 12
    assert picture_corners(0, middle, region) == ((100, 50), (300, 50), (300, 350), (100, 350))
    right = picture_corners(0, middle + 1, region)
    assert right[0] == pytest.approx((100 - 0.05 * 200, 50))
