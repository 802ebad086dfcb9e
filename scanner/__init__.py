"""Recognise printed pictures by perceptual hash: numpy only, runs unchanged in CPython and in the browser.

The modules, in the order in which data passes through them. A module imports only modules above its own line.

    lacking         a sentence that names the package a Python lacks
    quoting         texts of others in messages: printable, and cut
    starting        a word where a starting command is interrupted
    errors          BundleError, ImageError
    files           writes a file whole or not at all
    json_text       JSON read without loss, and with limits of size and depth
    limits          every number that decides whether a frame names a reference
    pieces          work that can be spread over several frames
    grey            colour to grey
    resample        exact area means
    phash           48 x 48 grey pixels to a perceptual hash of 144 bits
    crops           the 75 crops of a reference, the 9 variants of a scan region
    windows         window hashes: the whole picture and nine windows, by which corners are fitted
    plain_shapes    plainness of a reference
    keypoints       corners of a picture's drawing, each with a hash of the pixels around it
    reference       Reference, enrol: one picture to its hashes
    bundle          HashBundle: all references, read and written
    keypoint_table  keypoints in a frame against the keypoints of every reference
    matcher         crop bits: scan region against every crop
    warp            four corners to a patch of samples, and the pyramid of a frame
    frame           a frame and its scan region
    visible         which of a picture's nine windows lie in the frame
    pose            pose penalty: bits for a pose that nobody holds a picture in
    lines           straight lines, and the slopes of edges
    quadrilaterals  border quadrilaterals: four straight edges that may be a picture's border
    refinement      one Gauss-Newton step of corners towards a reference
    three_sides     three straight edges, completed by a fourth side
    spread          the best candidates, few of each place and reference
    ranking         the likeliest candidates, each a start with a reference
    fit             the fitting schedule: corners moved until the hash agrees
    overlap         areas that pictures have in common, and the pixels that they cover
    follow          corners in one frame to corners in the next; how far the whole frame moved
    tracks          the pictures that a stream follows, each from its appearance until it is lost
    race            many candidates fitted side by side
    rivals          other references fitted to the place of a fit
    search          all over a frame, in pieces
    middle          the middle of a frame, in pieces that end within three frames
    verdict         Verdict, judge: cost, limit, lead, verdict
    all_in_sight    the search for every picture in sight
    catalogue       a bundle made ready to be compared
    parts           a stream's search for further pictures, one part of a frame after the other
    memory          a stream's memory of earlier frames
    partial         fit and judge of a picture that is cut off by the frame's edge, or covered
    candidates      sources of candidates: crops, last frame, race, search
    judging         Judge: which candidates of a frame are matches, and where
    partial_search  the search for pictures that are cut off or covered
    confirming      keypoints at the place of a fit, and one more fit under glare
    votes           matches of keypoints to places of whole references, for pictures without a border
    in_turn         the searches that take turns over a stream's frames
    noted           a stream's memory as values for JSON, and made again
    stills          the recipe of a still
    all_in_stream   the recipe of a stream that tells every picture in sight
    pipeline        FrameScanner: a still, and the recipe of a stream
    browser         the web worker's calls

`offline/` holds everything that needs picture files, Pillow, processes or the network.
"""

from .starting import answer_signals

answer_signals()

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
