"""What needs files, Pillow, processes or the network: building bundles and the site. Never shipped to the browser."""

import sys

try:
    from .build import BuildError, build_bundle
except ModuleNotFoundError as error:
    # "-m" stands there while `python -m scanner.offline.site` or serve is looked for: a person waits for a sentence.
    if sys.argv[:1] != ["-m"] or error.name not in {"numpy", "PIL"}:
        raise
    sys.exit(
        f"error: expected a Python that has numpy and Pillow, found {sys.executable}, which lacks {error.name}: "
        "run `make bundle` once, then `. .venv/bin/activate`"
    )

__all__ = ["BuildError", "build_bundle"]
