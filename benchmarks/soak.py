"""An hour of scanning in Chromium, with faults every few seconds: `python -m benchmarks.soak [--minutes 60]`.

The assembled site's page scans with a scripted camera and `continuous`. Each round injects a fault, then shows a
reference, then a picture that is no reference. The report has three tables:

- memory after 10, 30 and 60 minutes, after a collection of garbage: the page's heap, the worker's heap, the worker's
  buffers, and the memory that the page's process has written to, Python's memory included;
- growth of a line fitted through the second half of the samples, in MB a minute;
- recoveries: seconds from the end of a fault to the find of the reference that is shown then.

A false find is a match with another id than that of the picture shown.
"""

import argparse
import base64
import io
import json
import random
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import CDPSession, Page, sync_playwright

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

from benchmarks.memory import memory_of  # noqa: E402
from scanner.offline.site import assemble_site  # noqa: E402
from scanner.offline.site.serve import serving  # noqa: E402
from support.pictures import cover  # noqa: E402
from support.places import PICTURES, SCRIPTED_CAMERA  # noqa: E402

SHOWN = ("1", "2", "album", "whale", "monstera")
STRANGERS = 20
REPORTED_MINUTES = (10, 30, 60)
LONGEST_RECOVERY = 30.0  # seconds; a fault that lasts longer counts as not recovered
AIM_SECONDS = 5.0
STRANGER_SECONDS = 2.0

PREPARE = """
globalThis.finds = [];
globalThis.failures = [];
globalThis.frames = 0;
globalThis.shown = { name: "nothing", at: 0 };
addEventListener("match", ({ detail }) => {
  const seconds = ((performance.now() - shown.at) / 1000).toFixed(1);
  finds.push({ id: detail.id, shown: shown.name, told: `${detail.id} ${seconds} s after ${shown.name} was shown` });
});
globalThis.show = async (name, address) => {
  await scriptedCamera.show(address, 0.62);
  shown = { name, at: performance.now() };
};
document.addEventListener("error", ({ detail }) => detail?.code && failures.push(detail.code));
globalThis.wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
globalThis.element = () => document.querySelector("image-scanner");
globalThis.video = () => element().shadowRoot.querySelector("video");
globalThis.hide = (hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  Object.defineProperty(document, "visibilityState", { value: hidden ? "hidden" : "visible", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
};
globalThis.track = () => scriptedCamera.streams.at(-1).getVideoTracks()[0];
globalThis.mute = (muted) => {
  Object.defineProperty(track(), "muted", { value: muted, configurable: true });
  track().dispatchEvent(new Event(muted ? "mute" : "unmute"));
};
// An unsteady hand: the picture sways and comes nearer.
setInterval(() => {
  scriptedCamera.rise = 0.02 * Math.sin(performance.now() / 700);
  if (scriptedCamera.picture) scriptedCamera.picture.share = 0.62 + 0.03 * Math.sin(performance.now() / 900);
}, 50);
// Every frame that the scanner judges passes through one call of this method.
const scan = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (message, ...rest) {
  if (message?.action === "scanFrame") frames++;
  return scan.call(this, message, ...rest);
};
"""

FAULTS = {
    "camera unplugged": "scriptedCamera.unplug()",
    "unplugged, then in use for a second": """
        scriptedCamera.answers = ["NotReadableError"];
        scriptedCamera.unplug();
        await wait(1000);
        scriptedCamera.answers = ["ok"];""",
    "unplugged, then slow to open": """
        scriptedCamera.answers = ["late", "ok"];
        scriptedCamera.unplug();
        await wait(1000);""",
    "muted for a second": "mute(true); await wait(1000); mute(false);",
    "muted for good": "mute(true); await wait(3000);",
    "phone turned": "scriptedCamera.turn()",
    "phone turned three times": "for (let n = 0; n < 3; n++) { scriptedCamera.turn(); await wait(60); }",
    "page hidden and shown": "hide(true); await wait(500); hide(false);",
    "page hidden and shown at once": "hide(true); hide(false);",
    "paused and resumed": "element().pause(); await wait(50); element().resume();",
    "stopped and started": "element().stop(); element().start(); element().stop(); element().start();",
    "element removed, inserted and started": """
        const place = element().parentNode, one = element();
        one.remove();
        await wait(200);
        place.prepend(one);
        one.start();""",
    "element moved": "element().parentNode.append(element())",
    "element hidden for a second": 'element().style.display = "none"; await wait(1000); element().style.display = "";',
    "element resized": 'element().style.height = "300px"; await wait(300); element().style.height = "";',
    "video paused by another script": "video().pause()",
    "video loaded anew by another script": "video().load()",
}

# The faults leave nothing undone: a camera answers again when the next round begins.
ROUND = """async () => {
  scriptedCamera.picture = null;
  shown = { name: "nothing", at: performance.now() };
  scriptedCamera.answers = ["ok"];
  scriptedCamera.streams = scriptedCamera.streams.slice(-1); // a stream that is kept keeps its pictures
  %s
}"""


@dataclass
class Seen:
    """All that a soak has counted."""

    recoveries: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    lost: list[str] = field(default_factory=list)
    """Faults after which the reference was not found in `LONGEST_RECOVERY`, each with the element's state."""
    finds: int = 0
    false_finds: list[str] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)
    samples: list[tuple[float, dict[str, float]]] = field(default_factory=list)
    page_errors: list[str] = field(default_factory=list)


class WorkerHeap:
    """Asks the page's newest worker for its heap, through the page's session of Chromium's debugging protocol."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session
        self._attached: list[str] = []
        self._answers: dict[int, dict[str, Any]] = {}
        self._next = 0
        session.on("Target.attachedToTarget", lambda event: self._attached.append(event["sessionId"]))
        session.on("Target.detachedFromTarget", lambda event: self._attached.remove(event["sessionId"]))
        session.on("Target.receivedMessageFromTarget", self._received)
        session.send("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False})

    def _received(self, event: dict[str, Any]) -> None:
        message = json.loads(event["message"])
        if "id" in message:
            self._answers[message["id"]] = message.get("result", {})

    def usage(self, page: Page) -> dict[str, float]:
        """Returns used heap and buffers of the worker in MB; zeros without a worker. Collects the garbage of both."""
        self._session.send("HeapProfiler.collectGarbage")
        self._ask(page, "HeapProfiler.collectGarbage")
        answer = self._ask(page, "Runtime.getHeapUsage")
        return {key: answer.get(key, 0) / 1e6 for key in ("usedSize", "backingStorageSize")}

    def _ask(self, page: Page, method: str) -> dict[str, Any]:
        if not self._attached:
            return {}
        self._next += 1
        message = json.dumps({"id": self._next, "method": method})
        self._session.send("Target.sendMessageToTarget", {"sessionId": self._attached[-1], "message": message})
        for _ in range(200):
            if self._next in self._answers:
                break
            page.wait_for_timeout(50)
        return self._answers.pop(self._next, {})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--faults", nargs="*", default=list(FAULTS), help="only these faults")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        assemble_site(Path(folder) / "dist")
        browser = playwright.chromium.launch(
            executable_path=options.chromium, args=["--no-sandbox", "--enable-precise-memory-info"]
        )
        with serving(Path(folder) / "dist") as base:
            context = browser.new_context(viewport={"width": 360, "height": 740}, service_workers="block")
            page = context.new_page()
            seen = Seen()
            page.on("pageerror", lambda error: seen.page_errors.append(str(error)[:120]))
            page.add_init_script(SCRIPTED_CAMERA + PREPARE)
            worker = WorkerHeap(context.new_cdp_session(page))
            page.goto(base)
            page.evaluate("element().toggleAttribute('continuous', true); void element().start()")
            page.locator('image-scanner[view="scanning"]').wait_for(timeout=120_000)
            soak(page, worker, browser.new_browser_cdp_session(), seen, options)
        browser.close()
    report(seen)


def soak(page: Page, worker: WorkerHeap, session: CDPSession, seen: Seen, options: argparse.Namespace) -> None:
    """Plays rounds of fault, reference and stranger until the time is over."""
    choose = random.Random(options.seed)
    references = {name: data_address(Image.open(PICTURES / f"{name}.png")) for name in SHOWN}
    strangers = [data_address(Image.fromarray(cover(900 + seed, (240, 200)))) for seed in range(STRANGERS)]
    started = sampled = time.monotonic()
    last = ""
    while (minutes := (time.monotonic() - started) / 60) < options.minutes:
        fault = choose.choice(options.faults)
        page.evaluate(ROUND % FAULTS[fault])
        last = choose.choice([name for name in SHOWN if name != last])
        began = time.monotonic()
        page.evaluate("([name, address]) => show(name, address)", [last, references[last]])
        found = wait_for_find(page, last, LONGEST_RECOVERY)
        if found:
            seen.recoveries[fault].append(time.monotonic() - began)
        else:
            seen.lost.append(f"{fault}: {page.evaluate('element().view')} {page.evaluate('failures')}")
            page.evaluate("void element().start()")
            wait_for_find(page, last, LONGEST_RECOVERY)
        page.evaluate("(address) => show('a stranger', address)", choose.choice(strangers))
        page.wait_for_timeout(STRANGER_SECONDS * 1000)
        for find in page.evaluate("finds.splice(0)"):
            right = find["id"] == find["shown"]
            seen.finds += right
            seen.false_finds += [] if right else [f"{find['told']}, after {fault}"]
        seen.codes.update(page.evaluate("failures.splice(0)"))
        if time.monotonic() - sampled >= 30:
            sampled = time.monotonic()
            sample = measure(page, worker, session)
            seen.samples.append((minutes, sample))
            figures = ", ".join(f"{name} {value:.1f}" for name, value in sample.items())
            print(f"{minutes:5.1f} min: {figures}; lost {len(seen.lost)}, false {len(seen.false_finds)}", flush=True)


def wait_for_find(page: Page, name: str, seconds: float) -> bool:
    """Says whether the reference is found in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if page.evaluate("(name) => finds.some(({ id }) => id === name)", name):
            return True
        page.wait_for_timeout(50)
    return False


def measure(page: Page, worker: WorkerHeap, session: CDPSession) -> dict[str, float]:
    heap = worker.usage(page)
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    own, shared = max(memory_of(process["id"]) for process in processes if process["type"] == "renderer")
    return {
        "frames": page.evaluate("frames"),
        "page heap": page.evaluate("performance.memory.usedJSHeapSize / 1e6"),
        "worker heap": heap["usedSize"],
        "worker buffers": heap["backingStorageSize"],
        "process": own,
        "shared": shared,
    }


def data_address(image: Image.Image) -> str:
    encoded = io.BytesIO()
    image.convert("RGB").save(encoded, "PNG")
    return "data:image/png;base64," + base64.b64encode(encoded.getvalue()).decode()


def report(seen: Seen) -> None:
    """Prints the tables of the module's docstring, in Markdown."""
    times, samples = [minutes for minutes, _ in seen.samples], [sample for _, sample in seen.samples]
    if samples:
        names = list(samples[0])
        print("\n| minute | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
        for minute in REPORTED_MINUTES:
            reached = [sample for at, sample in seen.samples if at <= minute]
            if times[-1] >= minute - 1:
                print(f"| {minute} | " + " | ".join(f"{reached[-1][name]:.1f}" for name in names) + " |")
        half = len(samples) // 2
        if len(samples) - half > 2:
            growth = [
                f"{name} {statistics.linear_regression(times[half:], [s[name] for s in samples[half:]]).slope:+.2f}"
                for name in names[1:]
            ]
            print("\nGrowth in the second half, MB a minute: " + ", ".join(growth))
    print("\n| fault | times | median s | worst s |\n|---|---|---|---|")
    for fault, seconds in sorted(seen.recoveries.items()):
        print(f"| {fault} | {len(seconds)} | {statistics.median(seconds):.1f} | {max(seconds):.1f} |")
    every = [second for seconds in seen.recoveries.values() for second in seconds]
    if every:
        late = sum(second > AIM_SECONDS for second in every)
        print(f"| all | {len(every)} | {statistics.median(every):.1f} | {max(every):.1f} |")
        print(f"\nRecovered later than {AIM_SECONDS:.0f} s: {late}. Not recovered: {len(seen.lost)}.")
    for lost in seen.lost:
        print(f"- {lost}")
    print(f"Finds {seen.finds}, false finds {len(seen.false_finds)} {seen.false_finds[:10]}.")
    print(f"Errors told: {dict(seen.codes)}. Errors of the page: {len(seen.page_errors)} {seen.page_errors[:3]}.")


if __name__ == "__main__":
    main()
