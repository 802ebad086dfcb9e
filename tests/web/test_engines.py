"""The page in the engines of phones: Firefox, and WebKit, which every browser of an iPhone is."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from scanner.offline.command.main import main
from support.engines import Engine, running_firefox, running_webkit
from support.faulty_site import page_with, serving_with
from support.frame_times import LOOKS, assert_times_keep_up
from support.photos import SHOWN
from support.places import PICTURES, PROJECT, SCRIPTED_CAMERA

ALBUM = "data:image/png;base64," + base64.b64encode((PICTURES / "album.png").read_bytes()).decode()

ENGINES = {
    "Firefox": (running_firefox, "apt-get install firefox-esr"),
    "WebKitGTK": (running_webkit, "apt-get install webkit2gtk-driver xvfb"),
}


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Each engine in turn, started once."""
    running, install = ENGINES[request.param]
    with ExitStack() as stack:
        try:
            browser = stack.enter_context(running(tmp_path_factory.mktemp("engine")))
        except LookupError as missing:
            pytest.skip(f"{request.param}: no {missing} here; {install}")
        yield browser


def test_the_page_recognises_a_picture_and_lets_go_of_the_camera(engine: Engine, site: str) -> None:
    """The element starts Python in its worker, names a picture before the camera and switches the camera off."""
    engine.open(site)
    engine.run(SCRIPTED_CAMERA)
    found = engine.run(
        """
        const element = document.querySelector("image-scanner");
        await customElements.whenDefined("image-scanner");
        await scriptedCamera.show(args[0], 0.5);
        const first = new Promise((resolve, reject) => {
          element.addEventListener("match", ({ detail }) => resolve(detail));
          element.addEventListener("error", ({ detail }) => reject(detail));
        });
        element.shadowRoot.querySelector(".start").click();
        const { id, distance, corners } = await first;
        const lit = scriptedCamera.lit();
        element.stop();
        const tracks = scriptedCamera.streams.flatMap((stream) => stream.getTracks());
        return { id, distance, corners, lit, ended: tracks.map(({ readyState }) => readyState) };
        """,
        ALBUM,
    )
    assert found["id"] == "album"
    assert 0 <= found["distance"] < 144
    assert len(found["corners"]) == 4
    assert found["lit"] == 1
    assert found["ended"] == ["ended"]


def test_the_browsers_own_camera_is_opened_scanned_and_released(engine: Engine, site: str) -> None:
    """The engine's own, unscripted `getUserMedia`, capabilities and frames serve, and stopping ends the track."""
    engine.open(site)
    seen = engine.run("""
        const { ImageScanner } = await import("./image-scanner.module.js");
        const video = document.body.appendChild(document.createElement("video"));
        let frames = 0;
        const judged = new Promise((resolve) => {
          globalThis.scanner = new ImageScanner(video, () => {}, { onFrame: () => ++frames === 5 && resolve() });
        });
        await scanner.start();
        await judged;
        const [track] = video.srcObject.getTracks();
        const seen = {
          state: scanner.state,
          label: scanner.camera.label,
          cameras: await ImageScanner.listCameras(),
          torch: [await scanner.hasFlash(), await scanner.toggleFlash()],
          zoomed: typeof (await scanner.setZoom(1)),
        };
        scanner.stop();
        return { ...seen, ended: track.readyState, source: video.srcObject, after: scanner.state };
    """)
    assert seen["state"] == "scanning"
    assert seen["label"] in {camera["label"] for camera in seen["cameras"]}
    assert seen["torch"] in ([False, False], [True, True])
    assert seen["zoomed"] == "boolean"
    assert (seen["ended"], seen["source"], seen["after"]) == ("ended", None, "stopped")


def test_the_time_of_the_frame_in_sight_keeps_up_with_the_video(engine: Engine, site: str) -> None:
    """Every look at a video gives the time of a frame of the last second, however the engine tells a frame's time."""
    engine.open(site)
    assert_times_keep_up(engine.run(LOOKS))


def test_an_overlay_lies_on_its_picture(engine: Engine, site: str) -> None:
    """An image that a page puts into the slot "overlay" lies on the picture in sight, and follows it."""
    engine.open(site)
    engine.run(SCRIPTED_CAMERA)
    places = engine.run(
        """
        await customElements.whenDefined("image-scanner");
        document.body.innerHTML = `<image-scanner style="display: block; width: 360px; height: 480px">
          <div slot="overlay" data-id="album">Here</div></image-scanner>`;
        const [element, overlay] = document.querySelectorAll("image-scanner, div");
        await scriptedCamera.show(args[0], 0.5);
        const seen = new Promise((resolve) => {
          new MutationObserver(resolve).observe(overlay, { attributeFilter: ["data-in-sight"] });
        });
        await element.start();
        await seen;
        const places = [];
        for (const rise of [0, 0.1]) {
          scriptedCamera.rise = rise;
          await new Promise((resolve) => setTimeout(resolve, 3000));
          const box = element.getBoundingClientRect();
          const own = overlay.getBoundingClientRect();
          const scale = Math.max(box.width / 640, box.height / 480);
          const [x, y] = [box.left + box.width / 2, box.top + box.height / 2 + rise * 480 * scale];
          places.push([(own.left + own.right) / 2 - x, (own.top + own.bottom) / 2 - y, own.height - 240 * scale]);
        }
        element.stop();
        return places;
        """,
        ALBUM,
    )
    for place in places:
        assert place == pytest.approx([0, 0, 0], abs=10), "distance in px of the overlay's middle, and of its height"


def test_the_script_tag_and_a_photograph_work_too(engine: Engine, site: str) -> None:
    """`imageScannerStart` gives the id and switches the camera off; `scanImage` judges a file without a camera."""
    engine.open(site)
    engine.run(SCRIPTED_CAMERA)
    found = engine.run(
        """
        const tag = document.createElement("script");
        tag.src = "image-scanner.js";
        document.head.append(tag);
        await new Promise((resolve, reject) => Object.assign(tag, { onload: resolve, onerror: reject }));
        const photo = await ImageScanner.scanImage(await (await fetch(args[0])).blob());
        const requests = scriptedCamera.requests.length;
        await scriptedCamera.show(args[0]);
        const video = document.body.appendChild(document.createElement("video"));
        Object.assign(video.style, { width: "400px", height: "300px" });
        const id = await imageScannerStart(270, 270, 15, video, document.createElement("canvas"));
        return { photo: photo.id, requests, id, lit: scriptedCamera.lit() };
        """,
        ALBUM,
    )
    assert found == {"photo": "album", "requests": 0, "id": "album", "lit": 0}


def test_a_disturbed_scan_goes_on(engine: Engine, site: str) -> None:
    """A scan goes on after its video was paused, its element moved or hidden, and its camera fell silent."""
    engine.open(site)
    engine.run(SCRIPTED_CAMERA)
    seen = engine.run(
        """
        await customElements.whenDefined("image-scanner");
        const element = document.querySelector("image-scanner");
        const video = element.shadowRoot.querySelector("video");
        const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
        const until = async (holds, seconds = 20) => {
          for (const end = performance.now() + seconds * 1000; !holds(); await wait(50)) {
            if (performance.now() > end) throw new Error(`never came: ${holds}; ${element.view}`);
          }
        };
        const goesOn = () => until(() => element.view === "scanning" && !video.paused && scriptedCamera.lit() === 1);
        await element.start();
        await goesOn();
        await wait(500); // some frames
        video.pause();
        await goesOn();
        document.body.append(element);
        await wait(300);
        await goesOn();
        const opened = scriptedCamera.requests.length;
        element.style.display = "none";
        await until(() => scriptedCamera.lit() === 0, 2);
        element.style.display = "";
        await goesOn();
        await wait(1000);
        const reopened = scriptedCamera.requests.length;
        scriptedCamera.freeze();
        await until(() => scriptedCamera.requests.length > reopened);
        await goesOn();
        const match = new Promise((resolve) => element.addEventListener("match", ({ detail }) => resolve(detail.id)));
        await scriptedCamera.show(args[0], 0.5);
        return { opened, reopened, id: await match };
        """,
        ALBUM,
    )
    assert seen == {"opened": 1, "reopened": 2, "id": "album"}


def test_photos_of_every_kind_are_read(engine: Engine, site: str) -> None:
    """A file that the engine shows in an <img> is recognised, alike as a file and in the <img>, and upright."""
    engine.open(site)
    photos = {kind: (base64.b64encode(content).decode(), media_type) for kind, (content, media_type) in SHOWN.items()}
    seen = engine.run(
        """
        const { ImageScanner } = await import("./image-scanner.module.js");
        const judge = async (source) => {
          const { id, frame } = await ImageScanner.scanImage(source);
          return `${id} ${frame.width > frame.height ? "upright" : "on its side"}`;
        };
        const seen = {};
        for (const [kind, [base64, type]] of Object.entries(args[0])) {
          const file = new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], "photo", { type });
          const image = Object.assign(new Image(), { src: URL.createObjectURL(file) });
          const shown = await new Promise((resolve) => {
            image.onload = () => resolve(true);
            image.onerror = () => resolve(false);
          });
          const told = [];
          const failed = ({ message }) => message;
          for (const source of shown ? [file, image] : []) told.push(await judge(source).catch(failed));
          seen[kind] = told;
        }
        return seen;
        """,
        photos,
    )
    # Not every build of an engine knows AVIF.
    assert {kind for kind, told in seen.items() if not told} <= {"an AVIF"}
    assert {kind: told for kind, told in seen.items() if told and told != ["whale upright"] * 2} == {}


FRAMED = """<!doctype html><meta charset="utf-8"><video id="video"></video><script type="module">
  import { ImageScanner } from "./image-scanner.module.js";
  const onError = ({ code, message }) => parent.postMessage(`${code}: ${message}`, "*");
  new ImageScanner(video, () => {}, { onError }).start();
</script>"""


def test_a_frame_without_the_camera_is_told_the_cure(engine: Engine, site_folder: Path) -> None:
    """In a frame of another site that lacks `allow`, the error names `allow="camera"`, not a person's refusal."""
    with serving_with(site_folder, {"index.html": page_with({}, FRAMED)}) as base:
        engine.open(f"{base}web-app-that-is-missing")
        told = engine.run(
            """
            const told = new Promise((resolve) => addEventListener("message", ({ data }) => resolve(data)));
            document.body.appendChild(Object.assign(document.createElement("iframe"), { src: args[0] }));
            return told;
            """,
            base.replace("localhost", "127.0.0.1") + "index.html",
        )
    assert told.startswith("permission-denied: ")
    assert 'Add allow="camera" to every <iframe>' in told


def test_a_page_opened_as_a_file_says_that_it_has_to_be_served(engine: Engine, site_folder: Path) -> None:
    """Opened by a double click, the page says that it has to be served over http or https, and by which command."""
    engine.open((site_folder / "index.html").as_uri())
    told = engine.run("return document.body.innerText")
    assert "opened as a file" in told
    assert "phash-scanner serve" in told


def test_a_recording_is_judged_again_with_equal_verdicts(
    engine: Engine, site: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The engine writes the pixels that it judged, so that CPython gives each of its frames an equal verdict."""
    engine.open(site)
    engine.run(SCRIPTED_CAMERA)
    encoded = engine.run(
        """
        const { ImageScanner } = await import("./image-scanner.module.js");
        await scriptedCamera.show(args[0]);
        const video = document.body.appendChild(document.createElement("video"));
        Object.assign(video.style, { width: "400px", height: "300px" });
        const region = { width: 270, height: 270, top: 15 };
        let scanner;
        const found = new Promise((resolve) => {
          scanner = new ImageScanner(video, resolve, { bundle: "hashes/references.json", region });
        });
        scanner.recording.keep(10);
        await scanner.start();
        await found;
        const bytes = new Uint8Array(await (await scanner.recording.toFile()).arrayBuffer());
        scanner.destroy();
        let text = "";
        for (const byte of bytes) text += String.fromCharCode(byte);
        return btoa(text);
        """,
        ALBUM,
    )
    file = tmp_path / "recording.zip"
    file.write_bytes(base64.b64decode(encoded))
    assert main(["replay", str(file), "--bundle", str(PROJECT / "hashes" / "references.json"), "--json"]) == 0
    frames = json.loads(capsys.readouterr().out)["frames"]
    assert {frame["likeness"] for frame in frames} <= {"equal", "rounded"}
    assert any("match album" in frame["browser"] for frame in frames)
