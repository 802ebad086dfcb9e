"""docs/testing.md is true: its recipes run in the React app of docs/frameworks.md, and their tests pass."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from scanner.offline.command.main import main
from scanner.offline.site.serve import serving
from support.apps import TOOLS, packed, printed_files, run, with_package, write_app
from support.browsers import OpenBrowser
from support.places import PICTURES, PLAIN_PAGE, PROJECT

DOCUMENT = (PROJECT / "docs" / "testing.md").read_text(encoding="utf-8")
PAGE = '<!doctype html><title>App</title><div id="root"></div><script type="module" src="/src/main.tsx"></script>'
VITE = 'import react from "@vitejs/plugin-react";\nexport default { plugins: [react()] };\n'


@pytest.fixture(scope="module")
def app(site_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The React app with the recipes' files, not yet built."""
    folder = with_package(packed(tmp_path_factory.mktemp("packed")), tmp_path_factory.mktemp("tested"))
    recipes = printed_files("testing.md", "## Playwright") | printed_files("testing.md", "## Events by hand: jsdom")
    assert len(recipes) == 4
    files = printed_files("frameworks.md", "### React") | recipes | {"index.html": PAGE, "vite.config.js": VITE}
    write_app(folder / "app", files, site_folder)
    shutil.copy(PICTURES / "lighthouse.png", folder / "app" / "e2e")
    shutil.copy(PICTURES / "lighthouse.png", folder / "app")
    return folder / "app"


@pytest.fixture(scope="module")
def videos(app: Path) -> Path:
    """The app with the videos that the document's commands make in it."""
    commands = re.findall(r"^phash-scanner (camera .*)$", DOCUMENT, re.M)
    assert len(commands) == 2
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(app)
        for command in commands:
            assert main(command.split()) == 0
    return app


def test_the_recipes_of_playwright_pass(videos: Path, chromium_path: str) -> None:
    """A developer's Playwright names a picture by a fake camera, by a photograph and by a stream of a canvas."""
    run(TOOLS / "vite", "build", folder=videos)
    with serving(videos / "dist") as base:
        (videos / "here.config.js").write_text(
            f"""import config from "./playwright.config.js";
const launchOptions = {{ ...config.use.launchOptions, executablePath: {json.dumps(chromium_path)} }};
const use = {{ ...config.use, baseURL: "{base}", launchOptions }};
export default {{ ...config, use, webServer: undefined, workers: 1 }};
""",
            encoding="utf-8",
        )
        told = run(TOOLS / "playwright", "test", "--config", "here.config.js", "--reporter", "line", folder=videos)
    assert "3 passed" in told


def test_the_recipe_of_jsdom_passes(app: Path) -> None:
    """A developer's vitest, without a browser, makes the component and sees its handler answer an event."""
    told = run(TOOLS / "vitest", "run", folder=app, NO_COLOR="1")
    assert re.search(r"Tests +1 passed", told), told


def test_a_video_without_a_picture_leads_to_no_find(videos: Path, site: str, browser_with_camera: OpenBrowser) -> None:
    """Chromium plays the .mjpeg of an empty desk: the element scans, and names nothing for five seconds."""
    page = browser_with_camera(videos / "e2e" / "desk.mjpeg", service_workers="block").new_page()
    page.route("**/plain.html", lambda route: route.fulfill(body=PLAIN_PAGE, content_type="text/html"))
    page.goto(f"{site}plain.html")
    page.get_by_role("button", name="Start camera").click()
    page.locator("image-scanner[view=scanning]").wait_for()
    page.wait_for_timeout(5_000)
    assert page.locator("image-scanner").get_attribute("view") == "scanning"
    size = page.evaluate("scanner.scanner.camera && scanner.shadowRoot.querySelector('video').videoWidth")
    assert size == 640


def test_the_sizes_in_the_document_are_those_of_the_files(videos: Path) -> None:
    """A developer plans with the table's sizes: two seconds of .y4m and of .mjpeg."""
    raw, small = (float(size) for size in re.findall(r"^\| `\.\w+` \| (?:about )?(\d+) MB", DOCUMENT, re.M))
    assert round((videos / "e2e" / "camera.y4m").stat().st_size / 1e6) == raw
    assert (videos / "e2e" / "desk.mjpeg").stat().st_size / 1e6 == pytest.approx(small, rel=0.5)


def test_no_block_of_the_document_is_left_out() -> None:
    """A new block of code in docs/testing.md is run by a test above."""
    headings = ("## Playwright", "## Events by hand: jsdom")
    printed = [text for heading in headings for text in printed_files("testing.md", heading).values()]
    blocks = re.findall(r"^```\w*\n(.*?)^```", DOCUMENT, re.M | re.S)
    # The tests have the tools of `npm install` in the project's own folder.
    run_by_tests = ("phash-scanner camera", "npm install --save-dev")
    left = [block for block in blocks if block not in printed and not block.startswith(run_by_tests)]
    switches = "".join(left)
    assert [switch.partition("=")[0] for switch in switches.splitlines()] == re.findall(
        r'[`"](--[\w-]+)', printed_files("testing.md", "## Playwright")["playwright.config.js"]
    )
