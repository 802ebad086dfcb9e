"""The guide has the shape of the catalogue's pictures."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support.browsers import OpenBrowser
from support.places import PLAIN_PAGE, PROJECT, SCRIPTED_CAMERA, WEB

BUNDLE = json.loads((PROJECT / "hashes" / "references.json").read_text(encoding="utf-8"))


def shape_of(aspects: list[Any]) -> list[float]:
    script = f"""
        import {{ shapeOf }} from "./element/guide.js";
        console.log(JSON.stringify(shapeOf({json.dumps([{"aspect": aspect} for aspect in aspects])})));
    """
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", script], cwd=WEB, capture_output=True, text=True, check=True
    )
    return list(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("aspects", "shape"),
    [
        ([0.667, 0.7, 0.65], [0.667, 1]),
        ([1.5, 1.6, 1.4, 1.5, 0.7], [1, 1 / 1.5]),
        ([0.7] * 8 + [1.5] * 2, [0.7, 1]),
        ([0.7] * 7 + [1.5] * 3, [1, 1]),
        ([0.5, 0.7, 1, 1.4, 2], [1, 1]),
        ([6.0, 6.0], [1, 0.4]),
        ([None, None], [1, 1]),
        (["wide", -1, 0, 0.7], [1, 1]),
        ([], [1, 1]),
    ],
    ids=["portrait", "landscape", "mostly portrait", "two kinds", "all kinds", "panoramas", "old", "odd", "empty"],
)
def test_the_guide_has_the_shape_of_most_pictures(aspects: list[Any], shape: list[float]) -> None:
    """Where at least four fifths of the pictures are of about one shape, the guide has it; else it is a square."""
    assert shape_of(aspects) == pytest.approx(shape)


def test_a_landscape_catalogue_has_a_landscape_guide(
    site: str, site_folder: Path, browser_with_camera: OpenBrowser
) -> None:
    """Guide and scan regions of a catalogue of landscape pictures are landscape, and lie on each other."""
    page = browser_with_camera(None, service_workers="block", viewport={"width": 360, "height": 740}).new_page()
    references = [reference for reference in BUNDLE["references"] if reference["aspect"] > 1.2]
    body = json.dumps({**BUNDLE, "references": references})
    page.route("**/landscape.json", lambda route: route.fulfill(body=body))
    page.route("**/own.html", lambda route: route.fulfill(body=PLAIN_PAGE, content_type="text/html"))
    page.add_init_script(SCRIPTED_CAMERA)
    page.goto(site + "own.html")
    page.evaluate("document.querySelector('#scanner').setAttribute('bundle', 'landscape.json')")
    page.evaluate("void document.querySelector('#scanner').start()")
    guide = "document.querySelector('#scanner').shadowRoot.querySelector('.guide').getBoundingClientRect()"
    page.wait_for_function(f"{guide}.width > 1.2 * {guide}.height")
    box = page.evaluate(f"{guide}.toJSON()")
    regions = page.evaluate("""async () => {
        const { guideIn, shapeOf } = await import("./element/guide.js");
        const host = document.querySelector("#scanner").getBoundingClientRect();
        const { regions } = guideIn(host, shapeOf([{ aspect: 1.333 }, { aspect: 1.5 }]));
        return regions.map((one) => ({ ...one, top: one.top + host.top }));
    }""")
    assert box["width"] / box["height"] == pytest.approx(1.5, abs=0.01)
    assert {key: regions[0][key] for key in ("width", "height", "top")} == pytest.approx(
        {"width": box["width"], "height": box["height"], "top": box["top"]}, abs=0.6
    )
