"""One step of fitting: moves four corners so that the patch between them hashes more like a reference.

Gauss-Newton in hash space, after the forward compositional form of Lucas and Kanade (Baker and Matthews,
"Lucas-Kanade 20 Years On", 2004). A bundle stores no grey levels, so the residual is the reference's bits, as -1 and 1,
minus the soft sign of the patch's coefficients. A few steps reach the true place from 15 % of a side or 20 degrees off.
"""

import numpy as np
import numpy.typing as npt

from .warp import PATCH_CORNERS, Floats, Pyramid, homographies, mapped, patches
from .windows import Layout, low_pass

__all__ = ["refined", "soft_sign"]

_GOAL = np.float32(0.9)
"""Value that the soft sign is driven to. It never reaches 1."""
_DAMPING = np.array([1, 1, 1, 1, 1, 1, 6, 6]) * 0.01
"""Levenberg damping of each parameter of a warp, as a share of the mean curvature. Perspective is damped most: few
coefficients tell it from noise."""
_LONGEST_STEP = 0.12
"""Longest way that a corner moves in one step, in sides."""


def soft_sign(
    coefficients: npt.NDArray[np.float32], softness: float
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Returns z / sqrt(z^2 + softness^2 * mean z^2) and its derivative, for coefficients z, (n, windows, 144).

    The mean is over all windows of each of the n.
    """
    squares = coefficients * coefficients
    # The constant term is 0 and does not count in the mean.
    mean = squares.sum(axis=(1, 2), keepdims=True) / (squares.shape[1] * (squares.shape[2] - 1))
    ease = np.float32(softness**2) * mean + np.float32(1e-9)
    root = np.sqrt(squares + ease)
    return coefficients / root, ease / (root * root * root)


def refined(
    pyramid: Pyramid,
    corners: Floats,
    signs: npt.NDArray[np.float32],
    layout: Layout,
    softness: float,
    cut: float,
    weights: npt.NDArray[np.float32] | None = None,
) -> Floats:
    """Returns corners, (n, 4, 2), after one step towards their references.

    Args:
        pyramid: the frame.
        corners: (n, 4, 2) in pixels of the finest level.
        signs: bits of the n references as -1 and 1, (n, windows of the layout, 144).
        layout: the windows that count.
        softness: of the soft sign. Large values reach farther, small values end nearer.
        cut: frequency above which coefficients count less than half.
        weights: of each window, (n, windows of the layout), 0 or more. Each window is then softened by itself, so that
            a window beyond the frame's edge or under a hand does not make the others faint. None = all windows weigh
            1, and are softened together.
    """
    coefficients, derivatives = layout.derivatives(patches(pyramid, corners, layout.size))
    count = len(corners)
    if weights is None:
        value, slope = soft_sign(coefficients, softness)
    else:
        apart = soft_sign(coefficients.reshape(-1, 1, coefficients.shape[2]), softness)
        value, slope = (each.reshape(coefficients.shape) for each in apart)
    jacobian = derivatives * slope[:, None]
    weighted = jacobian * low_pass(cut)
    if weights is not None:
        weighted *= weights[:, None, :, None]
    weighted = weighted.reshape(count, 8, -1)
    jacobian = jacobian.reshape(count, 8, -1)
    residual = (_GOAL * signs - value).reshape(count, -1, 1)
    curvature = (weighted @ jacobian.swapaxes(1, 2)).astype(np.float64)
    gradient = (weighted @ residual).astype(np.float64)
    mean = np.trace(curvature, axis1=1, axis2=2)[:, None] / 8 + 1e-9
    curvature[:, range(8), range(8)] += mean * _DAMPING
    return _moved(corners, np.linalg.solve(curvature, gradient)[..., 0].astype(np.float64))


def _moved(corners: Floats, warp: Floats) -> Floats:
    """Returns corners after a small warp of the patch, (n, 8); a warp that takes a corner too far is shortened."""
    x, y = PATCH_CORNERS[:, 0], PATCH_CORNERS[:, 1]
    right, down, x_by_x, x_by_y, y_by_x, y_by_y, across, along = (warp[:, index, None] for index in range(8))
    perspective = across * x + along * y
    steps = np.stack(
        [right + x_by_x * x + x_by_y * y + perspective * x, down + y_by_x * x + y_by_y * y + perspective * y], axis=-1
    )
    farthest = np.sqrt((steps**2).sum(axis=-1)).max(axis=1)
    steps *= np.minimum(1, 2 * _LONGEST_STEP / np.maximum(farthest, 1e-9))[:, None, None]
    return mapped(homographies(corners), PATCH_CORNERS + steps)
