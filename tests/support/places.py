"""Places of the project's files, for tests in any folder."""

from pathlib import Path

PROJECT = Path(__file__).parents[2]
SUPPORT = Path(__file__).parent
WEB = PROJECT / "web"
PICTURES = PROJECT / "reference_images"
ICON = WEB / "icons" / "icon-512.png"
VISIT = SUPPORT / "visit.js"
SCRIPTED_CAMERA = (SUPPORT / "scripted_camera.js").read_text(encoding="utf-8")
"""A camera for pages that shows a test's pictures, as a script to run before the page's own scripts."""
PLAIN_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A page of somebody's site</title>
<script type="module" src="image-scanner-element.js"></script>
<image-scanner id="scanner" style="height: 640px"></image-scanner>"""
"""A page in the site's folder that holds the element and no script of its own."""
