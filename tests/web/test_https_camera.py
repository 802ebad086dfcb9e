"""A page served over https on the local network gets the camera."""

from __future__ import annotations

from pathlib import Path

from scanner.offline.site.certificate import server_context
from scanner.offline.site.serve import serving
from support.browsers import OpenBrowser


def test_a_phone_that_goes_on_past_the_warning_has_its_camera(
    site_folder: Path, browser_with_camera: OpenBrowser, tmp_path: Path
) -> None:
    """The site, served with a certificate unknown to the browser, is a secure context and opens the camera."""
    context, _ = server_context(["localhost"], tmp_path / "kept")
    with serving(site_folder, tls=context) as base:
        page = browser_with_camera(None, ignore_https_errors=True, viewport={"width": 360, "height": 740}).new_page()
        page.goto(base)
        page.wait_for_function("document.querySelector('image-scanner').view === 'scanning'")
