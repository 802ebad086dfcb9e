"""Recognise printed pictures by perceptual hash: numpy only, runs unchanged in CPython and in the browser.

Contents, in the order in which a frame passes through them; nothing imports from a line below its own.

    lacking         says which package a Python lacks
    errors          BundleError, ImageError
    files           writes a file whole or not at all
    limits          every number that decides whether a frame names a reference
    pieces          work that can be spread over several frames
    grey            colour to grey
    resample        exact area means
    phash           48 x 48 grey pixels to a perceptual hash of 144 bits
    crops           the 75 crops of a reference, the 9 variants of a scan region
    windows         window hashes: the whole picture and nine windows, by which corners are fitted
    plain_shapes    how plain a reference is
    reference       Reference, enrol: one picture to its hashes
    bundle          HashBundle: all references, read and written
    matcher         crop bits: scan region against every crop
    warp            four corners to a patch of samples, and the pyramid of a frame
    frame           a frame and its scan region
    pose            bits for a pose that nobody holds a picture in
    quadrilaterals  border quadrilaterals: where something with four straight sides may lie
    refinement      one Gauss-Newton step of corners towards a reference
    ranking         which reference a start looks most like
    fit             the fitting schedule: corners moved until the hash agrees
    race            many candidates fitted side by side
    rivals          how near other references come where one lies
    search          all over a frame, in pieces
    catalogue       a bundle made ready to be compared
    memory          what a stream remembers
    candidates      where candidates come from: crops, last frame, race, search
    verdict         Verdict, judge: cost, limit, lead, verdict
    pipeline        FrameScanner: the recipes of a still and of a stream
    browser         what the web worker calls

`offline/` is everything that needs files, Pillow, processes or the network.
"""

try:
    from .bundle import HashBundle, HashParameters
    from .errors import BundleError, ImageError
    from .phash import hamming_distance, perceptual_hash
    from .pipeline import FrameScanner
    from .reference import Reference, enrol
    from .verdict import Verdict
except ModuleNotFoundError as error:
    from .lacking import end_command

    end_command(error)
    raise

__all__ = [
    "BundleError",
    "FrameScanner",
    "HashBundle",
    "HashParameters",
    "ImageError",
    "Reference",
    "Verdict",
    "enrol",
    "hamming_distance",
    "perceptual_hash",
]
