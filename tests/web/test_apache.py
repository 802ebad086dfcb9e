"""The page on a real Apache, below a path, with nothing configured but what hosts usually allow."""

from __future__ import annotations

import json
import re
import subprocess
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest

from scanner.offline.command.main import main
from support.browsers import OpenBrowser
from support.camera_video import write_y4m
from support.held_up import frames_of, picture_of, unsteady_hand
from support.places import PROJECT
from support.static_hosts import home_of_a_host, running_apache

FOLDER = "bücher/scanner"
LOG = """
LogFormat "%U %{{Content-Encoding}}o %O" sent
CustomLog {home}/sent.log sent
"""


def test_a_site_copied_to_apache_names_a_picture(
    site_folder: Path, browser_with_camera: OpenBrowser, tmp_path: Path
) -> None:
    """The site, copied below a path of an Apache, names what a reader shows, and sends 4 MB of Python, compressed."""
    video = write_y4m(tmp_path / "hand.y4m", frames_of(unsteady_hand(picture_of("lighthouse"), 10)))
    with ExitStack() as stack:
        home = stack.enter_context(home_of_a_host(site_folder, FOLDER))
        try:
            address = stack.enter_context(running_apache(home, further=LOG.format(home=home)))
        except LookupError as missing:
            pytest.skip(f"no {missing} here; apt-get install apache2-bin")
        page = browser_with_camera(video, service_workers="block").new_page()
        page.add_init_script(
            "globalThis.matches = []; addEventListener('match', ({ detail }) => matches.push(detail));"
        )
        page.goto(f"{address}{quote(FOLDER)}/")
        page.wait_for_function("matches.length > 0")
        assert page.evaluate("matches[0].id") == "lighthouse"
        sent = [line.rsplit(maxsplit=2) for line in (home / "sent.log").read_text(encoding="utf-8").splitlines()]
    runtime = [encoding for path, encoding, _ in sent if "/runtime/" in path]
    assert len(runtime) >= 7
    assert set(runtime) == {"br"}
    assert 3.5e6 < sum(int(size) for _, _, size in sent) < 7e6  # what comes in a quiet moment may be among it


def test_finds_are_counted_by_the_log_of_the_host_as_the_document_says(
    browser_with_camera: OpenBrowser, tmp_path: Path
) -> None:
    """A page with the script of docs/publish.md, on Apache, leaves one line in the log for the cover found."""
    document = (PROJECT / "docs" / "publish.md").read_text(encoding="utf-8")
    script, setting, count = re.findall(
        r"^```(?:javascript|json|sh)\n((?:addEvent|\"scripts|grep).*?)^```", document, re.M | re.S
    )
    folder = tmp_path / "my-scanner"
    assert main(["new", str(folder)]) == 0
    own = folder / "own"
    own.mkdir()
    (own / "count.js").write_text(script, encoding="utf-8")
    settings = json.loads((folder / "site.json").read_text(encoding="utf-8")) | json.loads(f"{{{setting}}}")
    (folder / "site.json").write_text(json.dumps(settings), encoding="utf-8")
    assert main(["publish", str(folder)]) == 0
    video = write_y4m(tmp_path / "hand.y4m", frames_of(unsteady_hand(picture_of("lighthouse"), 10)))
    with ExitStack() as stack:
        home = stack.enter_context(home_of_a_host(folder / "dist", FOLDER))
        log = f'LogFormat "%h %l %u %t \\"%r\\" %>s %b" common\nCustomLog {home}/access.log common\n'
        try:
            address = stack.enter_context(running_apache(home, further=log))
        except LookupError as missing:
            pytest.skip(f"no {missing} here; apt-get install apache2-bin")
        visit = browser_with_camera(video).new_page()
        visit.goto(f"{address}{quote(FOLDER)}/")
        visit.locator("image-scanner [data-view=found]").wait_for()
        visit.wait_for_timeout(1000)  # a beacon is sent when the browser has time
        assert "POST" in (home / "access.log").read_text(encoding="utf-8")
        counted = subprocess.run(["sh", "-c", count], cwd=home, capture_output=True, text=True, check=True).stdout
    assert counted.split() == ["1", "POST", f"/{quote(FOLDER)}/found?id=lighthouse"]
