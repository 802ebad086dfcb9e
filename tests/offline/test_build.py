"""A bundle depends on nothing but the folder of pictures, and every fault in the folder is named."""

import io
import json
import os
import random
import unicodedata
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scanner import BundleError, FrameScanner, HashBundle, ImageError, hamming_distance, perceptual_hash
from scanner.offline import BuildError, build_bundle
from scanner.offline.enrol.alike import alike_pairs
from scanner.offline.enrol.build import build
from scanner.phash import unpack
from scanner.reference import UPRIGHT_CROP
from support.pictures import cover


def add(folder: Path, name: str, seed: int = 0, **options: object) -> Path:
    """Saves one cover-like picture under this name."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(cover(seed)).save(path, **options)  # type: ignore[arg-type]
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with five pictures, one of them in a subfolder."""
    folder = tmp_path / "pictures"
    for seed, name in enumerate(("2.png", "10.jpg", "lighthouse.webp", "さくら.bmp", "inner/queen of hearts.gif")):
        add(folder, name, seed)
    return folder


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    """A folder with two pictures, to be spoilt."""
    folder = tmp_path / "pictures"
    for seed, name in enumerate(("2.png", "3.png")):
        add(folder, name, seed)
    return folder


def faults_of(source: object, **options: object) -> tuple[str, ...]:
    """Returns the faults that building stops for."""
    with pytest.raises(BuildError) as caught:
        build_bundle(source, **options)  # type: ignore[arg-type]
    assert str(caught.value) == "\n".join(caught.value.faults)
    return caught.value.faults


def test_the_id_is_the_file_name_without_ending(folder: Path) -> None:
    """Numbers, words, blanks and other scripts are ids; subfolders are read and do not count."""
    assert build_bundle(folder).ids == ("10", "2", "lighthouse", "queen of hearts", "さくら")


def test_a_reference_is_found_again_in_its_own_picture(folder: Path) -> None:
    """A scanner with the bundle names each picture it was built from."""
    scanner = FrameScanner(build_bundle(folder), memory=False)
    for seed, name in ((0, "2"), (2, "lighthouse"), (3, "さくら")):
        verdict = scanner.scan(cover(seed))
        assert (verdict.outcome, verdict.id) == ("match", name)


def test_the_upright_crop_is_the_hash_of_the_whole_picture() -> None:
    """The middle one of the 75 crops has the picture's own `perceptual_hash`, up to rounding."""
    reference = build_bundle({"a": cover(0)}).references[0]
    assert hamming_distance(unpack(reference.hashes[UPRIGHT_CROP]), perceptual_hash(cover(0))) <= 2


def test_pictures_in_memory_and_on_disk_give_the_same_bundle(tmp_path: Path) -> None:
    """A folder, Pillow images and arrays of the same pixels give the same text."""
    add(tmp_path, "a.png", 1)
    add(tmp_path, "b.png", 2)
    on_disk = build_bundle(tmp_path).to_json()
    assert build_bundle({"b": cover(2), "a": cover(1)}).to_json() == on_disk
    images = {"a": Image.fromarray(cover(1)), "b": Image.open(tmp_path / "b.png")}
    assert build_bundle(images).to_json() == on_disk


def test_every_executor_gives_the_same_bytes(folder: Path) -> None:
    """None, threads and processes give the same text."""
    alone = build_bundle(folder).to_json()
    with ThreadPoolExecutor(3) as threads:
        assert build_bundle(folder, executor=threads).to_json() == alone
    with ProcessPoolExecutor(2) as processes:
        assert build_bundle(folder, executor=processes).to_json() == alone


def test_the_order_in_which_files_were_made_does_not_matter(tmp_path: Path) -> None:
    """Two folders with the same pictures, made in another order and nested otherwise, give the same bytes."""
    names = [f"{number}.png" for number in range(12)]
    for place, order in (("one", names), ("other", random.Random(1).sample(names, 12))):
        for name in order:
            add(tmp_path / place, name if place == "one" else f"deep/{name}", int(name[:-4]))
    assert build_bundle(tmp_path / "one").to_json() == build_bundle(tmp_path / "other").to_json()


def test_more_pictures_than_are_in_flight_are_all_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures beyond those handed to the executor at first arrive too, and progress counts each of them."""
    monkeypatch.setattr("scanner.offline.enrol.hashing.IN_FLIGHT", 3)
    pictures = {str(number): cover(number, (24, 20)) for number in range(10)}
    seen: list[tuple[int, int]] = []
    with ThreadPoolExecutor(2) as threads:
        bundle = build_bundle(pictures, executor=threads, progress=lambda done, total: seen.append((done, total)))
    assert len(bundle) == 10
    assert seen == [(done, 10) for done in range(1, 11)]


def test_the_bundle_survives_its_file(folder: Path, tmp_path: Path) -> None:
    """Reading the file back gives the bundle that was built."""
    bundle = build_bundle(folder, threshold=21)
    bundle.save(tmp_path / "bundle.json")
    loaded = HashBundle.load(tmp_path / "bundle.json")
    assert loaded.to_json() == bundle.to_json()
    assert loaded.threshold == 21


def test_a_threshold_out_of_range_is_refused(folder: Path) -> None:
    """A threshold of 0 bits is an error, as it would accept nothing."""
    with pytest.raises(BundleError, match="threshold"):
        build_bundle(folder, threshold=0)


# Faults.


def cut_off() -> Image.Image:
    """A picture whose file breaks off, not decoded yet."""
    whole = io.BytesIO()
    Image.fromarray(cover(1)).save(whole, "PNG")
    return Image.open(io.BytesIO(whole.getvalue()[: len(whole.getvalue()) // 2]))


def flat(folder: Path) -> None:
    Image.new("RGB", (60, 60), "red").save(folder / "plain.png")


def nearly_flat(folder: Path) -> None:
    levels = 128 + np.random.default_rng(0).integers(-3, 4, (200, 200))
    Image.fromarray(levels.astype(np.uint8)).save(folder / "wall.png")


def truncated(folder: Path) -> None:
    data = (folder / "2.png").read_bytes()
    (folder / "cut.png").write_bytes(data[: len(data) // 2])


def empty_file(folder: Path) -> None:
    (folder / "empty.gif").touch()


def text_as_picture(folder: Path) -> None:
    (folder / "words.jpeg").write_text("hello")


def same_stem_other_ending(folder: Path) -> None:
    add(folder, "2.jpg", 7)


def same_stem_other_folder(folder: Path) -> None:
    add(folder, "more/2.png", 7)


def same_name_to_unicode(folder: Path) -> None:
    add(folder, unicodedata.normalize("NFC", "café.png"), 7)
    add(folder, unicodedata.normalize("NFD", "café.png"), 8)


def name_of_other_bytes(folder: Path) -> None:
    os.rename(add(folder, "x.png", 7), os.fsencode(folder) + b"/caf\xe9.png")


def dead_link(folder: Path) -> None:
    (folder / "link.png").symlink_to("nowhere.png")


def link_with_an_endless_name(folder: Path) -> None:
    (folder / "link.png").symlink_to("a" * 300)


def fields_of_an_unknown_id(folder: Path) -> None:
    (folder / "references.json").write_text('{"2": {}, "lighthose": {"title": "typing error"}}')


def reserved_field(folder: Path) -> None:
    (folder / "references.json").write_text('{"2": {"hashes": []}}')


def fields_that_are_no_object(folder: Path) -> None:
    (folder / "references.json").write_text('{"2": "a title"}')


MENDABLE = [
    (flat, "plain.png", "nearly flat"),
    (nearly_flat, "wall.png", "nearly flat"),
    (truncated, "cut.png", "damage"),
    (empty_file, "empty.gif", "empty file"),
    (text_as_picture, "words.jpeg", "begins with b'hello'"),
    (same_stem_other_ending, "2.jpg", "found 2 for '2': rename all but one"),
    (same_stem_other_folder, "more/2.png", "found 2 for '2': rename all but one"),
    (same_name_to_unicode, "café.png", "found 2 for 'café'"),
    (name_of_other_bytes, "caf\\udce9.png", "rename it"),
    (dead_link, "link.png", "a link to nothing"),
    (link_with_an_endless_name, "link.png", "a link to nothing"),
    (fields_of_an_unknown_id, "references.json", "'lighthose'"),
    (reserved_field, "references.json", "'hashes', which is ours"),
    (fields_that_are_no_object, "references.json", 'found "a title"'),
]


@pytest.mark.parametrize(("spoil", "name", "fault"), MENDABLE)
def test_each_fault_is_named_with_its_file(pair: Path, spoil: Callable[[Path], None], name: str, fault: str) -> None:
    """Each fault stops the build with one line: the file, what was expected, what was found, what to do."""
    spoil(pair)
    (line,) = faults_of(pair)
    assert name in line
    assert fault in line
    assert "expected" in line
    assert "found" in line


@pytest.mark.parametrize(("spoil", "name", "fault"), MENDABLE)
def test_bad_pictures_can_be_left_out(pair: Path, spoil: Callable[[Path], None], name: str, fault: str) -> None:
    """With skip_bad the good pictures are built, and the faults are still told."""
    spoil(pair)
    made = build(pair, skip_bad=True)
    assert set(made.bundle.ids) == ({"3"} if "for '2'" in fault else {"2", "3"})
    assert len(made.faults) == 1
    assert fault in made.faults[0]


def test_all_faults_are_told_at_once(folder: Path) -> None:
    """One run names every fault, so that nobody mends ten pictures in ten runs."""
    for spoil in (flat, truncated, empty_file, same_stem_other_ending, reserved_field):
        spoil(folder)
    assert len(faults_of(folder)) == 5
    with ThreadPoolExecutor(2) as threads:
        assert faults_of(folder, executor=threads) == faults_of(folder)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"2": {"x": NaN}}',
        '{"2": {"x": 1e999}}',
        '{"2": {}, "2": {}}',
        '{"2": {"x": "\\ud800"}}',
        "\xff",
    ],
)
def test_a_broken_fields_file_stops_the_build_even_when_bad_pictures_are_skipped(folder: Path, text: str) -> None:
    """A broken references.json stops the build with skip_bad too: without it, every title would be lost."""
    (folder / "references.json").write_bytes(text.encode("latin-1"))
    for skip_bad in (False, True):
        (line,) = faults_of(folder, skip_bad=skip_bad)
        assert "references.json: expected" in line


def test_a_fields_file_that_is_a_link_to_nothing_is_a_fault(folder: Path) -> None:
    """A references.json that links to nothing stops the build, so that no title is lost in silence."""
    (folder / "references.json").symlink_to("nowhere.json")
    (line,) = faults_of(folder)
    assert "references.json: expected JSON, found no file that opens (No such file or directory): mend or" in line


@pytest.mark.parametrize("skip_bad", [False, True])
def test_an_empty_folder_is_a_fault(tmp_path: Path, skip_bad: bool) -> None:
    """A bundle of nothing is never made."""
    assert "at least one picture" in faults_of(tmp_path, skip_bad=skip_bad)[0]
    assert "at least one picture" in faults_of({}, skip_bad=skip_bad)[0]


def test_nothing_is_built_when_all_pictures_are_bad(tmp_path: Path) -> None:
    """Leaving bad pictures out must leave some over."""
    flat(tmp_path)
    faults = faults_of(tmp_path, skip_bad=True)
    assert len(faults) == 2
    assert "at least one good picture" in faults[1]


def test_a_build_error_is_an_image_error() -> None:
    """A caller who catches ImageError catches BuildError too."""
    with pytest.raises(ImageError):
        build_bundle({})


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ({"": cover(1)}, "at least one character"),
        ({7: cover(1)}, "found 7"),
        ({"a": "a.png"}, "found str"),
        ({"a": cover(1).astype(float)}, "uint8"),
        ({"a": np.zeros((0, 5), np.uint8)}, "at least one pixel"),
        ({"caf\u00e9": cover(1), "cafe\u0301": cover(2)}, "Unicode takes for the same"),
        ({"half a character \ud800": cover(1)}, "at least one character"),
        ({"a": cut_off()}, "picture 'a': expected a whole picture, found damage"),
    ],
)
def test_faults_of_pictures_in_memory_are_named(source: object, fault: str) -> None:
    """Unusable ids and pixels in memory are named as faults, as in files."""
    (line,) = [line for line in faults_of(source) if "found none" not in line]
    assert fault in line


# Other contents of a folder.


def test_hidden_files_and_other_files_are_skipped_with_a_note(folder: Path) -> None:
    """A note names each file passed over, with the cure where it could have been a picture."""
    (folder / ".hidden").mkdir()
    add(folder, ".hidden/x.png", 9)
    (folder / ".DS_Store").touch()
    (folder / "notes.txt").write_text("hello")
    (folder / "drawing.svg").write_text("<svg/>")
    (folder / "print.jxl").write_bytes(b"\xff\x0a")
    add(folder, "scan", 9, format="PNG")
    (folder / "inner" / "references.json").write_text("{}")
    made = build(folder)
    assert len(made.bundle) == 5
    notes = {Path(note.partition(": ")[0]).name: note.partition(": ")[2] for note in made.skipped}
    assert notes == {
        ".hidden": "hidden",
        ".DS_Store": "hidden",
        "notes.txt": "not a picture",
        "drawing.svg": "SVG is not read: convert it to PNG to include it",
        "print.jxl": "JPEG XL is not read: convert it to PNG to include it",
        "scan": "PNG by its content, not by its name: give the name the ending .png to include it",
        "references.json": "only the one in the picture folder itself is read",
    }


def test_a_loop_of_links_ends(folder: Path) -> None:
    """A linked folder above or beside is read once, not for ever and not twice."""
    (folder / "inner" / "up").symlink_to("..")
    (folder / "again").symlink_to("inner")
    made = build(folder)
    assert len(made.bundle) == 5
    assert len(made.skipped) == 2


def test_a_linked_folder_elsewhere_is_read(folder: Path, tmp_path: Path) -> None:
    """Pictures may be collected by links."""
    add(tmp_path / "elsewhere", "whale.png", 9)
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    assert "whale" in build_bundle(folder).ids


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_named_like_a_picture_does_not_hang_the_build(folder: Path) -> None:
    """Only ordinary files are opened."""
    os.mkfifo(folder / "pipe.png")
    assert build(folder).skipped == (f"{(folder / 'pipe.png').as_posix()}: not an ordinary file",)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_nor_does_a_link_to_one(folder: Path, tmp_path: Path) -> None:
    """A link to a pipe is not opened, neither as a picture nor as the site's own fields."""
    os.mkfifo(tmp_path / "pipe")
    (folder / "link.png").symlink_to(tmp_path / "pipe")
    assert build(folder).skipped == (f"{(folder / 'link.png').as_posix()}: not an ordinary file",)
    (folder / "references.json").symlink_to(tmp_path / "pipe")
    (line,) = faults_of(folder)
    assert "references.json: expected JSON, found otherwise (not an ordinary file)" in line


def test_a_folder_that_cannot_be_read_is_a_fault(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unreadable folder is a fault, as its pictures would be missing; skip_bad builds the other folders."""
    listed = os.listdir

    def refused(place: Path) -> list[str]:
        if place == folder / "inner":
            raise PermissionError(13, "Permission denied", str(place))
        return listed(place)

    monkeypatch.setattr(os, "listdir", refused)
    (line,) = faults_of(folder)
    assert line.startswith((folder / "inner").as_posix())
    assert "(Permission denied): check its permissions, or remove it" in line
    assert len(build_bundle(folder, skip_bad=True)) == 4


def test_a_file_that_cannot_be_opened_is_noted(folder: Path) -> None:
    """A file that cannot be opened is skipped, and a note says why."""
    (folder / "link").symlink_to("nowhere")
    assert build(folder).skipped == (f"{(folder / 'link').as_posix()}: cannot be opened (No such file or directory)",)


def test_endings_in_capitals_are_pictures_too(tmp_path: Path) -> None:
    """Cameras write DSC_1.JPG; dots inside a name belong to the id."""
    add(tmp_path, "DSC.1.JPG", 3)
    assert build_bundle(tmp_path).ids == ("DSC.1",)


def test_the_sites_own_fields_come_with_their_reference(folder: Path) -> None:
    """Fields of references.json are in the bundle, whichever Unicode form its ids and the file names are in."""
    add(folder, unicodedata.normalize("NFD", "café.png"), 6)
    fields = {unicodedata.normalize("NFC", "café"): {"title": "Café"}, "2": {"url": "two.html", "pages": [1, 2]}}
    (folder / "references.json").write_text(json.dumps(fields), encoding="utf-8-sig")
    bundle = build_bundle(folder)
    own = {reference.id: {**reference.fields} for reference in bundle.references}
    assert {of.pop("aspect") for of in own.values()} == {0.75}
    assert {name: of for name, of in own.items() if of} == fields


# Notes for the maker of a bundle.


def test_pictures_that_look_alike_are_paired(folder: Path) -> None:
    """A picture and its slightly lighter copy are a pair, nearest first; unlike pictures are none."""
    Image.fromarray(np.clip(cover(2).astype(int) + 6, 0, 255).astype(np.uint8)).save(folder / "lighthouse 2.png")
    add(folder, "copy of 2.png", 0)
    pairs = alike_pairs(build_bundle(folder))
    assert [pair.ids for pair in pairs] == [("2", "copy of 2"), ("lighthouse", "lighthouse 2")]
    assert pairs[0].distance == 0
    assert pairs[1].distance < 25


def test_a_shifted_copy_is_found_alike() -> None:
    """A copy cut a little tighter is found, though it is nearest to a crop and not to the whole picture."""
    whole = cover(4, (400, 300))
    (pair,) = alike_pairs(build_bundle({"whole": whole, "cut": whole[20:, 15:], "other": cover(5)}))
    assert pair.ids == ("cut", "whole")


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_picture_and_the_same_on_its_side_are_a_pair_and_how_it_is_turned_is_said(quarters: int) -> None:
    """A picture and its turned copy are a pair, with the turn: held at a turn, neither could be named."""
    picture = cover(4, (400, 300))
    pictures = {"a": picture, "b": np.ascontiguousarray(np.rot90(picture, -quarters)), "other": cover(5)}
    (pair,) = alike_pairs(build_bundle(pictures))
    assert (pair.ids, pair.turned) == (("a", "b"), 90 * quarters)
    assert pair.distance < 10


def test_a_single_picture_is_like_no_other() -> None:
    """A single picture makes no pair with itself."""
    assert alike_pairs(build_bundle({"only": cover(4)})) == []


def test_looking_for_alike_pairs_gives_up_in_a_folder_of_one_placeholder() -> None:
    """The search for pairs stops at the number asked for, instead of filling the memory."""
    bundle = build_bundle({str(number): cover(1, (20, 20)) for number in range(12)})
    assert len(alike_pairs(bundle)) == 12 * 11 // 2
    assert len(alike_pairs(bundle, most=20)) == 20


def test_contrast_tells_the_flatter_picture(folder: Path) -> None:
    """A paler print of a picture has less contrast."""
    pale = (128 + (cover(2).astype(int) - 128) // 3).astype(np.uint8)
    details = build({"full": cover(2), "pale": pale}).details
    assert details["pale"] == pytest.approx(details["full"] / 3, rel=0.1)


def test_a_picture_of_few_pixels_is_warned_of(tmp_path: Path) -> None:
    """A small picture is enrolled, and a warning gives its size and the smallest good one, with any executor."""
    for seed, (name, size) in enumerate((("icon", (16, 16)), ("strip", (47, 300)), ("enough", (48, 48)))):
        Image.fromarray(cover(seed, size)).save(tmp_path / f"{name}.png")
    made = build(tmp_path)
    assert len(made.bundle) == 3
    assert [warning.split(", which")[0] for warning in made.warnings] == [
        f"{(tmp_path / 'icon.png').as_posix()}: expected at least 48 pixels on the short side, found 16 x 16",
        f"{(tmp_path / 'strip.png').as_posix()}: expected at least 48 pixels on the short side, found 300 x 47",
    ]
    with ThreadPoolExecutor(3) as executor:
        assert build(tmp_path, executor=executor).warnings == made.warnings
