"""Apache and nginx send the assembled site as our own server does."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import pytest

from scanner.offline.site.content_types import TYPES
from scanner.offline.site.made import LIST
from support.asking import ask
from support.places import PROJECT
from support.static_hosts import home_of_a_host, running_apache, running_nginx

Start = Callable[[AbstractContextManager[str]], str]

FOLDER = "bücher/scanner"
BELOW = f"/{quote(FOLDER)}/"
HOSTS = (PROJECT / "docs" / "hosts.md").read_text(encoding="utf-8")
FOR_EVER = "public, max-age=31536000, immutable"


def snippet(first: str) -> str:
    """Returns the block of code in docs/hosts.md that begins so."""
    (found,) = [text for text in re.findall(r"^```\w*\n(.*?)^```", HOSTS, re.M | re.S) if text.startswith(first)]
    return str(found)


@pytest.fixture(scope="module")
def home(site_folder: Path) -> Iterator[Path]:
    """A host's folder with the site below a path that has an umlaut."""
    with home_of_a_host(site_folder, FOLDER) as folder:
        own = folder / "www" / FOLDER / "own"
        own.mkdir()
        (own / "pictures.tar.gz").write_bytes(b"\x1f\x8b an archive")
        yield folder


@pytest.fixture(scope="module")
def start(home: Path) -> Iterator[Start]:
    """Starts a host, or skips the test where the host is not installed; every host ends with the module."""
    with ExitStack() as stack:

        def started(host: AbstractContextManager[str]) -> str:
            try:
                return stack.enter_context(host)
            except LookupError as missing:
                pytest.skip(
                    f"no {missing} here; apt-get install apache2-bin nginx-light libnginx-mod-http-brotli-static"
                )

        yield started


@pytest.fixture(scope="module")
def apache(home: Path, start: Start) -> str:
    """The address of an Apache as Debian sets it up, with a host's usual AllowOverride."""
    return start(running_apache(home))


@pytest.fixture(scope="module")
def files(site_folder: Path) -> list[str]:
    """A file of each ending in the site."""
    paths = sorted(path.relative_to(site_folder).as_posix() for path in site_folder.rglob("*") if path.is_file())
    of_ending = {
        PurePosixPath(path).suffix: path for path in paths if not PurePosixPath(path).name.startswith((".", "_"))
    }
    chosen = [path for ending, path in of_ending.items() if ending in TYPES]
    assert {".html", ".css", ".js", ".mjs", ".json", ".webmanifest", ".wasm", ".zip"} <= {
        PurePosixPath(path).suffix for path in chosen
    }
    return [*chosen, ""]  # and the page by its folder's name


def check_files(address: str, site: Path, files: list[str], accepted: str, ending: str) -> None:
    """Asserts that a host sends each file in the form that a browser gets which accepts `accepted`."""
    for path in files:
        sent, body = ask(address, BELOW + quote(path), accept_encoding=accepted)
        file = site / (path or "index.html")
        packed = file.with_name(f"{file.name}.{ending}")
        compressed = bool(ending) and packed.is_file()
        assert sent.status == 200, path
        assert sent.headers.get_all("Content-Type") == [TYPES[file.suffix]], path
        assert sent.headers.get_all("Content-Encoding") == (
            [{"br": "br", "gz": "gzip"}[ending]] if compressed else None
        )
        assert body == (packed if compressed else file).read_bytes(), path
        assert sent.headers.get_all("Content-Language") is None
        assert sent.headers.get_all("Vary") == ["Accept-Encoding"]
        assert sent.headers.get_all("Access-Control-Allow-Origin") == ["*"]
        assert sent.headers.get_all("Cache-Control") == [FOR_EVER if path.startswith("runtime/") else "no-cache"]


@pytest.mark.parametrize(
    ("accepted", "ending"),
    [("gzip, deflate, br, zstd", "br"), ("gzip, deflate", "gz"), ("br;q=0, gzip;q=0.5", "gz"), ("identity", "")],
)
def test_apache_sends_each_file_in_the_smallest_form_that_the_browser_takes(
    apache: str, site_folder: Path, files: list[str], accepted: str, ending: str
) -> None:
    """On Apache, `.htaccess` sees to types, compressed files and caching, below any path, and without configuration."""
    if accepted == "identity":
        files = [path for path in files if path.startswith("runtime/") or not path]
    check_files(apache, site_folder, files, accepted, ending)


def test_apache_answers_304_for_a_file_that_a_browser_has(apache: str) -> None:
    """A second visit to a site on Apache costs one 304 for each file, not its bytes."""
    first, _ = ask(apache, f"{BELOW}style.css", accept_encoding="br")
    again, body = ask(apache, f"{BELOW}style.css", accept_encoding="br", if_none_match=first.headers["ETag"])
    assert (again.status, body) == (304, b"")


def test_apache_lists_no_folder_and_shows_no_htaccess(apache: str) -> None:
    """A visitor of a site on Apache sees no list of a folder's files, though the host's configuration lists folders."""
    for path in ("element/", "runtime/", "own/", ".htaccess", LIST, "runtime/.htaccess"):
        sent, body = ask(apache, BELOW + path)
        assert sent.status in {403, 404}, path
        assert b"pictures.tar.gz" not in body
    assert b"Index of" in ask(apache, "/")[1]  # this host does list folders that are not ours


def test_apache_sends_an_archive_of_ones_own_as_an_archive(apache: str) -> None:
    """A `.tar.gz` that a publisher adds is downloaded as it is, not unpacked by the browser."""
    sent, body = ask(apache, f"{BELOW}own/pictures.tar.gz", accept_encoding="gzip")
    assert sent.headers["Content-Encoding"] is None
    assert body == b"\x1f\x8b an archive"


@pytest.mark.parametrize(
    "without", [("headers",), ("rewrite",), ("rewrite", "deflate", "filter", "headers"), ("mime", "negotiation")]
)
def test_apache_without_a_module_sends_the_site_all_the_same(
    home: Path, start: Start, without: tuple[str, ...]
) -> None:
    """On an Apache that lacks a module, every file arrives with its type; only what needs the module is missing."""
    address = start(running_apache(home, without=without))
    (wasm,) = (path for path in sorted_files(home) if path.endswith("pyodide.asm.wasm"))
    for path in ("worker.js", wasm):
        sent, body = ask(address, BELOW + path, accept_encoding="gzip")
        assert sent.status == 200
        assert sent.headers["Content-Type"] == TYPES[PurePosixPath(path).suffix]
        assert (sent.headers["Content-Encoding"] == "gzip") == ("deflate" not in without)
        plain = gzip.decompress(body) if sent.headers["Content-Encoding"] else body
        assert plain == (home / "www" / FOLDER / path).read_bytes()
        assert ("Cache-Control" in sent.headers) == ("headers" not in without)


def sorted_files(home: Path) -> list[str]:
    """Returns the paths of all files in the site, those of the page first."""
    site = home / "www" / FOLDER
    paths = [path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()]
    return sorted(paths, key=lambda path: (path.startswith("runtime/"), path))


def test_apache_that_ignores_htaccess_sends_a_site_that_works(home: Path, start: Start) -> None:
    """With `AllowOverride None`, as Debian sets it up, scripts and WebAssembly have types that browsers take."""
    address = start(running_apache(home, allow_override="None"))
    types = {}
    for path in sorted_files(home):
        if path.endswith((".js", ".mjs", ".wasm", ".css", ".html")):
            sent, body = ask(address, BELOW + path)
            assert body == (home / "www" / FOLDER / path).read_bytes()
            types[PurePosixPath(path).suffix] = sent.headers["Content-Type"].partition(";")[0]
    assert types == {ending: TYPES[ending].partition(";")[0] for ending in types}
    assert len(types) == 5


def test_the_apache_configuration_of_the_document_works(
    home: Path,
    start: Start,
    site_folder: Path,
    files: list[str],
) -> None:
    """The configuration in docs/hosts.md makes an Apache that ignores `.htaccess` heed it."""
    configuration = snippet("<Directory").replace("/srv/www/scanner", f'"{home}/www/{FOLDER}"')
    check_files(
        start(running_apache(home, allow_override="None", further=configuration)), site_folder, files, "br", "br"
    )


@pytest.mark.parametrize("trouble", ["no FileInfo", "no FollowSymLinks"])
def test_apache_that_forbids_what_htaccess_needs_is_cured_as_the_document_says(
    trouble: str, start: Start, site_folder: Path
) -> None:
    """A publisher who meets status 500 or 403 on a strict host finds the cure in docs/hosts.md, and has a site."""
    with home_of_a_host(site_folder, "scanner") as home, ExitStack() as stack:
        htaccess = home / "www" / "scanner" / ".htaccess"
        text = htaccess.read_text(encoding="utf-8")
        if trouble == "no FileInfo":
            status, host = 500, running_apache(home, allow_override="AuthConfig")
        else:
            strict = f"<Directory {home}/www/scanner>\n  Options None\n</Directory>\n"
            status, host = 403, running_apache(home, further=strict)
        assert f"| status {status} for every file |" in HOSTS
        try:
            address = stack.enter_context(host)
        except LookupError as missing:
            pytest.skip(f"no {missing} here; apt-get install apache2-bin")
        assert ask(address, "/scanner/style.css")[0].status == status
        if trouble == "no FileInfo":
            htaccess.unlink()
            (home / "www" / "scanner" / "runtime" / ".htaccess").unlink()
        else:
            htaccess.write_text(re.sub(r"^<IfModule mod_rewrite.c>.*?^</IfModule>\n", "", text, flags=re.M | re.S))
        for path in ("style.css", json.loads((site_folder / "assets.json").read_text())["files"]["core"]["url"]):
            assert ask(address, f"/scanner/{path}")[0].status == 200


@pytest.mark.parametrize(("accepted", "ending"), [("gzip, br", "br"), ("gzip", "gz")])
def test_the_nginx_configuration_of_the_document_works(
    home: Path,
    start: Start,
    site_folder: Path,
    files: list[str],
    accepted: str,
    ending: str,
) -> None:
    """The configuration in docs/hosts.md makes nginx send types, compressed files and caching, by brotli or gzip."""
    configuration = snippet("location").replace("/srv/www", f"{home}/www").replace("/scanner/", f"/{FOLDER}/")
    modules = []
    if ending == "br":
        assert "# brotli_static" in configuration
        configuration = configuration.replace("# brotli_static", "brotli_static")
        modules = ["ngx_http_brotli_static_module"]
    address = start(running_nginx(home, configuration, modules))
    for path in files:
        file = site_folder / (path or "index.html")
        packed = file.with_name(f"{file.name}.{ending}")
        compressed = packed.is_file()
        sent, body = ask(address, BELOW + quote(path), accept_encoding=accepted)
        assert body == (packed if compressed else file).read_bytes(), path
        assert sent.headers["Content-Encoding"] == ({"br": "br", "gz": "gzip"}[ending] if compressed else None), path
        assert sent.headers.get_all("Access-Control-Allow-Origin") == ["*"]
        assert sent.headers.get_all("Cache-Control") == [FOR_EVER if path.startswith("runtime/") else "no-cache"]
        assert not compressed or sent.headers["Vary"] == "Accept-Encoding"
        kind = sent.headers["Content-Type"]
        if file.suffix == ".js":
            assert kind in {"text/javascript", "application/javascript"}
        else:
            assert kind == TYPES[file.suffix].partition(";")[0]


def test_netlify_and_cloudflare_are_told_what_our_own_server_sends(site: str, site_folder: Path) -> None:
    """`_headers` has every header of our own server that these hosts do not send by themselves, no name twice."""
    rules: dict[str, dict[str, str]] = {}
    for line in (site_folder / "_headers").read_text(encoding="utf-8").splitlines():
        if line.startswith("/"):
            rules[line] = headers = {}
        elif not line.startswith("#"):
            name, _, value = line.strip().partition(": ")
            headers[name] = value
    assert list(rules) == ["/*", "/runtime/*"]
    assert not rules["/*"].keys() & rules["/runtime/*"].keys()  # Cloudflare would join the two values
    runtime = json.loads((site_folder / "assets.json").read_text(encoding="utf-8"))["files"]["core"]["url"]
    sent, _ = ask(site, f"/{runtime}")
    assert {name: sent.headers[name] for name in rules["/*"] | rules["/runtime/*"]} == rules["/*"] | rules["/runtime/*"]


def test_no_file_is_too_large_for_cloudflare_pages(site_folder: Path) -> None:
    """Every file is below the 25 MiB that Cloudflare Pages takes, by far."""
    assert max(path.stat().st_size for path in site_folder.rglob("*")) < 12 << 20


def test_github_pages_publishes_the_files_that_begin_with_an_underscore(site_folder: Path) -> None:
    """The site has such files, and `.nojekyll` keeps GitHub Pages from leaving them out."""
    assert list(site_folder.glob("runtime/*/_*"))
    assert (site_folder / ".nojekyll").is_file()


def test_the_files_for_hosts_are_in_no_list_of_files(site_folder: Path) -> None:
    """A host that hides its own file, such as `.htaccess`, withholds nothing that a visit needs."""
    worker = (site_folder / "service-worker.js").read_text(encoding="utf-8")
    for name in (".htaccess", "_headers", ".nojekyll"):
        assert f'"{name}"' not in worker


NOT_COMPRESSED = {
    "every file, brotli": ("br", ()),
    "every file, gzip": ("gz", ()),
    "all but `.zip`, brotli": ("br", (".zip",)),
    "all but `.zip`, gzip": ("gz", (".zip",)),
    "all but `.zip` and `.wasm`, gzip": ("gz", (".zip", ".wasm")),
    "nothing": ("", ()),
}


def test_the_document_says_what_a_reader_downloads(site_folder: Path) -> None:
    """Each figure of the table in docs/hosts.md is the sum of the files that a first visit loads, to 0.3 MB."""
    (table,) = re.findall(r"^\| the host \|.*?(?=\n\n)", HOSTS, re.M | re.S)
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[2:]]
    assert [row[1] for row in rows] == list(NOT_COMPRESSED)
    worker = (site_folder / "service-worker.js").read_text(encoding="utf-8")
    kept = json.loads(re.search(r"^const BUILD = (.*);$", worker, re.M)[1])["kept"]
    files = json.loads((site_folder / "assets.json").read_text(encoding="utf-8"))["files"]
    after = {
        file["url"] for role, file in files.items() if role.startswith("cold-") or role in {"stdlib", "numpy", "core"}
    }
    for _, compressed, until_ready, in_all in rows:
        ending, plain = NOT_COMPRESSED[compressed]
        sizes = {}
        for path in kept:
            packed = site_folder / f"{path}.{ending}"
            use_packed = ending and not path.endswith(plain or "\0") and packed.is_file()
            sizes[path] = (packed if use_packed else site_folder / path).stat().st_size / 1e6
        assert sum(sizes.values()) == pytest.approx(float(in_all), abs=0.3), compressed
        assert sum(sizes[path] for path in kept if path not in after) == pytest.approx(float(until_ready), abs=0.3)
