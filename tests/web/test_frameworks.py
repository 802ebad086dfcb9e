"""docs/frameworks.md is true: the apps of its files are built, served below a path, and name a picture."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from scanner.offline.command.main import site as main
from scanner.offline.site.serve import serving
from support.apps import TOOLS, packed, printed_files, run, with_package, write_app
from support.browsers import OpenBrowser
from support.camera_video import write_y4m
from support.held_up import frames_of, picture_of, unsteady_hand
from support.places import PROJECT

DOCUMENT = (PROJECT / "docs" / "frameworks.md").read_text(encoding="utf-8")


def page_with(script: str, place: str = '<div id="root"></div>') -> str:
    """Returns a page as `npm create vite` makes it, with a place for the app and the app's script."""
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>App</title>
{place}<script type="module" src="/src/{script}"></script></html>"""


# Files that the templates of the tools bring, beside those that the document prints.
GIVEN = {
    "react": {
        "index.html": page_with("main.tsx"),
        "own.html": page_with("own.tsx"),
        "hydrated.html": page_with("client.tsx", '<div id="root">RENDERED</div>'),
        "src/own.tsx": """import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { OwnScanner } from "./OwnScanner";
const root = createRoot(document.getElementById("root")!);
root.render(<StrictMode><OwnScanner /></StrictMode>);
Object.assign(globalThis, { unmount: () => root.unmount() });
""",
        "vite.config.js": """import react from "@vitejs/plugin-react";
export default { plugins: [react()] };
""",
        "tsconfig.json": """{"compilerOptions": {"target": "ES2023", "lib": ["ES2023", "DOM", "DOM.Iterable"],
"module": "ESNext", "moduleResolution": "bundler", "verbatimModuleSyntax": true, "moduleDetection": "force",
"noEmit": true, "jsx": "react-jsx", "strict": true, "noUnusedLocals": true, "noUnusedParameters": true,
"noUncheckedSideEffectImports": true, "types": ["vite/client"]}, "include": ["src"]}""",
    },
    "vue": {
        "index.html": page_with("main.js"),
        "src/main.js": """import { createApp } from "vue";
import Scanner from "./Scanner.vue";
createApp(Scanner).mount("#root");
""",
    },
    "svelte": {
        "index.html": page_with("main.js"),
        "src/main.js": """import { mount } from "svelte";
import Scanner from "./Scanner.svelte";
mount(Scanner, { target: document.getElementById("root") });
""",
        "vite.config.js": """import { svelte } from "@sveltejs/vite-plugin-svelte";
export default { plugins: [svelte()] };
""",
    },
    "astro": {"package.json": '{"type": "module"}'},
    "plain": {"index.html": page_with("main.js", '<p role="status"></p>')},
}
HEADINGS = {
    "react": "### React",
    "vue": "### Vue",
    "svelte": "### Svelte",
    "astro": "### Astro",
    "plain": "### Plain modules with Vite",
}

# Keeps every stream of a camera, so that a test sees whether one is on.
LISTEN = """
    globalThis.streams = [];
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wish) => {
        const stream = await open(wish);
        streams.push(stream);
        return stream;
    };
    globalThis.lit = () => streams.filter((one) => one.getTracks().some((t) => t.readyState === "live")).length;
"""


@pytest.fixture(scope="module")
def scanner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that an app serves, made by the document's command with the demo's pictures."""
    folder = tmp_path_factory.mktemp("scanner") / "scanner"
    (options,) = re.findall(r"^phash-scanner site (.*) --bundle \S+ -o public/scanner$", DOCUMENT, re.M)
    assert main([*options.split(), "-o", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def apps(scanner: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the npm package, and the app of each framework in a folder below."""
    folder = with_package(packed(tmp_path_factory.mktemp("packed")), tmp_path_factory.mktemp("apps"))
    for name, given in GIVEN.items():
        files = printed_files("frameworks.md", HEADINGS[name])
        assert files
        write_app(folder / name, {**given, **files}, scanner)
    return folder


@pytest.fixture
def visitor(browser_with_camera: OpenBrowser, tmp_path: Path) -> BrowserContext:
    """A browser whose camera sees the lighthouse."""
    context = browser_with_camera(
        write_y4m(tmp_path / "hand.y4m", frames_of(unsteady_hand(picture_of("lighthouse"), 10))),
        service_workers="block",
    )
    context.add_init_script(LISTEN)
    return context


def opened(visitor: BrowserContext, address: str) -> tuple[Page, list[str]]:
    """Opens a page, and returns it with a list that gets each error of its console."""
    page, faults = visitor.new_page(), []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.location["url"].endswith("/favicon.ico"):
            faults.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(address)
    return page, faults


def wait_for_the_find(page: Page) -> None:
    page.get_by_role("status").filter(has_text="Found lighthouse").wait_for()


def wait_for_darkness(page: Page) -> None:
    page.wait_for_function("streams.length > 0 && lit() === 0", timeout=5_000)


@pytest.mark.parametrize("name", GIVEN)
def test_an_app_below_a_path_names_a_picture(name: str, apps: Path, visitor: BrowserContext) -> None:
    """The app of each framework, built for a path below a host's root, asks for the camera and names the picture."""
    target = apps / "dist" / "shop" / name
    if name == "astro":
        run(TOOLS / "astro", "build", "--base", "/shop/astro", "--outDir", target, folder=apps / name)
    else:
        run(TOOLS / "vite", "build", "--base", f"/shop/{name}/", "--outDir", target, folder=apps / name)
    if name == "react":
        run(TOOLS / "tsc", folder=apps / name)
        policy = re.search(r"```\n(default-src .*?)\n```", DOCUMENT)[1]
        start = target / "index.html"
        tag = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        start.write_text(start.read_text(encoding="utf-8").replace('<meta charset="utf-8">', tag), encoding="utf-8")
        assert tag in start.read_text(encoding="utf-8")
    with serving(apps / "dist") as base:
        page, faults = opened(visitor, f"{base}shop/{name}/")
        if name == "react":
            page.get_by_role("button", name="Open scanner").click()
        page.get_by_role("button", name="Start camera").click()
        wait_for_the_find(page)
        assert faults == []
        if name == "react":
            page.get_by_role("button", name="Close scanner").click()
            wait_for_darkness(page)


@pytest.fixture(scope="module")
def development(apps: Path) -> Iterator[str]:
    """The address of the React app, as `vite` serves it while its developer works."""
    folder = apps / "react"
    run(TOOLS / "vite", "build", "--ssr", "src/server.tsx", "--outDir", "server", folder=folder)
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    render = "import('./server/server.js').then(({ render }) => process.stdout.write(render()))"
    rendered = run("node", "--eval", render, folder=folder)
    assert 'image-scanner assets="/scanner/" style="height:80vh"' in rendered
    page = folder / "hydrated.html"
    page.write_text(page.read_text(encoding="utf-8").replace("RENDERED", rendered), encoding="utf-8")
    server = subprocess.Popen(
        [TOOLS / "vite", "--port", "0", "--host", "127.0.0.1"], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    try:
        address = None
        for line in server.stdout:
            address = re.search(r"http://127\.0\.0\.1:\d+/", re.sub(r"\x1b\[\d*m", "", line))
            if address:
                break
        assert address, "vite printed no address"
        yield address[0]
    finally:
        server.terminate()
        server.wait(10)


def test_strict_mode_mounts_twice_and_leaves_one_camera(development: str, visitor: BrowserContext) -> None:
    """In StrictMode the component with a video of its own scans with one camera, logs nothing, and switches it off."""
    page, faults = opened(visitor, f"{development}own.html")
    wait_for_the_find(page)
    assert page.evaluate("lit()") == 1
    assert faults == []
    page.evaluate("unmount()")
    wait_for_darkness(page)


def test_a_page_that_a_server_rendered_is_hydrated_and_scans(development: str, visitor: BrowserContext) -> None:
    """React takes over the element in a server's HTML without a complaint, and the picture is named."""
    page, faults = opened(visitor, f"{development}hydrated.html")
    page.get_by_role("button", name="Start camera").click()
    wait_for_the_find(page)
    assert faults == []


def test_a_change_of_a_components_source_leaves_the_camera_on(
    development: str, apps: Path, visitor: BrowserContext
) -> None:
    """Hot module replacement shows a component's new text while the element in it stays and scans on."""
    page, faults = opened(visitor, development)
    page.get_by_role("button", name="Open scanner").click()
    page.get_by_role("button", name="Start camera").click()
    page.wait_for_function("lit() === 1")
    page.evaluate("globalThis.before = document.querySelector('image-scanner')")
    source = apps / "react" / "src" / "Scanner.tsx"
    before = source.read_text(encoding="utf-8")
    try:
        source.write_text(before.replace("`Found ${found}`", "`Seen: ${found}`"), encoding="utf-8")
        page.get_by_role("status").filter(has_text="Seen: lighthouse").wait_for()
    finally:
        source.write_text(before, encoding="utf-8")  # other tests build this app, too
    assert page.evaluate("before === document.querySelector('image-scanner') && streams.length") == 1
    assert faults == []


def test_no_block_of_the_document_is_left_out() -> None:
    """A new block of code in docs/frameworks.md is built by a test above, or listed here with its test."""
    printed = [text for heading in HEADINGS.values() for text in printed_files("frameworks.md", heading).values()]
    elsewhere = {
        "npm pack ./web": "test_npm_package.py packs and installs so",
        "phash-scanner build": "test_phash_scanner_command.py builds and assembles so",
        "default-src 'self'": "test_an_app_below_a_path_names_a_picture",
    }
    blocks = re.findall(r"^```\w*\n(.*?)^```", DOCUMENT, re.M | re.S)
    assert [b for b in blocks if b not in printed and not any(b.startswith(each) for each in elsewhere)] == []
    assert len(printed) >= 11
