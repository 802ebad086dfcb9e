"""A newer build reaches visitors whole, and nothing bad is ever kept: two real builds, the real service worker."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error as PlaywrightError

from scanner.offline.site import assemble_site
from scanner.offline.site.parts import Parts
from support.browsers import PATIENCE, OpenBrowser
from support.changing_host import (
    BAD_ANSWERS,
    Answer,
    Host,
    changing_host,
    cut_off,
    held_back,
    login_page,
    other_bytes,
    slowly,
    with_a_full_disk,
)
from support.engines import Chromium, Engine, running_firefox
from support.places import PROJECT

RUNTIME_FILE = "python-memory.wasm"

# Resolves to the title of the first reference, as a worker that starts now reads the bundle.
CATALOGUE = """
    const { ScannerClient } = await import("./page/scanner-client.js");
    const [first] = await new ScannerClient(location.href.replace(/[^/]*$/, "")).catalogue(
      new URL("hashes/references.json", location.href).href);
    return first.title;
"""
STILL = """
    const { ImageScanner } = await import("./image-scanner.module.js");
    return (await ImageScanner.scanImage(new ImageData(new Uint8ClampedArray(40_000).fill(255), 100))).outcome;
"""
OUR_CACHES = "return (await caches.keys()).filter((name) => name.startsWith('image-scanner '))"
# Our caches, counted after a request: the service worker looks for pages that have gone when one asks it for a file.
COUNT_AFTER_A_REQUEST = """
    await fetch("style.css");
    return (await caches.keys()).filter((name) => name.startsWith("image-scanner ")).length;
"""
# Complete caches: the build's own list is written last.
COMPLETE = """
    const complete = [];
    for (const name of await caches.keys()) {
      const [, scope] = name.match(/^image-scanner (.*) /) ?? [];
      if (scope && (await (await caches.open(name)).match(`${scope}?build`))) complete.push(name);
    }
    return complete;
"""
NOTICE = "return !document.querySelector('.update').hidden"
UNKEPT = "return !document.querySelector('.unkept').hidden"
# A thumbnail loads when it comes near the view.
GALLERY = (
    "document.querySelector('.gallery').scrollIntoView(); const seen = [...document.querySelectorAll('.gallery img')];"
)
GALLERY_IS_SHOWN = f"{GALLERY} return seen.length > 0 && seen.every((one) => one.naturalWidth > 0)"
GALLERY_IS_KEPT = f"{GALLERY} return (await Promise.all(seen.map(({{ src }}) => caches.match(src)))).every(Boolean)"
STYLE = "return await (await fetch('style.css')).text()"


def until(browser: Engine, script: str, wanted: Any = True, seconds: float = PATIENCE / 1000) -> None:
    """Waits until a script returns a value."""
    end = time.monotonic() + seconds
    found = None
    while found != wanted:
        assert time.monotonic() < end, f"{script} returned {found}, expected {wanted}"
        time.sleep(0.2)
        with suppress(PlaywrightError):  # the page reloads itself in the middle of the script
            found = browser.run(script)


def until_kept(browser: Engine, builds: int = 1) -> list[str]:
    """Waits until the browser keeps so many whole builds; returns the names of their caches."""
    until(browser, f"return (await (async () => {{ {COMPLETE} }})()).length", builds)
    until(browser, "return navigator.serviceWorker.controller !== null")
    return list(browser.run(COMPLETE))


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two builds of the site: the second has another title in the bundle, another style and one more page."""
    folder = tmp_path_factory.mktemp("builds")
    project = folder / "project"
    for name in ("web", "scanner", "hashes", "reference_images"):
        ignored = shutil.ignore_patterns("node_modules", "__pycache__")
        shutil.copytree(PROJECT / name, project / name, ignore=ignored)
    bundle = project / "hashes" / "references.json"
    references = json.loads(bundle.read_text(encoding="utf-8"))
    for build in ("first", "second"):
        references["references"][0]["title"] = f"The {build} title"
        bundle.write_text(json.dumps(references), encoding="utf-8")
        with (project / "web" / "style.css").open("a") as style:
            style.write(f"/* of the {build} build */\n")
        assemble_site(folder / build, parts=Parts.of_checkout(project))
        shutil.copy(project / "web" / "index.html", project / "web" / "other page.html")
    return folder / "first", folder / "second"


@pytest.fixture
def host(builds: tuple[Path, Path]) -> Iterator[Host]:
    """A host of the first build; the site lies below a folder of the host."""
    with changing_host({"/scanner/": builds[0]}) as serving:
        yield serving


@contextmanager
def engine_named(name: str, open_browser: OpenBrowser, folder: Path) -> Iterator[Engine]:
    if name == "Chromium":
        yield Chromium(open_browser(None).new_page())
        return
    try:
        starting = running_firefox(folder)
        with starting as browser:
            yield browser
    except LookupError as missing:
        pytest.skip(f"Firefox: no {missing} here; apt-get install firefox-esr")


@pytest.fixture(params=["Chromium", "Firefox"])
def browser(request: pytest.FixtureRequest, browser_with_camera: OpenBrowser, tmp_path: Path) -> Iterator[Engine]:
    """Each engine in turn, with the browser of a visitor nobody has seen before."""
    with engine_named(request.param, browser_with_camera, tmp_path) as engine:
        yield engine


def test_an_update_is_announced_and_used_whole_after_a_reload(
    browser: Engine, host: Host, builds: tuple[Path, Path]
) -> None:
    """A newer build is fetched, announced, and all that is used after a reload, offline as well; the older one goes."""
    site = host.base + "/scanner/"
    browser.open(site)
    before = until_kept(browser)
    browser.run("await caches.open('somebody else')")

    host.folders["/scanner/"] = builds[1]
    browser.open(site)
    until(browser, NOTICE)
    # The page that is open stays of the first build, in its own thread and in a worker that starts only now.
    assert "of the second build" not in browser.run(STYLE)
    assert browser.run(CATALOGUE) == "The first title"

    browser.open(site)
    assert "of the second build" in browser.run(STYLE)
    assert browser.run(CATALOGUE) == "The second title"
    until(browser, COUNT_AFTER_A_REQUEST, 1)
    assert set(browser.run(OUR_CACHES)).isdisjoint(before)
    assert "somebody else" in browser.run("return await caches.keys()")
    assert browser.run(NOTICE) is False

    host.network = "gone"
    browser.open(site + "index.html?offline")
    assert "of the second build" in browser.run(STYLE)
    assert browser.run(CATALOGUE) == "The second title"


def test_pictures_that_were_shown_stay_through_an_update(
    browser_with_camera: OpenBrowser, host: Host, builds: tuple[Path, Path]
) -> None:
    """Files kept at their first use are there without a network after an update that arrived in the background."""
    browser = Chromium(browser_with_camera(None).new_page())
    browser.open(host.base + "/scanner/")
    until_kept(browser)
    picture, notice = "pictures/" + min((builds[0] / "pictures").iterdir()).name, "licences/NOTICE.txt"
    assert (builds[1] / picture).is_file()
    status = "return (await fetch(args[0])).status"
    browser.run(status, picture)
    host.folders["/scanner/"] = builds[1]
    browser.open(host.base + "/scanner/")
    until(browser, NOTICE)
    browser.run(status, notice)  # the page of the older build asks for it when the newer build is whole
    host.network = "gone"
    browser.open(host.base + "/scanner/")
    assert "of the second build" in browser.run(STYLE)
    assert browser.run(status, picture) == 200
    until(browser, COUNT_AFTER_A_REQUEST, 1)
    assert browser.run(status, notice) == 200


def test_pictures_that_a_first_visit_has_shown_are_kept(browser: Engine, host: Host) -> None:
    """Thumbnails that a first visit shows before its service worker is there are shown on a visit without a network."""
    shown = threading.Event()
    host.faults = {"service-worker.js": held_back(shown)}
    browser.open(host.base + "/scanner/")
    until(browser, GALLERY_IS_SHOWN)
    shown.set()
    until_kept(browser)
    until(browser, GALLERY_IS_KEPT)
    host.network = "gone"
    browser.open(host.base + "/scanner/")
    until(browser, GALLERY_IS_SHOWN)


def test_a_full_disk_does_not_keep_an_older_build(
    browser_with_camera: OpenBrowser, host: Host, builds: tuple[Path, Path]
) -> None:
    """Where the disk is too full to note which pages are older, the newer build takes over and the older one goes."""
    browser = Chromium(browser_with_camera(None).new_page())
    browser.open(host.base + "/scanner/")
    until_kept(browser)
    host.folders["/scanner/"] = builds[1]
    host.faults = {"service-worker.js": with_a_full_disk}
    browser.open(host.base + "/scanner/")
    until(browser, NOTICE)
    browser.open(host.base + "/scanner/")
    assert "of the second build" in browser.run(STYLE)
    until(browser, COUNT_AFTER_A_REQUEST, 1)


def test_the_notice_reloads_the_page_into_the_newer_build(
    browser_with_camera: OpenBrowser, host: Host, builds: tuple[Path, Path]
) -> None:
    """A page that stays open finds the newer build when its person comes back; the notice's button brings it in."""
    page = browser_with_camera(None).new_page()
    page.clock.install()
    page.goto(host.base + "/scanner/")
    browser = Chromium(page)
    until_kept(browser)
    host.folders["/scanner/"] = builds[1]
    page.clock.fast_forward(3_700_000)
    until(browser, NOTICE)
    page.get_by_role("button", name="Reload").click()
    page.wait_for_load_state()
    assert "second" in browser.run(STYLE)


def test_two_open_pages_of_two_builds_each_stay_whole(
    browser_with_camera: OpenBrowser, host: Host, builds: tuple[Path, Path]
) -> None:
    """A page of an older build is served by its build until it closes, whatever other pages do meanwhile."""
    context = browser_with_camera(None)
    old, new = Chromium(context.new_page()), Chromium(context.new_page())
    old.open(host.base + "/scanner/")
    until_kept(old)
    old.page.reload()
    host.folders["/scanner/"] = builds[1]
    new.open(host.base + "/scanner/")
    until(new, NOTICE)
    new.page.reload()
    assert "second" in new.run(STYLE)
    assert "second" not in old.run(STYLE)
    assert [old.run(CATALOGUE), new.run(CATALOGUE)] == ["The first title", "The second title"]
    assert len(until_kept(new, 2)) == 2
    old.page.close()
    until(
        new,
        f"{STYLE}.then ? 0 : 0"
        if False
        else f"await fetch('style.css'); return (await (async () => {{ {OUR_CACHES} }})()).length",
        1,
    )


@pytest.mark.parametrize(
    ("ending", "answer"),
    [
        *(("references.json", answer) for answer in BAD_ANSWERS),
        (RUNTIME_FILE, login_page),
        ("/scanner/index.html", login_page),
        ("page/scanner.js", cut_off),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_bad_answer_at_the_first_visit_is_not_kept_and_mended_at_the_next(
    ending: str, answer: Answer, browser_with_camera: OpenBrowser, host: Host
) -> None:
    """A login page, a damaged file or an error is told and never kept; the next visit works, and keeps all."""
    browser = Chromium(browser_with_camera(None).new_page())
    host.faults = {ending: answer}
    browser.open(host.base + "/scanner/")
    told = "did not arrive whole" if ending == "page/scanner.js" else "Not everything could be kept"
    browser.page.get_by_text(told).wait_for()
    assert browser.run(COMPLETE) == []
    host.faults = {}
    browser.open(host.base + "/scanner/")
    until_kept(browser)
    host.network = "gone"
    browser.open(host.base + "/scanner/")
    assert browser.run(CATALOGUE) == "The first title"


@pytest.mark.parametrize("answer", [login_page, other_bytes], ids=lambda answer: answer.__name__)
def test_an_update_with_a_bad_file_waits_until_all_is_good(
    answer: Answer, browser_with_camera: OpenBrowser, host: Host, builds: tuple[Path, Path]
) -> None:
    """A newer build that arrives damaged is told and not used; the build before stays, until the newer one is whole."""
    browser = Chromium(browser_with_camera(None).new_page())
    browser.open(host.base + "/scanner/")
    before = until_kept(browser)
    host.folders["/scanner/"] = builds[1]
    host.faults = {"references.json": answer}
    browser.open(host.base + "/scanner/")
    until(browser, UNKEPT)
    assert browser.run(COMPLETE) == before
    browser.open(host.base + "/scanner/")
    assert "second" not in browser.run(STYLE)
    assert browser.run(CATALOGUE) == "The first title"
    host.faults = {}
    browser.open(host.base + "/scanner/")
    until(browser, NOTICE)
    browser.open(host.base + "/scanner/")
    assert browser.run(CATALOGUE) == "The second title"


DAMAGE = """
    const [name] = await caches.keys();
    const cache = await caches.open(name);
    const found = (await cache.keys()).find(({ url }) => url.endsWith(args[0]));
    const { headers } = await cache.match(found);
    await cache.put(found, new Response(args[1], { headers }));
"""


@pytest.mark.parametrize("ending", ["index.html", "page/scanner.js", "worker.js", RUNTIME_FILE, "references.json"])
def test_a_damaged_copy_is_fetched_again(ending: str, browser_with_camera: OpenBrowser, host: Host) -> None:
    """A copy that is damaged in the browser is noticed before it is used, and replaced from the network."""
    browser = Chromium(browser_with_camera(None).new_page())
    browser.open(host.base + "/scanner/")
    until_kept(browser)
    browser.run(DAMAGE, ending, "damaged")
    browser.open(host.base + "/scanner/")
    assert browser.run(CATALOGUE) == "The first title"
    until(browser, f"await fetch('style.css'); {KEPT_TEXT % ending}", False)


KEPT_TEXT = """
    const cache = await caches.open((await caches.keys())[0]);
    const found = (await cache.keys()).find(({ url }) => url.endsWith("%s"));
    return (await (await cache.match(found)).text()) === "damaged";
"""


def test_a_damaged_copy_is_mended_over_a_slow_line(browser_with_camera: OpenBrowser, host: Host) -> None:
    """A damaged file whose download takes longer than a page waits is fetched once, and whole at a later visit."""
    browser = Chromium(browser_with_camera(None).new_page())
    browser.open(host.base + "/scanner/")
    until_kept(browser)
    browser.run(DAMAGE, RUNTIME_FILE, "damaged")
    host.faults = {RUNTIME_FILE: slowly}
    host.asked.clear()
    browser.open(host.base + "/scanner/")
    browser.run(f"await (async () => {{ {CATALOGUE} }})().catch(() => {{}})")
    until(browser, KEPT_TEXT % RUNTIME_FILE, False)
    assert len([path for path in host.asked if path.endswith(RUNTIME_FILE)]) == 1
    host.network = "gone"
    browser.open(host.base + "/scanner/")
    assert browser.run(CATALOGUE) == "The first title"


def test_a_damaged_copy_without_a_network_is_told(browser_with_camera: OpenBrowser, host: Host) -> None:
    """Without a network a damaged copy is not used: the page says that its scripts did not arrive whole."""
    browser = Chromium(browser_with_camera(None).new_page())
    browser.open(host.base + "/scanner/")
    until_kept(browser)
    browser.run(DAMAGE, "page/scanner.js", "globalThis.damaged = true")
    host.network = "gone"
    browser.open(host.base + "/scanner/")
    browser.page.get_by_text("did not arrive whole").wait_for()
    assert browser.run("return globalThis.damaged ?? null") is None
    host.network = "good"
    browser.open(host.base + "/scanner/")
    assert browser.run(CATALOGUE) == "The first title"


def test_a_network_that_never_answers_does_not_keep_the_page_back(browser: Engine, host: Host) -> None:
    """On a network that takes requests and answers none, the kept page opens within 3 seconds."""
    browser.open(host.base + "/scanner/")
    until_kept(browser)
    host.network = "silent"
    for name in ("", "index.html", "?from=a-poster"):
        start = time.monotonic()
        browser.open(host.base + "/scanner/" + name)
        assert browser.run("return customElements.get('image-scanner') !== undefined")
        assert time.monotonic() - start < 3
        # Also waits until the worker runs. Where a page is left before, Firefox sends the worker's requests past the
        # service worker, and counts the next page as loading until they are answered, though that page works.
        assert browser.run(CATALOGUE) == "The first title"


def test_every_page_answers_offline_by_each_of_its_names(
    browser: Engine, host: Host, builds: tuple[Path, Path]
) -> None:
    """Each page of the site opens without a network by its folder, its file, with a query and with a fragment."""
    host.folders["/scanner/"] = builds[1]  # the build with one more page
    browser.open(host.base + "/scanner/")
    until_kept(browser)
    host.network = "gone"
    for name in (
        "",
        "index.html",
        "?lang=en",
        "index.html?a=b#c",
        "other%20page.html",
        "other%20page.html?x",
        "other%20page",
    ):
        browser.open(host.base + "/scanner/" + name)
        assert browser.run("return document.title") == "Image Scanner", name


def test_sites_of_one_origin_leave_each_other_alone(
    browser_with_camera: OpenBrowser, host: Host, builds: tuple[Path, Path]
) -> None:
    """Two scanners at two paths of one origin update apart, and neither touches caches or pages of the other."""
    host.folders = {"/": builds[0], "/deeper/": builds[0]}
    browser = Chromium(browser_with_camera(None).new_page())
    browser.open(host.base + "/")
    until_kept(browser)
    browser.open(host.base + "/deeper/")
    until_kept(browser, 2)
    host.folders["/"] = builds[1]
    browser.open(host.base + "/")
    until(browser, NOTICE)
    browser.open(host.base + "/")
    until(browser, COUNT_AFTER_A_REQUEST, 2)
    assert browser.run(CATALOGUE) == "The second title"
    host.network = "gone"
    browser.open(host.base + "/deeper/")
    assert browser.run(CATALOGUE) == "The first title"


@pytest.mark.parametrize(
    ("ending", "answer"),
    [
        *(("numpy.zip", answer) for answer in BAD_ANSWERS),
        ("pyodide.asm.wasm", other_bytes),
        ("_umath_linalg.wasm", cut_off),
        ("pyodide.mjs", other_bytes),
        ("pyodide-lock.json", login_page),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_without_a_service_worker_a_bad_answer_is_told_and_mended(
    ending: str, answer: Answer, browser_with_camera: OpenBrowser, host: Host
) -> None:
    """Where no service worker runs, a bad file of Python is an error, and a later visit goes past the bad answer."""
    context = browser_with_camera(None, service_workers="block")
    page = context.new_page()
    host.faults = {ending: answer, "python-memory.wasm": answer}  # or the quick start would do without the file
    page.goto(host.base + "/scanner/")
    failure = Chromium(page).run(f"return await (async () => {{ {CATALOGUE} }})().then(() => '', ({{ code }}) => code)")
    assert failure == "runtime-failed"
    host.faults = {}
    page.goto(host.base + "/scanner/")
    assert Chromium(page).run(CATALOGUE) == "The first title"


@pytest.mark.parametrize(
    ("ending", "answer"),
    [("page/scanner.js", login_page), ("image-scanner-element.js", cut_off), ("worker.js", login_page)],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_without_a_service_worker_a_bad_script_is_told_and_mended(
    ending: str, answer: Answer, browser_with_camera: OpenBrowser, host: Host
) -> None:
    """Where no service worker runs, a script that came bad is told, and the next visit fetches it again by itself."""
    page = browser_with_camera(None, service_workers="block").new_page()
    host.faults = {ending: answer}
    page.goto(host.base + "/scanner/")
    if ending == "worker.js":
        page.evaluate("void document.querySelector('image-scanner').start()")
        page.get_by_role("heading", name="The recogniser did not start").wait_for()
    else:
        page.get_by_text("did not arrive whole").wait_for()
    host.faults = {}
    page.goto(host.base + "/scanner/")
    browser = Chromium(page)
    until(browser, "return customElements.get('image-scanner') !== undefined")
    assert browser.run(STILL) == "no_detail"
    assert browser.run(CATALOGUE) == "The first title"


def test_a_bad_script_is_fetched_again_at_each_try(browser_with_camera: OpenBrowser, host: Host) -> None:
    """Where the network is down as a bad worker script is found, "Try again" works once the network is back."""
    page = browser_with_camera(None, service_workers="block").new_page()
    host.faults = {"worker.js": login_page}
    page.goto(host.base + "/scanner/")
    browser = Chromium(page)
    told = f"return await (async () => {{ {STILL} }})().then(() => '', ({{ code }}) => code)"
    assert browser.run(told) == "runtime-failed"
    host.faults = {"assets.json": cut_off}
    page.goto(host.base + "/scanner/")
    assert browser.run(told) == "runtime-failed"
    host.faults = {}
    assert browser.run(STILL) == "no_detail"
