"""Tell browsers early which scripts a page and its worker are made of.

A browser learns of a module when the module that imports it has come: a graph six deep takes six round trips. So the
page names all modules that it starts with, and the worker's script all of its own.
"""

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence

from scanner.offline.site.archive import Files
from scanner.offline.site.build_list import with_value
from scanner.offline.site.origins import PAGE

__all__ = ["module_graph", "with_early_files", "with_early_modules"]

WORKER_SCRIPT = "worker.js"
WORKER_MODULE = "python/answering.js"
"""What the worker's script imports on demand."""
LINK = '    <link rel="modulepreload" fetchpriority="low" href="{}" />\n'

# Static imports: `import {...} from "./x.js"`, over several lines too, `import "./x.js"`, `export {...} from "./x.js"`.
IMPORT = re.compile(rb"""^(?:import|export)\b(?:[^;"'`]*?\bfrom)?\s*["'](\.{1,2}/[^"']+)["'];""", re.MULTILINE)

# The modules that a page runs.
MODULE = re.compile(rb'<script type="module" src="([^"]+)"></script>')


def module_graph(files: Mapping[str, bytes], entries: Iterable[str]) -> list[str]:
    """Returns modules and all that they import statically, each once, those with the fewest imports before them first.

    Args:
        files: by their path; a module that is not among them counts for nothing.
        entries: paths of the modules to begin with.

    >>> files = {"a.js": b'import "./lib/b.js";', "lib/b.js": b'export { c } from "../c.js";', "c.js": b""}
    >>> module_graph(files, ["a.js"])
    ['a.js', 'lib/b.js', 'c.js']
    """
    found: dict[str, None] = {}
    waiting = list(entries)
    while waiting:
        reached: list[str] = []
        for path in waiting:
            if path in found or path not in files:
                continue
            found[path] = None
            folder = posixpath.dirname(path)
            named = (each.decode() for each in IMPORT.findall(files[path]))
            reached += [posixpath.normpath(posixpath.join(folder, each)) for each in named]
        waiting = reached
    return list(found)


def with_early_modules(files: Files) -> Files:
    """Returns the files of web/ with a page, if there is one, and a worker that name all of their modules.

    The page names them below its own scripts, which the first paint waits for, and as less urgent: over HTTP/1.1 they
    would keep the worker waiting.

    Raises:
        SiteError: the worker's script has no list to fill.
    """
    paths = [f"./{path}" for path in module_graph(files, [WORKER_MODULE])]
    changed = with_value(files, WORKER_SCRIPT, "const MODULES = [];", paths)
    if page := files.get(PAGE):
        entries = [path.decode() for path in MODULE.findall(page)]
        links = (LINK.format(path) for path in module_graph(files, entries))
        changed[PAGE] = page.replace(b"  </head>", "".join(links).encode() + b"  </head>", 1)
    return changed


def with_early_files(files: Files, paths: Sequence[str]) -> Files:
    """Returns the files of a site whose worker asks for files before its own modules have come.

    Raises:
        SiteError: the worker's script has no list to fill.
    """
    return with_value(files, WORKER_SCRIPT, "const FILES = [];", paths)
