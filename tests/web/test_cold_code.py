"""Code that no scan runs comes when it is quiet, or as soon as Python calls it, in every engine. Scans call none."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

from benchmarks.sittings import SITTING, Sitting, bundles, damaged_bundles, sittings
from scanner.offline.site.serve import serving
from support.browsers import OpenBrowser
from support.engines import Chromium, Engine, running_firefox, running_webkit
from support.faulty_site import Fault, SiteHandler, hangs_up, missing, serving_with

INSTALL = {"Firefox": "apt-get install firefox-esr", "WebKitGTK": "apt-get install webkit2gtk-driver xvfb"}

# The site's own Python, started as the site's worker starts it. Notes each file that is asked for, and how. With EARLY,
# the quiet moment never comes. Answers a program with its variable "answer", or with the exception that it raised;
# answers null with nothing but the notes.
WORKER = """
    const later = setTimeout;
    if (EARLY) globalThis.setTimeout = (act, time, ...rest) => (time >= 3000 ? 0 : later(act, time, ...rest));
    const asked = { later: [], atOnce: [] };
    const { open } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.open = function (method, address, ...rest) {
      asked.atOnce.push(address.slice(BASE.length));
      return open.call(this, method, address, ...rest);
    };
    const own = fetch;
    globalThis.fetch = (address, ...rest) => {
      asked.later.push(String(address).slice(BASE.length));
      return own(address, ...rest);
    };
    const { startPython } = await import(`${BASE}python/runtime.js`);
    const core = await startPython(BASE, () => {});
    const run = (program) => {
      const scope = core.__builtins__.get("dict")();
      core.__builtins__.get("exec")(program, scope);
      return scope.get("answer");
    };
    onmessage = ({ data: program }) => {
      let answer = null;
      try {
        if (program !== null) answer = run(program);
      } catch (error) {
        answer = `${error.constructor.name}: ${error.message.trim().split("\\n").at(-1)}`;
      }
      postMessage({ answer, asked });
    };
    postMessage({ asked });
"""
# Runs in the page: starts the worker, waits until it has asked for all files that are wanted, and runs programs.
RUN = """
    const [base, early, code, programs, wanted] = args;
    const source = `const BASE = "${base}", EARLY = ${early};\\n${code}`;
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const worker = new Worker(address, { type: "module" });
    const answer = () => new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
    const ask = (program) => {
      const answered = answer();
      worker.postMessage(program);
      return answered;
    };
    let { asked } = await answer();
    while (!wanted.every((path) => [...asked.later, ...asked.atOnce].includes(path))) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      ({ asked } = await ask(null));
    }
    const answers = [];
    for (const program of programs) answers.push((await ask(program)).answer);
    const after = (await ask(null)).asked;
    worker.terminate();
    return { answers, before: asked, after };
"""

SVD = """
import numpy
answer = numpy.linalg.svd(numpy.arange(12.0).reshape(4, 3))[1].tobytes().hex()
"""
PROGRAMS: dict[str, tuple[str, Any]] = {
    "a traceback": (
        """
import traceback
try:
    {}["missing"]
except KeyError:
    answer = traceback.format_exc()
""",
        lambda answer: answer.startswith("Traceback") and answer.endswith("KeyError: 'missing'\n"),
    ),
    "an exception": ("1 / 0", lambda answer: answer == "PythonError: ZeroDivisionError: division by zero"),
    "a singular value decomposition": (
        SVD,
        lambda answer: np.allclose(
            np.frombuffer(bytes.fromhex(answer)), np.linalg.svd(np.arange(12.0).reshape(4, 3))[1], atol=1e-12
        ),
    ),
    "a long text of digits": ("answer = str(7**2000)", lambda answer: answer == str(7**2000)),
    "a division of long integers": (
        "answer = str(10**400 // 3**500 + 10**400 // 3**50)",
        lambda answer: answer == str(10**400 // 3**500 + 10**400 // 3**50),
    ),
}


@pytest.fixture(scope="module", params=["Chromium", *INSTALL])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shared_browser: Browser
) -> Iterator[Engine]:
    """Each engine in turn, started once."""
    with ExitStack() as stack:
        if request.param == "Chromium":
            context = shared_browser.new_context(service_workers="block")
            stack.callback(context.close)
            yield Chromium(context.new_page())
            return
        running = {"Firefox": running_firefox, "WebKitGTK": running_webkit}[request.param]
        try:
            yield stack.enter_context(running(tmp_path_factory.mktemp("engine")))
        except LookupError as missing:
            pytest.skip(f"{request.param}: no {missing} here; {INSTALL[request.param]}")


def paths(folder: Path, prefix: str) -> set[str]:
    """Returns the paths of the site's files whose roles begin so."""
    files = json.loads((folder / "assets.json").read_text())["files"]
    return {entry["url"] for role, entry in files.items() if role.startswith(prefix)}


def run(engine: Engine, site: str, programs: list[str], *, early: bool, wanted: set[str]) -> dict[str, Any]:
    """Runs programs in a new worker; returns their answers, and what was asked for before and after them."""
    engine.open(site + "licences/NOTICE.txt")  # Firefox shows JSON in a page of its own, which forbids workers
    told: dict[str, Any] = engine.run(RUN, site, early, WORKER, programs, sorted(wanted))
    return told


def assert_right(answers: list[Any]) -> None:
    for (name, (_, is_right)), answer in zip(PROGRAMS.items(), answers, strict=False):
        assert is_right(answer), (name, answer)


def test_python_calls_cold_code_before_it_was_fetched(engine: Engine, site: str, site_folder: Path) -> None:
    """Tracebacks, linear algebra and long integers work at once after a quick start: their code is then asked for."""
    told = run(engine, site, [program for program, _ in PROGRAMS.values()], early=True, wanted=set())
    assert paths(site_folder, "snapshot") <= set(told["before"]["later"])
    assert paths(site_folder, "wasm").isdisjoint(told["before"]["later"]), "it did not start quickly"
    assert_right(told["answers"])
    asked = told["after"]["atOnce"]
    assert paths(site_folder, "cold-wasm") | paths(site_folder, "cold-_umath_linalg") <= set(asked)
    assert len(asked) == len(set(asked)), "each once"
    assert set(asked) <= paths(site_folder, "cold-")
    assert paths(site_folder, "cold-").isdisjoint(told["after"]["later"])


def test_python_calls_cold_code_after_it_was_fetched(engine: Engine, site: str, site_folder: Path) -> None:
    """In a quiet moment all other code comes, then Python's library: calls then ask for nothing at once."""
    programs = [program for program, _ in PROGRAMS.values()]
    late = "import pprint, numpy.ma.mrecords as late; answer = late.__name__"
    files = [paths(site_folder, prefix) for prefix in ("cold-", "stdlib", "numpy", "core")]
    told = run(engine, site, [*programs, late], early=False, wanted=set().union(*files))
    assert_right(told["answers"])
    assert told["answers"][-1] == "numpy.ma.mrecords"
    assert told["after"]["atOnce"] == told["before"]["atOnce"]
    assert paths(site_folder, "wasm").isdisjoint(told["after"]["later"])


def test_the_first_call_of_cold_code_works_without_a_network(
    browser_with_camera: OpenBrowser, site_folder: Path
) -> None:
    """On a visit without a network the service worker has the code that Python calls for the first time."""
    faults: dict[str, Fault] = {}
    with serving_with(site_folder, faults) as base:
        page = browser_with_camera(None).new_page()
        page.goto(base)
        page.wait_for_function("navigator.serviceWorker.controller !== null")
        faults[""] = hangs_up  # of every file
        told = run(Chromium(page), base, [program for program, _ in PROGRAMS.values()], early=True, wanted=set())
    assert_right(told["answers"])
    assert paths(site_folder, "cold-_umath_linalg") <= set(told["after"]["atOnce"])


SCRIPT = 'document.documentElement.append(Object.assign(document.createElement("script"), { text: args[0] }));'
OTHER_FRAMES = 4711
"""Seed: the profile of what scans run was made with other frames."""
JUDGED = {
    "a first minute": 16,
    "small camera": 8,
    "strangers": 14,
    "a moving table": 8,
    "stills": 2,
    "stills of strangers": 1,
}
"""Frames of each sitting: matches and misses, searches to their end, one picture and several, streams and stills."""


def first_frames(sitting: Sitting, count: int) -> Iterator[np.ndarray]:
    return islice(sitting.frames(), count)


def test_the_first_minutes_of_scanning_call_no_cold_code(engine: Engine, site_folder: Path, tmp_path: Path) -> None:
    """Streams, stills and refused bundles need only what Python started from: nothing else of it can be had here."""
    roles = ("cold-", "stdlib", "numpy", "core", "wasm")
    asked: list[str] = []

    def absent(handler: SiteHandler, content: bytes) -> None:
        asked.append(handler.path[1:])
        missing(handler, content)

    faults: dict[str, Fault] = {path: absent for role in roles for path in paths(site_folder, role)}
    for name, text in {**bundles(40), **damaged_bundles()}.items():
        (tmp_path / name).write_bytes(text)
    chosen = {sitting.name: sitting for sitting in sittings(OTHER_FRAMES)}
    with serving_with(site_folder, faults) as site, serving(tmp_path) as base:
        engine.open(site + "licences/NOTICE.txt")
        engine.run(SCRIPT, SITTING)
        assert engine.run("return await load(args[0]);", site) == "done"
        told = {}
        for name, count in JUDGED.items():
            few = replace(chosen[name], frames=partial(first_frames, chosen[name], count))
            told[name] = engine.run("return await sit(args[0]);", few.laid_out(base, tmp_path))
        refused = {name: engine.run("return await open(args[0]);", base + name) for name in damaged_bundles()}
        engine.open(site + "licences/NOTICE.txt?left")  # ends the worker
    assert paths(site_folder, "wasm").isdisjoint(asked), (told, "a plain start, after a call of cold code")
    assert set(asked) & paths(site_folder, "cold-"), "the quiet moment came"
    outcomes = Counter(outcome for each in told.values() for outcome in each)
    assert outcomes["match"] >= 4
    assert outcomes["no_match"] >= 12
    assert outcomes["runtime-failed"] == 2 * len(told), "a region outside the frame, and a closed scanner"
    assert {tuple(answer) for answer in refused.values()} == {("bundle-invalid", "bundle-invalid")}
