"""The npm package can be packed, installed into an app, checked, built and used there."""

from __future__ import annotations

import json
import re
import shutil
import tarfile
from pathlib import Path

import pytest

from scanner.offline.site.serve import serving
from support.apps import TOOLS, packed, run
from support.browsers import OpenBrowser
from support.camera_video import write_y4m
from support.held_up import frames_of, picture_of, unsteady_hand
from support.places import SUPPORT, WEB

APP = {
    "package.json": '{"name": "app", "private": true, "type": "module", "dependencies": {"phash-scanner": "file:%s"}}',
    "index.html": """<!doctype html><html lang="en"><meta charset="utf-8"><title>App</title>
<video id="video" autoplay playsinline muted style="width: 360px; height: 480px"></video>
<image-scanner id="element" assets="%s" style="height: 480px"></image-scanner>
<script type="module" src="/main.ts"></script>""",
    # TypeScript, so that the declarations are held to what the modules do.
    "main.ts": """
import { ImageScanner, ScannerError, imageScannerStart, type Result } from "phash-scanner";
import { ImageScannerElement } from "phash-scanner/element";
import { ImageScannerElement as Class, type View } from "phash-scanner/element-class";

declare global { interface Window { found: Result[]; failed: string[]; matches: string[] } }
window.found = []; window.failed = []; window.matches = [];

const video = document.querySelector("video")!;
const scanner: ImageScanner = new ImageScanner(video, (result) => window.found.push(result), {
  assets: "%s",
  region: { width: 260, height: 360 },
  onError: (error: ScannerError) => window.failed.push(`${error.code}: ${error.message}`),
});
const element = document.querySelector("image-scanner")!;
element.addEventListener("match", ({ detail }) => window.matches.push(detail.id));
const isElement: boolean = element instanceof ImageScannerElement && Class === ImageScannerElement;
const view: View = element.view;
class Small extends Class {}
customElements.define("small-scanner", Small);
if (view !== "welcome" || !(new Small() instanceof HTMLElement)) window.failed.push("the class cannot be extended");
const five: Parameters<typeof imageScannerStart>["length"] = 5;
if (!isElement || imageScannerStart.length !== five) window.failed.push("the element or the call is missing");
await scanner.start();
""",
    "tsconfig.json": """{"compilerOptions": {"strict": true, "noEmit": true, "target": "ES2022", "module": "ESNext",
  "moduleResolution": "bundler", "lib": ["ES2023", "DOM", "DOM.Iterable"], "types": []}, "include": ["main.ts"]}""",
    # Top-level await in main.ts asks for browsers of 2022 or later, as the scanner itself does.
    "vite.config.js": 'export default { build: { target: "es2022" }, base: "./" };',
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive that `npm publish` would send."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed: it comes with Node, https://nodejs.org")
    return packed(tmp_path_factory.mktemp("packed"))


def test_the_npm_package_is_whole(archive: Path, tmp_path: Path) -> None:
    """`npm pack` packs every module that another one imports, and the types, and nothing else."""
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path, filter="data")
    package = tmp_path / "package"
    modules = list(package.rglob("*.js"))
    for module in modules:
        for name in re.findall(r'(?:from|import\() ?"(\.[\w./-]+)"', module.read_text(encoding="utf-8")):
            assert (module.parent / name).is_file(), f"{module.name} imports {name}, which is not in the package"
    assert {module.parent.name for module in modules} == {"package", "page", "element", "words", "python", "shared"}
    assert not (package / "page" / "demo-page.js").exists()
    manifest = json.loads((package / "package.json").read_text())
    for entry in manifest["exports"].values():
        for path in entry.values() if isinstance(entry, dict) else [entry]:
            assert (package / path).is_file(), path
    assert {path.name for path in package.iterdir()} <= {*manifest["files"], "package.json", "README.md", "LICENSE"}
    assert not manifest.get("dependencies")


@pytest.fixture(scope="module")
def app(archive: Path, site: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An app with the package installed from the archive."""
    folder = tmp_path_factory.mktemp("app")
    for name, text in APP.items():
        (folder / name).write_text(
            text.replace("%s", str(archive) if name == "package.json" else site), encoding="utf-8"
        )
    run("npm", "install", "--no-audit", "--no-fund", "--prefer-offline", folder=folder)
    return folder


def test_a_server_that_renders_pages_may_import_everything(app: Path) -> None:
    """Each import succeeds and does nothing where there is no document and no HTMLElement."""
    code = """
        const files = ["element", "element-class", "image-scanner.js", "strings", "jsx"];
        const names = ["phash-scanner", ...files.map((name) => `phash-scanner/${name}`)];
        const modules = await Promise.all(names.map((name) => import(name)));
        console.log(JSON.stringify(modules.map((module) => Object.keys(module).sort())));
    """
    printed = run("node", "--input-type=module", "--eval", code, folder=app)
    assert json.loads(printed) == [
        ["ImageScanner", "ScannerError", "imageScannerStart", "imageScannerStop"],
        ["ImageScanner", "ImageScannerElement"],
        ["ImageScannerElement"],
        [],
        ["ENGLISH", "LANGUAGES"],
        [],
    ]


def test_a_sites_own_unit_tests_can_make_the_element(app: Path) -> None:
    """Under jsdom an element shows its welcome and tells nothing; start() shows that there are no web workers."""
    script = app / "under_jsdom.mjs"
    script.write_bytes((SUPPORT / "under_jsdom.mjs").read_bytes())  # imports are looked up from where the script lies
    shown = json.loads(run("node", script, WEB / "package.json", folder=app))
    (code, message), *others = shown.pop("errors")
    assert (code, others) == ("unsupported-browser", [])
    assert "has no web workers" in message
    assert shown == {
        "before": False,
        "isElement": True,
        "view": "welcome",
        "welcome": "Start camera",
        "afterwards": "error",
        "told": [],
        "unhandled": [],
    }


def test_an_app_made_with_vite_checks_builds_and_recognises(
    app: Path, browser_with_camera: OpenBrowser, tmp_path: Path
) -> None:
    """In an app made with TypeScript and `vite build`, class and element name a picture by another origin's Python."""
    run(TOOLS / "tsc", folder=app)
    run(TOOLS / "vite", "build", folder=app)
    video = write_y4m(tmp_path / "hand.y4m", frames_of(unsteady_hand(picture_of("lighthouse"), 10)))
    page = browser_with_camera(video).new_page()
    with serving(app / "dist") as base:
        page.goto(base)
        page.wait_for_function("found?.length || failed?.length")
        assert page.evaluate("failed") == []
        found = page.evaluate("found[0]")
        assert (found["id"], found["reference"]["id"]) == ("lighthouse", "lighthouse")
        page.evaluate("void document.querySelector('image-scanner').start()")
        page.wait_for_function("matches.length || failed.length")
        assert page.evaluate("[matches[0], failed]") == ["lighthouse", []]
