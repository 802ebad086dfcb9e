"""The build says which pictures will not be recognised, why, and what to do about it."""

import json
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from benchmarks.hard_covers import KINDS, SERIES, hard_covers
from scanner.offline.command.main import build_hashes
from scanner.offline.enrol.alike import alike_pairs
from scanner.offline.enrol.build import build
from scanner.offline.enrol.forecast import Forecast, forecasts
from scanner.offline.enrol.groups import Group, alike_groups, described
from scanner.offline.enrol.traits import traits
from scanner.reference import hashed
from support.pictures import cover, natural
from support.places import PROJECT

DEMO = PROJECT / "reference_images"
SIZE = (420, 600)


def forecast_of(pictures: dict[str, Image.Image]) -> tuple[dict[str, Forecast], list[Group]]:
    made = build(pictures)
    groups = alike_groups(made.bundle, alike_pairs(made.bundle))
    return forecasts(made.traits, groups), groups


def one_word(word: str, size: int, at: tuple[int, int] = (210, 300)) -> Image.Image:
    image = Image.new("RGB", SIZE, (235, 228, 210))
    ImageDraw.Draw(image).text(at, word, (30, 40, 80), ImageFont.load_default(size), anchor="mm")
    return image


def stripes() -> Image.Image:
    levels = np.where(np.arange(600) // 60 % 2, 40, 220).astype(np.uint8)
    return Image.fromarray(np.repeat(levels[:, None], 420, axis=1))


def dots(step: int) -> Image.Image:
    y, x = np.mgrid[:600, :420] % step - step / 2
    return Image.fromarray(np.where(np.hypot(x, y) < 0.3 * step, 30, 230).astype(np.uint8))


def series(count: int, size: int) -> dict[str, Image.Image]:
    """Returns covers with one design, each with a title of its own."""
    covers = {}
    for number, title in enumerate(("Salz", "Nachtzug", "Die Insel", "Harbour")[:count]):
        image = Image.new("RGB", SIZE, (240, 236, 220))
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 0, 420, 150), (180, 60, 40))
        draw.ellipse((60, 380, 260, 580), (40, 80, 120))
        draw.rectangle((250, 430, 380, 560), (220, 170, 40))
        draw.text((210, 270), title, (20, 20, 20), ImageFont.load_default(size), anchor="mm")
        covers[f"band {number}"] = image
    return covers


def test_pictures_full_of_detail_are_good() -> None:
    """The demo's pictures and photographs get the forecast good, without a reason."""
    made = build(DEMO)
    assert set(forecasts(made.traits, []).values()) == {Forecast("good")}
    photographs = {str(number): natural(number, 300) for number in range(5)}
    assert {each.kind for each in forecasts(build(photographs).traits, []).values()} == {"good"}


@pytest.mark.parametrize(
    ("picture", "kinds", "reason", "cure"),
    [
        (one_word("Salz", 40), {"hopeless", "weak"}, "plain type or shapes on plain ground", "the back cover"),
        (stripes(), {"hopeless"}, "plain type or shapes on plain ground", "show more of the design"),
        (dots(60), {"hopeless", "weak"}, "", ""),
        (
            Image.fromarray(np.tile(np.linspace(90, 200, 420).astype(np.uint8), (600, 1))),
            {"hopeless"},
            "plain type or shapes on plain ground",
            "show more of the design",
        ),
        (
            Image.fromarray((natural(3, 300) // 2 + 60).astype(np.uint8)),
            {"weak"},
            "light and dark hardly differ",
            "more contrast",
        ),
    ],
    ids=["one word", "stripes", "dots", "gradient", "faint photograph"],
)
def test_a_poor_picture_gets_a_reason_and_a_cure(picture: Image.Image, kinds: set[str], reason: str, cure: str) -> None:
    """Plain type, stripes, dots, a gradient and a faint photograph are not good, and the forecast says why."""
    expected, _ = forecast_of({"poor": picture, "good": Image.fromarray(cover(3))})
    assert expected["good"].kind == "good"
    assert expected["poor"].kind in kinds
    assert reason in expected["poor"].reason
    assert cure in expected["poor"].cure
    assert expected["poor"].reason
    assert expected["poor"].cure


def test_a_series_is_one_group_however_many_volumes_it_has() -> None:
    """Covers that differ in their type only are one group, not pairs; a cover of another design is not in it."""
    covers = series(4, 60) | {"another": Image.fromarray(cover(3))}
    expected, groups = forecast_of(covers)
    (group,) = groups
    assert group.ids == ("band 0", "band 1", "band 2", "band 3")
    assert expected["another"].kind == "good"


def test_more_type_tells_a_series_apart() -> None:
    """Volumes with large titles are told apart, volumes whose titles are tiny are not."""
    (large,) = forecast_of(series(3, 60))[1]
    (tiny,) = forecast_of(series(3, 9))[1]
    assert set(large.by_fate()) == {"told apart"}
    assert "told apart" not in tiny.by_fate()
    assert min(tiny.leads.values()) < min(large.leads.values())


def test_equal_pictures_are_hopeless_and_one_of_a_kind_is_not() -> None:
    """The scanner names neither of two equal pictures, so both are hopeless; a third picture stays good."""
    expected, (group,) = forecast_of(
        {name: Image.fromarray(cover(seed)) for name, seed in {"a": 1, "b": 1, "c": 2}.items()}
    )
    assert group.by_fate() == {"never": ["a", "b"]}
    assert [each.kind for each in expected.values()] == ["hopeless", "hopeless", "good"]


def test_two_of_a_group_that_get_no_name_are_neither_and_three_are_none() -> None:
    """The sentence of a group says "neither" of two pictures, also where it has others, and "none of them" of three."""
    assert "'a' and 'b': the scanner names neither: " in described(Group({"a": 0, "b": 0, "c": 200}))
    assert "'a', 'b' and 'c': the scanner names none of them: " in described(Group({"a": 0, "b": 0, "c": 0}))


def test_a_picture_cut_tighter_is_in_a_group_that_is_not_told_apart() -> None:
    """A copy with a narrower rim differs in every window, and still the scanner cannot tell it from the whole."""
    whole = cover(4, (400, 300))
    cut = whole[20:, 15:]
    _, (group,) = forecast_of({"whole": Image.fromarray(whole), "cut": Image.fromarray(cut)})
    assert "told apart" not in group.by_fate()


def test_a_turned_copy_has_to_be_held_straight() -> None:
    """A picture and its quarter turn are a group of their own kind, and both stay good."""
    picture = Image.fromarray(cover(5))
    expected, (group,) = forecast_of({"up": picture, "side": picture.transpose(Image.Transpose.ROTATE_90)})
    assert group.by_fate() == {"held straight": ["side", "up"]}
    assert {each.kind for each in expected.values()} == {"good"}


def test_a_thousand_placeholders_are_one_group_within_seconds() -> None:
    """Equal pictures make half a million pairs; the search stops early, and still all are one group."""
    picture = Image.fromarray(cover(1, (60, 50)))
    made = build({"0": picture})
    reference = made.bundle.references[0]
    many = [type(reference)(f"{number:04}", reference.hashes, reference.windows) for number in range(1000)]
    bundle = type(made.bundle)(many, 25)
    started = time.process_time()
    (group,) = alike_groups(bundle, alike_pairs(bundle, most=20_000))
    assert len(group.ids) == 1000
    assert time.process_time() - started < 20


def test_a_forecast_takes_a_few_milliseconds_a_picture() -> None:
    """Beside hashing, a forecast of a print's picture takes at most 30 ms."""
    grey = natural(1, 1200)
    made = hashed(grey)
    traits(grey, made)
    times = []
    for _ in range(5):
        started = time.process_time()
        traits(grey, made)
        times.append(time.process_time() - started)
    assert min(times) < 0.030


def test_the_build_names_poor_pictures_with_reason_and_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each weak or hopeless picture is a line of stderr, and the summary counts; --quiet says nothing."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "covers"
    folder.mkdir()
    Image.fromarray(cover(3)).save(folder / "good.png")
    stripes().save(folder / "stripes.png")
    assert build_hashes(["covers", "-o", "b.json"]) == 0
    told = capsys.readouterr()
    assert told.err == (
        "forecast: 'stripes' is hopeless: plain type or shapes on plain ground: "
        "show more of the design, or enrol the back cover\n"
    )
    assert told.out.splitlines()[2:] == ["forecast: 1 good, 0 weak, 1 hopeless"]
    assert build_hashes(["covers", "-o", "b.json", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    (folder / "good.png").unlink()
    assert build_hashes(["covers", "-o", "b.json"]) == 0
    assert "1 hopeless: most of these pictures will not work: choose others\n" in capsys.readouterr().out


def test_programs_get_every_forecast(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """--json has the forecast of each picture, with reason and cure where it is not good, and the groups."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "covers"
    folder.mkdir()
    for name, image in (series(2, 60) | {"stripes": stripes()}).items():
        image.save(folder / f"{name}.png")
    assert build_hashes(["covers", "-o", "b.json", "--json"]) == 0
    told = capsys.readouterr()
    report = json.loads(told.out)
    assert told.err == ""
    by_id = {each["id"]: each for each in report["forecasts"]}
    assert sorted(by_id) == ["band 0", "band 1", "stripes"]
    assert by_id["stripes"]["forecast"] == "hopeless"
    assert by_id["stripes"]["cure"].startswith("show more of the design")
    assert [group["ids"] for group in report["groups"]] == [["band 0", "band 1"]]


def test_the_measured_covers_are_of_every_kind_and_equal_everywhere(tmp_path: Path) -> None:
    """The covers that the figures rest on depend on their names alone."""
    path = tmp_path / "photograph.png"
    Image.fromarray(cover(1)).save(path)
    once, again = (hard_covers(1, [path]) for _ in range(2))
    assert {name: image.tobytes() for name, image in once.items()} == {
        name: image.tobytes() for name, image in again.items()
    }
    assert {name.partition(" 00")[0] for name in once} == {*KINDS, SERIES}
