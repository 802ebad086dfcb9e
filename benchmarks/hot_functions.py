"""Which functions of Python's WebAssembly a scan runs: `python -m benchmarks.hot_functions`.

The script writes scanner/offline/site/snapshot/hot_functions.json anew, the profile by which a site's modules are cut
in two. It must run after every change of Pyodide. After a change of the core it should: a function that scans run and
the profile lacks costs a visitor a request in the middle of a frame, once.

A site is assembled, and its first files replaced by whole modules whose functions note that they run. Chromium starts
Python from the site's snapshot, and does all that benchmarks/sittings.py draws: bundles, good and damaged, streams,
stills, recordings. The site has no other files of Python, so nothing runs that a browser does in a quiet moment. The
notes lie at the low end of Python's stack, which no scan reaches, and which a restore leaves alone. A second, shorter
visit goes the way of iPhones.

The table says what each step adds: functions of each module, and kilobytes of their code.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt
from playwright.sync_api import Browser, sync_playwright

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

from benchmarks.sittings import SITTING, Sitting, bundles, damaged_bundles, sittings  # noqa: E402
from scanner.files import write_atomically  # noqa: E402
from scanner.offline.site import assemble_site  # noqa: E402
from scanner.offline.site.archive import read_zip  # noqa: E402
from scanner.offline.site.groups import ROLES  # noqa: E402
from scanner.offline.site.runtime import obtain_runtime  # noqa: E402
from scanner.offline.site.serve import serving  # noqa: E402
from scanner.offline.site.snapshot.fast_files import SNAPSHOT  # noqa: E402
from scanner.offline.site.snapshot.hot import PROFILE, ProfileError, hot_functions, ranges_of  # noqa: E402
from scanner.offline.site.trim import trimmed_numpy  # noqa: E402
from scanner.offline.site.wasm import Module  # noqa: E402

NOTING = """
// Keeps Python's memory at hand: the notes lie in it.
const keep = (instance) => {
  if (instance.exports.memory) globalThis.pythonMemory = instance.exports.memory;
  return instance;
};
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct: (target, given) => keep(Reflect.construct(target, given)),
});
for (const name of ["instantiate", "instantiateStreaming"]) {
  const original = WebAssembly[name];
  WebAssembly[name] = async (...given) => {
    const made = await original.apply(WebAssembly, given);
    keep(made.instance ?? made);
    return made;
  };
}
"""

NOTES = """([base, count]) => {
  const notes = new Uint8Array(globalThis.pythonMemory.buffer, base, count);
  return notes.reduce((text, note) => text + note, "");
}"""

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
"""In browsers of this name CPython calls functions without its trampoline."""

LONGEST_SITTING = 900_000
"""Milliseconds."""


@dataclass(frozen=True)
class Noting:
    """The modules of a site whose functions note that they run.

    Attributes:
        base: address of the first note; the notes of a module follow those of the module before.
        modules: as published, by file name.
    """

    base: int
    modules: dict[str, Module]

    @property
    def count(self) -> int:
        """Returns how many functions all modules have."""
        return sum(module.functions for module in self.modules.values())

    def places(self) -> Iterator[tuple[str, int, int]]:
        """Yields the name of each module, and where its notes begin and end."""
        start = 0
        for name, module in self.modules.items():
            yield name, start, start + module.functions
            start += module.functions

    @cached_property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Returns the bytes of code of each function."""
        return np.array([size for module in self.modules.values() for size in module.sizes], np.int64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("-o", "--output", type=Path, default=PROFILE)
    parser.add_argument("--sittings", default="", help="only sittings whose name contains this, to try the script")
    options = parser.parse_args()
    chosen = [each for each in sittings() if options.sittings in each.name]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Path(folder) / "site"
        originals = published()
        assemble_with_any_profile(site, originals)
        noting = instrument(site, originals)
        for name, text in {**bundles(), **damaged_bundles()}.items():
            (site / name).write_bytes(text)
        ran = np.zeros(noting.count, bool)
        print(f"| | {' | '.join(noting.modules)} | kB | outcomes | seconds |\n{'|---' * (len(noting.modules) + 4)}|")
        with serving(site) as base:
            for switches, some in (([], chosen), ([f"--user-agent={IPHONE}"], chosen[:3])):
                arguments = ["--no-sandbox", *switches]
                browser = playwright.chromium.launch(executable_path=options.chromium, args=arguments)
                visit(browser, base, site, noting, some, ran)
                browser.close()
    hot = {name: frozenset(np.flatnonzero(ran[start:end]).tolist()) for name, start, end in noting.places()}
    write_atomically(options.output, profile_text(originals, hot).encode())


def published() -> dict[str, bytes]:
    """Returns Python's modules as their makers published them, by the names that a site gives them."""
    runtime = obtain_runtime()
    wheel = trimmed_numpy(read_zip(runtime.files[runtime.numpy]))
    libraries = {path: content for path, content in wheel.items() if path.endswith(".so")}
    named = {f"{Path(path).name.partition('.')[0]}.wasm": content for path, content in libraries.items()}
    return {ROLES["wasm"]: runtime.files[ROLES["wasm"]], **named}


def assemble_with_any_profile(site: Path, originals: Mapping[str, bytes]) -> None:
    """Assembles a site. Where the committed profile is of other modules, one that names all functions replaces it."""
    try:
        hot_functions(originals)
    except ProfileError as error:
        print(f"{error}\nUntil this script ends, the profile names all functions.", file=sys.stderr)
        everything = {name: frozenset(range(Module(content).functions)) for name, content in originals.items()}
        write_atomically(PROFILE, profile_text(originals, everything).encode())
    assemble_site(site)


def instrument(site: Path, originals: Mapping[str, bytes]) -> Noting:
    """Makes an assembled site one whose Python notes what runs, and which has no other files of Python."""
    assets = json.loads((site / "assets.json").read_bytes())
    files = assets["files"]

    def place(role: str) -> Path:
        return site / str(files[role]["url"])

    noting = Noting(address_of_notes(place(SNAPSHOT).read_bytes()), {})
    for role in ("wasm", *assets["libraries"].values()):
        whole = Module(originals[place(role).name])
        used = {each.name for each in Module(place(f"hot-{role}").read_bytes()).exports}
        kept = [each.name for each in whole.exports if each.name in used]
        content = Module(whole.with_exports(kept)).instrumented(noting.base + noting.count)
        noting.modules[place(role).name] = whole
        replace(place(f"hot-{role}"), content)
        facts = {"bytes": len(content), "sha256": sha256(content).hexdigest()}
        files[f"hot-{role}"] = {"url": files[f"hot-{role}"]["url"], **facts}
        replace(place(f"cold-{role}"), None)
    for role in ("stdlib", "numpy", "core", "wasm"):
        replace(place(role), None)
    replace(site / "assets.json", json.dumps(assets).encode())
    (site / "noting.js").write_text(NOTING)
    replace(site / "worker.js", b'import "./noting.js";\n' + (site / "worker.js").read_bytes())
    return noting


def address_of_notes(memory_file: bytes) -> int:
    """Returns an address at the low end of the stack, behind a margin for what looks whether the stack overflows."""
    length = int.from_bytes(memory_file[24:28], "little")
    return int(json.loads(memory_file[28 : 28 + length])["stackLow"]) + 1024


def replace(place: Path, content: bytes | None) -> None:
    """Writes a file of the site, or deletes it; no compressed file of the old content stays beside it."""
    place.unlink()
    for ending in (".br", ".gz"):
        place.with_name(place.name + ending).unlink(missing_ok=True)
    if content is not None:
        place.write_bytes(content)


def visit(
    browser: Browser, base: str, site: Path, noting: Noting, chosen: list[Sitting], ran: npt.NDArray[np.bool_]
) -> None:
    """Opens the site, goes through all sittings, and adds to `ran` which functions ran."""
    page = browser.new_context(service_workers="block").new_page()
    page.set_default_timeout(LONGEST_SITTING)
    page.on("console", lambda message: print(message.text, file=sys.stderr))
    page.goto(f"{base}licences/NOTICE.txt")
    began = time.monotonic()

    def tell(name: str, outcomes: list[str]) -> None:
        nonlocal began
        notes = page.workers[0].evaluate(NOTES, [noting.base, noting.count])
        noted = np.frombuffer(notes.encode(), np.uint8) == ord("1")
        new = noted & ~ran
        ran[:] |= noted
        columns = [str(new[start:end].sum()) for _, start, end in noting.places()]
        kilobytes = noting.sizes[new].sum() / 1000
        told = ", ".join(f"{count} {outcome}" for outcome, count in Counter(outcomes).items())
        ended = time.monotonic()
        print(f"| {name} | {' | '.join(columns)} | {kilobytes:.1f} | {told} | {ended - began:.0f} |", flush=True)
        began = ended

    page.add_script_tag(content=SITTING)
    outcome = page.evaluate("(base) => load(base)", base)
    if outcome != "done":
        raise SystemExit(f"expected a start of Python from the site's memory file, found {outcome}: see the warnings")
    tell("start", [outcome])
    for name in bundles():
        tell(name, page.evaluate("(url) => open(url)", base + name))
    for sitting in chosen:
        tell(sitting.name, page.evaluate("(message) => sit(message)", sitting.laid_out(base, site)))
    for name in damaged_bundles():
        tell(name, page.evaluate("(url) => open(url)", base + name))


def profile_text(originals: Mapping[str, bytes], hot: Mapping[str, frozenset[int]]) -> str:
    """Returns the text of the profile: equal profiles give equal text."""
    entries = {
        name: {"sha256": sha256(content).hexdigest(), "functions": ranges_of(hot[name])}
        for name, content in originals.items()
    }
    return json.dumps(entries, indent=1) + "\n"


if __name__ == "__main__":
    main()
