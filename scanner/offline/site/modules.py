"""Tell browsers early which scripts a page and its worker are made of.

A browser learns of a module when the module that imports it has come: a graph six deep takes six round trips. So the
page names all modules that it starts with, and the worker's script imports all of its own.
"""

import posixpath
import re
from collections.abc import Iterable, Mapping

from scanner.offline.site.archive import Files
from scanner.offline.site.origins import PAGE

__all__ = ["module_graph", "with_early_modules"]

WORKER_SCRIPT = "worker.js"

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

    The page names them below its own scripts, which the first paint waits for.
    """
    changed = dict(files)
    changed[WORKER_SCRIPT] = _worker(files)
    if page := files.get(PAGE):
        entries = [path.decode() for path in MODULE.findall(page)]
        links = (f'    <link rel="modulepreload" href="{path}" />\n' for path in module_graph(files, entries))
        changed[PAGE] = page.replace(b"  </head>", "".join(links).encode() + b"  </head>", 1)
    return changed


def _worker(files: Mapping[str, bytes]) -> bytes:
    """Returns the worker's script with imports of the modules that its own imports lead to.

    They stand below its own ones, so that all modules run in the same order as without them.
    """
    script = files[WORKER_SCRIPT]
    own = list(IMPORT.finditer(script))
    named = {posixpath.normpath(found[1].decode()) for found in own}
    further = [path for path in module_graph(files, [WORKER_SCRIPT]) if path not in {WORKER_SCRIPT, *named}]
    lines = "".join(f'\nimport "./{path}";' for path in further)
    end = own[-1].end() if own else 0
    return script[:end] + lines.encode() + script[end:]
