"""The report tells the owner of a picture folder what to expect, in one file that opens anywhere."""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

from scanner import HashBundle
from scanner.offline import build_bundle
from scanner.offline.predict import prediction as prediction_module
from scanner.offline.predict.prediction import Outlook, Prediction, predict, recommended_threshold
from scanner.offline.predict.report import report_page
from scanner.offline.predict.simulated_hand import draw_background


def picture(seed: int) -> np.ndarray:
    """A picture of four large tiles in each direction, all of random colours."""
    tiles = np.random.default_rng(seed).integers(0, 256, (4, 4, 3)).astype(np.uint8)
    return tiles.repeat(60, 0).repeat(60, 1) // 2 + draw_background(np.random.default_rng(seed), (240, 240)) // 2


@pytest.fixture(scope="module")
def pictures() -> dict[str, np.ndarray]:
    return {"one": picture(1), "two <b>": picture(2), "three": picture(3), "three again": picture(3)}


@pytest.fixture(scope="module")
def bundle(pictures: dict[str, np.ndarray]) -> HashBundle:
    return build_bundle(pictures)


@pytest.fixture(scope="module")
def prediction(bundle: HashBundle, pictures: dict[str, np.ndarray]) -> Iterator[Prediction]:
    patch = pytest.MonkeyPatch()
    patch.setattr(prediction_module, "_HOLD_UPS", 12)
    yield predict(bundle, pictures)
    patch.undo()


def test_pictures_of_their_own_kind_are_predicted_reliable(prediction: Prediction) -> None:
    """A picture unlike the others is recognised within ten frames in most hold-ups of a steady hand."""
    for name in ("one", "two <b>"):
        outlook = prediction.outlooks[name]
        assert outlook.soon["EASY"] == outlook.hold_ups
        assert outlook.first["EASY"] <= outlook.soon["EASY"]
        assert not outlook.taken_for


def test_a_picture_enrolled_twice_is_shown_as_a_pair(
    prediction: Prediction, bundle: HashBundle, pictures: dict[str, np.ndarray]
) -> None:
    """The owner sees which two pictures cannot be told apart."""
    page = report_page(bundle, pictures, prediction)
    pairs = page.split("Taken for each other")[1].split("Every picture")[0]
    assert "<b>three</b> and <b>three again</b>" in pairs
    assert "<b>one</b>" not in pairs
    assert prediction.outlooks["three"].soon["EASY"] < prediction.outlooks["one"].soon["EASY"]


def test_the_same_pictures_give_the_same_prediction(
    prediction: Prediction, bundle: HashBundle, pictures: dict[str, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two reports on equal pictures are equal, so that reports can be compared."""
    monkeypatch.setattr(prediction_module, "_HOLD_UPS", 12)
    assert predict(bundle, pictures) == prediction


def test_the_number_of_processes_does_not_change_the_prediction(
    prediction: Prediction, bundle: HashBundle, pictures: dict[str, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes give the prediction of one, and report their progress."""
    monkeypatch.setattr(prediction_module, "_HOLD_UPS", 12)
    steps: list[tuple[int, int]] = []
    with ProcessPoolExecutor(2) as executor:
        assert predict(bundle, pictures, lambda *step: steps.append(step), executor) == prediction
    assert steps == 2 * [(1, 4), (2, 4), (3, 4), (4, 4)]  # once more with the recommended threshold


def disc(number: int) -> np.ndarray:
    """A dark disc on light grey, which resembles anything round, so that the scanner searches long."""
    y, x = np.mgrid[:200, :200]
    inside = (x - 60 - 10 * number) ** 2 + (y - 100) ** 2 < (30 + 8 * number) ** 2
    return np.where(inside, 40, 230).astype(np.uint8)


def test_a_busy_machine_does_not_change_the_prediction(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scanner finds as much with time for a whole search in one frame as with hardly any."""
    monkeypatch.setattr(prediction_module, "_HOLD_UPS", 18)
    discs = {"one": disc(5), "other": disc(6)}
    bundle = build_bundle(discs)
    predictions = []
    for seconds in (0, 60):
        monkeypatch.setattr("scanner.pipeline.SEARCH_SECONDS", seconds)
        predictions.append(predict(bundle, discs))
    assert predictions[0] == predictions[1]


def test_the_page_needs_no_other_file(
    prediction: Prediction, bundle: HashBundle, pictures: dict[str, np.ndarray]
) -> None:
    """The page can be sent by mail: pictures and style are inside, and nothing is fetched."""
    page = report_page(bundle, pictures, prediction)
    assert page.count("data:image/jpeg;base64,") >= len(pictures)
    assert not re.search(r'(src|href)=(?!"data:)', page)
    assert "url(" not in page


def test_ids_are_shown_as_text(prediction: Prediction, bundle: HashBundle, pictures: dict[str, np.ndarray]) -> None:
    """An id with angle brackets in it stays readable and harmless."""
    page = report_page(bundle, pictures, prediction)
    assert "two &lt;b&gt;" in page
    assert "two <b>" not in page


def test_strangers_that_come_near_lower_the_recommended_threshold() -> None:
    """One frame in 1000 may be accepted wrongly; the nearest two in 2000 do not count, the third does."""
    assert recommended_threshold(Prediction({}, [], [10, 12, 24, *[40] * 1997])) == 23
    assert recommended_threshold(Prediction({}, [], [20, 22, 24, *[40] * 997])) == 21


@pytest.mark.parametrize(
    ("advised", "told"),
    [(97, ("Recommended threshold: 31", "92 % → 97 %", "<code>make -o &lt;it&gt; --threshold 31</code>")),
     (92, ("Recommended threshold: 25", "92 % → 92 %", "That is no gain: keep 25")),
     (None, ("Recommended threshold: 31", "recognised on the first frame, with an ordinary hand: 92 %."))],
)  # fmt: skip
def test_a_threshold_is_recommended_by_what_it_gains(
    bundle: HashBundle, pictures: dict[str, np.ndarray], advised: int | None, told: tuple[str, ...]
) -> None:
    """The page shows both thresholds' share of recognised first frames, and the command; no gain, no change."""
    outlooks = {name: Outlook(25, first=Counter(TYPICAL=23)) for name in pictures}
    page = report_page(bundle, pictures, Prediction(outlooks, [10], [40] * 1000, advised), "make -o <it>")
    assert all(words in page for words in told)
    assert ("--threshold" in page) == (advised == 97)


def test_the_gain_is_that_of_the_recommended_threshold(
    prediction: Prediction, bundle: HashBundle, pictures: dict[str, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gain promised of a threshold equals the prediction for a bundle with this threshold."""
    monkeypatch.setattr(prediction_module, "_HOLD_UPS", 12)
    best = recommended_threshold(prediction)
    then = predict(HashBundle(bundle.references, best), pictures)
    assert best != bundle.threshold
    assert prediction.advised == sum(outlook.first["TYPICAL"] for outlook in then.outlooks.values())
    assert then.advised is None


def test_counts_are_said_in_words(bundle: HashBundle, pictures: dict[str, np.ndarray]) -> None:
    """None, once, and first frames apart from later ones; ten frames are called ten frames throughout."""
    outlooks = {name: Outlook(10, Counter(EASY=7, TYPICAL=10), Counter(EASY=9, TYPICAL=10)) for name in pictures}
    outlooks["one"].taken_for["three"] = 1
    page = report_page(bundle, pictures, Prediction(outlooks, [10], [40] * 1000))
    assert all(counts in page for counts in ("7 + 2 of 10</dd>", "> 10 of 10</dd>", "> none of 10</dd>"))
    assert "taken for each other once" in page
    assert "Every picture was recognised within 10 frames, about a second," in page
    assert page.count("second") == 1
    outlooks["two <b>"].soon["TYPICAL"] = 9
    page = report_page(bundle, pictures, Prediction(outlooks, [10], [40] * 1000))
    assert "1 of 4 pictures was sometimes missed" in page


def test_the_letters_of_the_chart_can_be_read_on_a_phone(
    prediction: Prediction, bundle: HashBundle, pictures: dict[str, np.ndarray]
) -> None:
    """Shrunk to a phone's 340 px, the chart's letters are at least 10 px high."""
    page = report_page(bundle, pictures, prediction)
    wide = int(re.search(r'<svg viewBox="0 0 (\d+) ', page)[1])
    high = int(re.search(r"svg \{[^}]*font-size: (\d+)px", page)[1])
    assert high * min(1, 340 / wide) >= 10


def test_covers_that_do_not_work_are_called_that(bundle: HashBundle, pictures: dict[str, np.ndarray]) -> None:
    """Where hardly a hand gets a picture recognised, the page says to choose others, and recommends no threshold."""
    outlooks = {name: Outlook(10, Counter(), Counter(TYPICAL=2)) for name in pictures}
    page = report_page(bundle, pictures, Prediction(outlooks, [10], [40] * 1000, 9), "make")
    assert "These covers will not work: choose others" in page
    assert "No threshold helps where no picture works: keep 25" in page
    assert "--threshold" not in page
    outlooks["one"].soon["TYPICAL"] = 10
    page = report_page(bundle, pictures, Prediction(outlooks, [10], [40] * 1000, 9), "make")
    assert "3 of these covers will not work: choose others" in page


def test_a_lower_threshold_that_keeps_nothing_out_is_not_recommended(
    bundle: HashBundle, pictures: dict[str, np.ndarray]
) -> None:
    """Few frames make a careful threshold; where no frame came near, it gains nothing: the page keeps the old."""
    outlooks = {name: Outlook(10, Counter(TYPICAL=9), Counter(TYPICAL=10)) for name in pictures}
    page = report_page(bundle, pictures, Prediction(outlooks, [10], [28] * 100, 30), "make")
    assert "That is no gain: keep 25" in page
    assert "--threshold" not in page
    page = report_page(bundle, pictures, Prediction(outlooks, [10], [22] + [28] * 99, 30), "make")
    assert "--threshold" in page


def test_a_series_is_shown_side_by_side_once() -> None:
    """Three equal covers are one figure with three pictures and what becomes of them, not three pairs."""
    covers = {"band 1": picture(3), "band 2": picture(3), "band 3": picture(3), "other": picture(1)}
    outlooks = {name: Outlook(10, Counter(TYPICAL=9), Counter(TYPICAL=10)) for name in covers}
    page = report_page(build_bundle(covers), covers, Prediction(outlooks, [10], [40] * 1000))
    section = page.split("Taken for each other")[1].split("Every picture")[0]
    assert section.count("<figure") == 1
    assert section.count("<img") == 3
    assert "<b>band 1</b>, <b>band 2</b> and <b>band 3</b>" in section
    assert "the scanner names none of them" in section


def test_few_frames_make_the_recommendation_careful() -> None:
    """With fewer frames than the share needs, the threshold lies below the smallest distance seen."""
    assert recommended_threshold(Prediction({}, [], [30] * 1000)) == 29
    assert recommended_threshold(Prediction({}, [], [30] * 125)) == 23


def test_a_single_picture_has_nothing_to_be_mistaken_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue of one picture gets a report too, without a recommendation."""
    monkeypatch.setattr(prediction_module, "_HOLD_UPS", 3)
    alone = {"only": picture(4)}
    bundle = build_bundle(alone)
    prediction = predict(bundle, alone)
    assert recommended_threshold(prediction) is None
    assert "cannot be taken for another picture" in report_page(bundle, alone, prediction)
