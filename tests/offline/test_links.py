"""A relative address that leads nowhere is warned of: by the build, and by the assembly of the site."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from scanner import HashBundle
from scanner.offline.command.main import build_hashes
from scanner.offline.enrol.fields import path_in_site
from scanner.offline.site.links import foot_links_nowhere, links_nowhere
from support.pictures import cover
from support.places import PROJECT

DEMO = HashBundle.load(PROJECT / "hashes" / "references.json")

SITE = {"index.html", "hashes/references.json", "shop.html", "books/index.html", "about.html", "Über uns.html"}


@pytest.fixture
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Five pictures below the current folder, and a bundle's folder with a page and a picture of one's own."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "images"
    folder.mkdir()
    (tmp_path / "hashes" / "thumbs").mkdir(parents=True)
    (tmp_path / "hashes" / "page.html").touch()
    (tmp_path / "hashes" / "thumbs" / "1.png").touch()
    for number in range(5):
        Image.fromarray(cover(number, (60, 50))).save(folder / f"{number}.png")
    return folder


def warnings(images: Path, fields: dict[str, str], capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """Builds with these fields for each picture, and returns the warnings."""
    own = {f"{number}": fields for number in range(5)}
    (images / "references.json").write_text(json.dumps(own), encoding="utf-8")
    assert build_hashes(["images", "-o", "hashes/b.json", *arguments]) == 0
    return capsys.readouterr().err.splitlines()


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "page.html", "thumbnail": "thumbs/1.png?2"},
        {"url": "../shop.html", "thumbnail": "../pictures/1.png"},
        {"url": "https://example.org/shop", "thumbnail": "data:image/png;base64,AAAA"},
        {"url": "/shop.html"},
        {"url": "#1"},
    ],
)
def test_an_address_that_may_lead_somewhere_is_not_warned_of(
    images: Path, fields: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A build says nothing of a file that lies beside the bundle, and of places that it cannot know."""
    assert warnings(images, fields, capsys) == []


def test_a_link_to_no_file_beside_the_bundle_is_one_warning(images: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Links that start at the bundle's folder by mistake are one warning with the address that is likely meant."""
    (told,) = warnings(images, {"url": "shop.html#top"}, capsys)
    assert told.startswith("warning: images/references.json: pictures '0', '1', '2' and 2 more, field 'url': expected")
    assert "found 'shop.html#top' and others, and no file hashes/shop.html: write '../shop.html' for a page" in told


def test_a_thumbnail_that_lies_among_the_pictures_is_told_how_to_be_made(
    images: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A thumbnail named as if it counted from the picture folder is a warning that names --thumbnails."""
    (told,) = warnings(images, {"thumbnail": "1.png"}, capsys)
    assert "and no file hashes/1.png: leave the field out and build with --thumbnails" in told
    (told,) = warnings(images, {"thumbnail": "none.png"}, capsys)
    assert "and no file hashes/none.png: put it there, or leave the field out" in told


def test_a_thumbnail_that_the_build_makes_is_not_missing(images: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No warning is printed of thumbnails that are only about to be made."""
    assert warnings(images, {"title": "A"}, capsys, "--thumbnails") == []


def test_a_field_with_two_mistakes_has_one_warning(images: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An address without https:// is warned of as such, and not as a missing file too."""
    (told,) = warnings(images, {"url": "example.org/shop"}, capsys)
    assert 'write "https://example.org/shop"' in told


def site_warnings(*addresses: object) -> list[str]:
    """Returns the warnings of a site's assembly for references with these links."""
    references = [replace(DEMO.references[0], id=str(at), fields={"url": url}) for at, url in enumerate(addresses)]
    return links_nowhere(HashBundle(references), SITE)


@pytest.mark.parametrize(
    "address",
    [
        "../shop.html", "../shop.html?a=1#top", "..", "../", "./../", "../books/", "../books", "../about",
        "../%C3%9Cber%20uns.html",
        "references.json", "https://example.org/none", "//example.org/none", "/none.html", "../../none.html",
        "mailto:a@example.org", " ", None, 5,
    ],
)  # fmt: skip
def test_a_link_that_leads_somewhere_is_not_warned_of(address: object) -> None:
    """A file of the site, a folder with a page, another host, and places around the site are all good links."""
    assert site_warnings(address) == []


@pytest.mark.parametrize(
    ("address", "cure"),
    [
        ("shop.html", "and the site has no hashes/shop.html: write '../shop.html'"),
        ("../Shop.html", "and the site has no Shop.html: write '../shop.html'"),
        ("../de/shop.html", "and the site has no de/shop.html: write '../shop.html'"),
        (
            "none.html",
            "and the site has no hashes/none.html: write '../none.html' and add the page to own/ (or the folder that",
        ),
        (
            "../none.html",
            "and the site has no none.html: add the page to own/ (or the folder that --own names), or write an address",
        ),
        ("../films/", "and the site has no films: add the page to own/ (or the folder that --own"),
        ("../\u001b[31m.html", "\\x1b[31m.html: add the page"),
    ],
)
def test_a_link_that_leads_nowhere_is_warned_of_by_the_site(address: str, cure: str) -> None:
    """A link to no file of the site is a printable warning, with the address of a page of this name elsewhere."""
    (told,) = site_warnings(address)
    assert told.startswith("picture '0', field 'url': expected an address that leads to a file of the site, found ")
    assert cure in told
    assert told.isprintable()


@pytest.mark.parametrize(
    ("address", "cure"),
    [
        ("buecher.example/", "or begins with https://, found 'buecher.example/': write https://buecher.example/"),
        ("www.books.example", "write https://www.books.example"),
        ("shops.html", "and the site has no shops.html: is 'shop.html' meant? If not, add the page to own/"),
        ("Shop.html#top", "and the site has no Shop.html: is 'shop.html' meant?"),
        ("imprint.html", "and the site has no imprint.html: add the page to own/ (or the folder that --own names)"),
        ("us@books.example", "write mailto:us@books.example"),
    ],
)
def test_a_link_at_the_foot_of_the_page_that_leads_nowhere_is_warned_of(address: str, cure: str) -> None:
    """A link of site.json without its page or its https:// is a warning with the nearest file or the address meant."""
    (told,) = foot_links_nowhere([("Words", address)], SITE)
    assert told.startswith("settings, 'links', 'Words': expected an address that leads to a file of the site")
    assert cure in told


def test_links_at_the_foot_of_the_page_that_may_lead_somewhere_pass() -> None:
    """Pages of the site, other hosts, mail and places around the site are no warning."""
    good = [
        "shop.html",
        "./about",
        "books/",
        "%C3%9Cber%20uns.html?a#b",
        "https://books.example",
        "mailto:us@x.example",
    ]
    good += ["/imprint.html", "../imprint.html", "tel:+4912345", "#top", "index.html", "./"]
    assert list(foot_links_nowhere([(address, address) for address in good], SITE)) == []


def test_page_and_builder_agree_where_an_address_starts() -> None:
    """The builder takes an address to lead where a browser takes it from the bundle's own address in the site."""
    from urllib.parse import urljoin

    for address in ("a.html", "../a.html", "./a.html", "b/../a.html", "thumbs/1.png"):
        assert (
            urljoin("https://example.org/hashes/references.json", address)
            == f"https://example.org/{path_in_site(address)}"
        )
