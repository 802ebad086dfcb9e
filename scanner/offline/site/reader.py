"""Make the page of a site: the reader page around one's own pictures, the demo page, or none."""

import json
from collections.abc import Mapping
from html import escape
from string import Template
from urllib.parse import quote

from scanner.offline.site.archive import Files, json_bytes
from scanner.offline.site.build_list import WORKER
from scanner.offline.site.colours import Palette, Theme
from scanner.offline.site.logo import ICONS, icons
from scanner.offline.site.origins import PAGE
from scanner.offline.site.page_words import AUTO, WORDS
from scanner.offline.site.settings import Settings

__all__ = ["demo_page", "no_page", "of_the_page", "reader_page"]

TEMPLATE, STYLE = "reader.html", "reader.css"
READER_ONLY = (TEMPLATE, STYLE, "page/reader-page.js")
"""Files of web/ that the demo page does not use."""

DEMO_ONLY = ("page/demo-page.js",)
"""Files of web/ that the reader page does not use, besides the demo's icons and all that the reader page replaces."""

PAGES_ONLY = (
    *READER_ONLY,
    *DEMO_ONLY,
    PAGE,
    "style.css",
    "manifest.webmanifest",
    WORKER,
    "page/early-worker.js",
    "page/first-aid.js",
    "page/first-frames.js",
    "page/gallery.js",
    "page/keep-offline.js",
)
"""Files of web/ that no app uses. Only the pages register the service worker, by page/keep-offline.js."""

NOTHING_GIVEN = Settings()

SPOKEN = ("title", "gallery", "private", "update", "reload", "unkept")
"""Words that the page's script puts into a visitor's language."""


ON_THE_PAGE = ("title", "lead", "heading", "privacy", "logo", "links", "scripts", "gallery", "details", "multiple")
"""Settings that the page itself shows or runs. Colours, icons and the manifest are in files of their own."""


def of_the_page(settings: Settings) -> list[str]:
    """Returns the settings that are given and have no effect without the page.

    >>> of_the_page(Settings(title="My Books", sheet="Look"))
    ['title']
    """
    return [key for key in ON_THE_PAGE if getattr(settings, key) != getattr(NOTHING_GIVEN, key)]


def demo_page(web: Mapping[str, bytes]) -> Files:
    """Returns the files of web/ without those of the reader page."""
    return {path: content for path, content in web.items() if path not in READER_ONLY}


def no_page(web: Mapping[str, bytes]) -> Files:
    """Returns the files of web/ that an app with a page of its own asks for."""
    return {path: content for path, content in web.items() if path not in PAGES_ONLY and not path.startswith("icons/")}


def reader_page(web: Mapping[str, bytes], settings: Settings) -> Files:
    """Returns the files of web/ with the reader page in the place of the demo page."""
    words = WORDS.get(settings.language, WORDS["en"])
    title = settings.title or words["title"]
    left = {path: content for path, content in web.items() if path not in DEMO_ONLY and path not in READER_ONLY[:2]}
    files = {path: content for path, content in left.items() if not path.startswith("icons/")}
    files[PAGE] = _page(web[TEMPLATE].decode(), settings, words, title).encode()
    files["style.css"] = web[STYLE] + _style(settings.palette).encode()
    files["manifest.webmanifest"] = _manifest(settings, words, title)
    theme = settings.palette.light
    for name, content in icons(settings.icon or settings.logo, title, theme).items():
        files[f"icons/{name}"] = content
    if settings.logo:
        files[f"icons/logo{settings.logo.ending}"] = settings.logo.content
    return files


def _page(template: str, settings: Settings, words: Mapping[str, str], title: str) -> str:
    """Returns the page's HTML."""
    is_open = settings.language == AUTO
    lead = settings.lead or words["lead"]
    # Without a lead, the element's own words say that nothing is sent: a second line would repeat them.
    intro = settings.lead or settings.privacy
    private = settings.privacy if settings.privacy is not None else words["private"]
    own = {"title": settings.title, "private": settings.privacy}
    values = {
        "lang": "en" if is_open else settings.language,
        "title": escape(title),
        "title_word": "" if settings.title else ' data-word="title"',
        "head": "\n    ".join(_head(settings, title, lead)),
        "logo": _logo(settings, title),
        "attributes": _attributes(settings),
        "scripts": _scripts(settings),
        "welcome": _own_words(settings.heading, intro) + (_welcome(private, own) if settings.lead else ""),
        "gallery": _gallery(words) if settings.gallery else "",
        "links": _links(settings),
        "file_aid": _aid("file", settings.language),
        "damage_aid": _aid("damage", settings.language),
        "noscript": escape(words["noscript"]),
        "words": _all_words(own) if is_open else "",
        **{key: escape(words[key]) for key in ("update", "reload", "unkept")},
    }
    return Template(template).substitute(values)


def _head(settings: Settings, title: str, lead: str) -> list[str]:
    """Returns the tags that tell browsers and other sites of the page."""
    palette = settings.palette
    tags = [f'<meta name="description" content="{escape(lead)}" />']
    if palette.dark:
        for scheme, theme in (("light", palette.light), ("dark", palette.dark)):
            media = f'media="(prefers-color-scheme: {scheme})"'
            tags.append(f'<meta name="theme-color" content="{theme.background}" {media} />')
    else:
        tags.append(f'<meta name="theme-color" content="{palette.light.background}" />')
    graph = {"type": "website", "title": title, "description": lead, "site_name": title}
    if settings.language != AUTO:
        graph["locale"] = settings.language.replace("-", "_")
    if settings.public_url:
        graph |= {"url": settings.public_url, "image": settings.public_url.rpartition("/")[0] + "/icons/icon-512.png"}
        tags.append(f'<link rel="canonical" href="{escape(settings.public_url)}" />')
    return [*tags, *(f'<meta property="og:{name}" content="{escape(value)}" />' for name, value in graph.items())]


def _logo(settings: Settings, title: str) -> str:
    if not settings.logo:
        return ""
    size = ' width="{}" height="{}"'.format(*settings.logo.size) if settings.logo.size else ""
    return f'<img src="icons/logo{settings.logo.ending}" alt=""{size} />'


def _attributes(settings: Settings) -> str:
    light = ' theme="light"' * (settings.palette.dark is None)
    return light + " details" * settings.details + " multiple" * settings.multiple


def _own_words(heading: str | None, intro: str | None) -> str:
    """Returns the child of <image-scanner> that replaces the words of its first panel."""
    words = {key: text for key, text in (("title", heading), ("intro", intro)) if text}
    return f'<script type="application/json" slot="words">{_json(words)}</script>' if words else ""


def _scripts(settings: Settings) -> str:
    """Returns the tags of own scripts. They run as modules, in their order, after the page's own."""
    return "".join(f'\n    <script type="module" src="{escape(quote(path))}"></script>' for path in settings.scripts)


def _welcome(private: str, own: Mapping[str, str | None]) -> str:
    """Returns the sentence below the buttons, or nothing. The page's script translates all but the site's own."""
    named = "" if own["private"] is not None else ' data-word="private"'
    return f'<p slot="welcome" class="private"{named}>{escape(private)}</p>' if private else ""


def _gallery(words: Mapping[str, str]) -> str:
    heading = f'<h2 data-word="gallery">{escape(words["gallery"])}</h2>'
    return f'\n      <section class="gallery" hidden>{heading}<ul></ul></section>'


def _links(settings: Settings) -> str:
    if not settings.links:
        return ""
    links = [f'<a href="{escape(address)}">{escape(words)}</a>' for words, address in settings.links]
    return f'\n      <footer class="links">{"".join(links)}</footer>'


def _aid(key: str, language: str) -> str:
    """Returns the paragraphs of a notice that the page shows where its modules do not run: one in each language."""
    languages = list(WORDS) if language == AUTO else [language]
    return "".join(f'<p lang="{tag}">{escape(WORDS[tag][key])}</p>' for tag in languages)


def _all_words(own: Mapping[str, str | None]) -> str:
    """Returns the page's words in every language, for the page's script, without those that the site replaces."""
    words = {tag: {key: each[key] for key in SPOKEN if own.get(key) is None} for tag, each in WORDS.items()}
    return f'\n    <script type="application/json" id="page-words">{_json(words)}</script>'


def _json(value: object) -> str:
    """Returns JSON that no tag in it can end."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def _style(palette: Palette) -> str:
    """Returns the rules that hold the site's colours."""
    if not palette.dark:
        return f"\n:root {{ color-scheme: light; {_properties(palette.light)} }}\n"
    dark = f"@media (prefers-color-scheme: dark) {{ :root {{ {_properties(palette.dark)} }} }}"
    return f"\n:root {{ color-scheme: light dark; {_properties(palette.light)} }}\n{dark}\n"


def _properties(theme: Theme) -> str:
    values = {
        "background": theme.background,
        "text": theme.text,
        "faint": theme.faint,
        "accent": theme.accent,
        "on-accent": theme.on_accent,
        "good": theme.good,
    }
    return " ".join(f"--{name}: {value};" for name, value in values.items())


def _manifest(settings: Settings, words: Mapping[str, str], title: str) -> bytes:
    theme = settings.palette.light
    manifest: dict[str, object] = {
        "name": title,
        "short_name": title,
        "description": settings.lead or words["lead"],
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "background_color": theme.background,
        "theme_color": theme.background,
        "icons": [
            {"src": f"icons/{name}", "type": "image/png", "sizes": f"{side}x{side}"}
            | ({"purpose": "maskable"} if "maskable" in name else {})
            for name, side in ICONS.items()
        ],
    }
    if settings.language != AUTO:
        manifest["lang"] = settings.language
    return json_bytes(manifest)
