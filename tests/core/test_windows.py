"""Window hashes: exact bits, free quarter turns, derivatives that are right."""

import numpy as np
from scipy.fft import dctn

from scanner.phash import thumbnail
from scanner.windows import COARSE_CORNERS, COARSE_EVERY, CORNERS, EVERY, WHOLE, quarter_turned, window_hashes
from support.pictures import natural


def test_window_hashes_are_the_signs_of_an_ordinary_cosine_transform() -> None:
    """A second implementation agrees on every clear bit of the whole picture and of the nine windows."""
    for seed in range(30):
        grid = thumbnail(natural(seed))
        whole = grid.astype(float).reshape(24, 2, 24, 2).mean(axis=(1, 3))
        windows = [grid[top : top + 24, left : left + 24] for top in (0, 12, 24) for left in (0, 12, 24)]
        transforms = np.array([dctn(window.astype(float))[:12, :12].ravel() for window in [whole, *windows]])
        clear = np.abs(transforms) > 2  # levels run into thousands, and our cosines are rounded
        clear[:, 0] = False
        assert np.count_nonzero(clear) > 1400
        bits = window_hashes(grid)
        assert np.array_equal(bits[clear], transforms[clear] > 0)
        assert not bits[:, 0].any()


def test_a_picture_and_its_photographed_patch_have_the_same_bits() -> None:
    """The bits that the browser computes of a patch, in single precision, equal the bundle's, but for ties."""
    grid = thumbnail(natural(5))
    patch = grid.astype(np.float32)[None] - grid.mean(dtype=np.float32)
    coarse = patch.reshape(1, 24, 2, 24, 2).mean(axis=(2, 4))
    seen = np.concatenate([WHOLE.coefficients(coarse), EVERY.coefficients(patch)], axis=1)[0] > 0
    assert np.count_nonzero(seen != window_hashes(grid)) <= 2


def test_a_quarter_turn_of_coefficients_is_a_quarter_turn_of_the_picture() -> None:
    """Turned coefficients equal the coefficients of the turned picture, in every window."""
    grid = natural(7, 48).astype(np.float32) - 128
    results = []
    for picture in (grid, np.ascontiguousarray(np.rot90(grid))):
        coarse = picture.reshape(1, 24, 2, 24, 2).mean(axis=(2, 4))
        results.append(np.concatenate([WHOLE.coefficients(coarse), EVERY.coefficients(picture[None])], axis=1))
    assert np.abs(quarter_turned(results[0]) - results[1]).max() < 0.5
    assert np.abs(results[0] - results[1]).max() > 100


def test_derivatives_tell_how_coefficients_change_when_a_picture_moves() -> None:
    """A small move of the samples changes coefficients as the derivative says, for each of the eight parameters."""

    def picture(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return (50 * np.sin(2.1 * x + 0.3) * np.cos(1.7 * y) + 30 * np.sin(3 * x - 2 * y + 1)).astype(np.float64)

    for layout in (CORNERS, EVERY, COARSE_CORNERS, COARSE_EVERY):
        place = (np.arange(layout.size) + 0.5) / (layout.size / 2) - 1
        x, y = np.meshgrid(place, place)
        moves = [(1, 0), (0, 1), (x, 0), (y, 0), (0, x), (0, y), (x * x, x * y), (x * y, y * y)]
        _, derivatives = layout.derivatives(picture(x, y)[None].astype(np.float32))
        for index, (right, down) in enumerate(moves):
            nudge = 1e-2
            after = layout.coefficients(picture(x + nudge * right, y + nudge * down)[None].astype(np.float32))
            before = layout.coefficients(picture(x - nudge * right, y - nudge * down)[None].astype(np.float32))
            measured = (after - before) / (2 * nudge)
            error = np.abs(measured - derivatives[:, index]).mean() / np.abs(measured).mean()
            # The error of a difference between samples grows with the square of the step.
            assert error < 0.15 * (48 / layout.size) ** 2, (index, error)


def test_the_grid_that_corners_are_fitted_on_says_what_the_full_one_says() -> None:
    """A coarser grid gives proportional coefficients in the frequencies that count."""
    place = (np.arange(240) + 0.5) / 120 - 1
    x, y = np.meshgrid(place, place)
    fine = 50 * np.sin(5 * x + 0.3) * np.cos(7 * y) + 30 * np.sin(9 * x - 2 * y + 1)
    full, fewer = (
        layout.coefficients(
            fine.reshape(layout.size, 240 // layout.size, layout.size, -1).mean(axis=(1, 3))[None].astype(np.float32)
        )
        for layout in (EVERY, COARSE_EVERY)
    )
    assert np.corrcoef(full.ravel(), fewer.ravel())[0, 1] > 0.99
