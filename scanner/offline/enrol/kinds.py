"""Kinds of picture files: by the ending of the name, and by the first bytes of the content."""

__all__ = ["PICTURE_SUFFIXES", "READABLE", "READABLE_KINDS", "content_kind"]

PICTURE_SUFFIXES = {
    ".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".gif", ".bmp", ".dib", ".tif", ".tiff",
    ".avif", ".avifs", ".heic", ".heics", ".heif", ".hif",
}  # fmt: skip
"""Endings, in lower case, of files that are taken for pictures. The content decides how a file is read."""

READABLE_KINDS = {"PNG", "JPEG", "GIF", "WebP", "BMP", "TIFF", "AVIF", "HEIC"}
READABLE = "PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF or HEIC"
"""Kinds that are read, for messages."""

_SIGNATURES = (
    (12, b"CgBI", "a PNG that Xcode packed for an app"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"GIF8", "GIF"),
    (8, b"WEBP", "WebP"),
    (0, b"BM", "BMP"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"II+\0", "TIFF"),
    (0, b"MM\0+", "TIFF"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"\0\0\0\x0cJXL ", "JPEG XL"),
    (0, b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (0, b"%PDF", "PDF"),
    (0, b"8BPS", "Photoshop"),
    (0, b"%!PS", "PostScript"),
    (0, b"PK\x03\x04", "ZIP"),
)

_BRANDS = (
    ({b"avif", b"avis"}, "AVIF"),
    ({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}, "HEIC"),
)
"""Brands of ISO media files that hold pictures; the brand mif1 alone says only that it holds a picture."""


def content_kind(beginning: bytes) -> str | None:
    """Returns the kind of a file by its first bytes ("PNG", "HEIC", "PDF", ...), or None for an unknown kind.

    >>> content_kind(b"%PDF-1.7")
    'PDF'
    """
    for place, signature, kind in _SIGNATURES:
        if beginning[place : place + len(signature)] == signature:
            return kind
    if beginning[4:8] == b"ftyp":
        end = max(12, min(int.from_bytes(beginning[:4], "big"), 256))
        brands = {beginning[8:12], *(beginning[place : place + 4] for place in range(16, end, 4))}
        return next((kind for known, kind in _BRANDS if brands & known), None)
    text = beginning.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith(b"<svg") or (text.startswith(b"<?xml") and b"<svg" in text):
        return "SVG"
    return "HTML" if text.startswith((b"<!doctype html", b"<html")) else None
