"""The documents' links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.places import PROJECT

DOCUMENTS = sorted(
    path for pattern in ("*.md", "docs/**/*.md", "benchmarks/*.md", "web/*.md") for path in PROJECT.glob(pattern)
)
LINK = re.compile(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")


def prose(document: Path) -> str:
    """Returns a document's text without its blocks of code."""
    return re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.M | re.S)


def anchors(document: Path) -> set[str]:
    """Returns the names by which a document's headings are linked to, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_every_link_leads_to_a_file_and_a_heading(document: Path):
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
