"""The documents lead a reader to files, headings and modules that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.places import PROJECT

DOCUMENTS = sorted(
    path for pattern in ("*.md", "docs/**/*.md", "benchmarks/*.md", "web/*.md") for path in PROJECT.glob(pattern)
)
LINK = re.compile(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
PATH = re.compile(r"`((?:benchmarks|docs|scanner|tests|tools|web)/[\w./-]*)`")
each_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=[path.relative_to(PROJECT).as_posix() for path in DOCUMENTS]
)


def prose(document: Path) -> str:
    """Returns a document's text without its blocks of code."""
    return re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.M | re.S)


def anchors(document: Path) -> set[str]:
    """Returns the names by which a document's headings are linked to, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_document
def test_every_link_leads_to_a_file_and_a_heading(document: Path) -> None:
    """A reader who follows a link between the documents arrives."""
    broken = []
    for link in (text or image for text, image in LINK.findall(prose(document))):
        if re.match(r"\w+:", link):
            continue  # an address of the web
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@each_document
def test_every_path_in_a_document_exists(document: Path) -> None:
    """A reader who looks for a file or folder that a document names finds it in the repository."""
    assert [path for path in PATH.findall(prose(document)) if not (PROJECT / path).exists()] == []


def test_the_architecture_names_every_module_of_the_core() -> None:
    """A reader of the table of imports meets each module once, and no module that is gone."""
    text = prose(PROJECT / "docs" / "architecture.md")
    (table,) = re.findall(r"^\| stage \| modules \|.*?(?=\n\n)", text, re.M | re.S)
    named = [name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[2])]
    assert sorted(named) == sorted(path.stem for path in (PROJECT / "scanner").glob("*.py") if path.stem != "__init__")
