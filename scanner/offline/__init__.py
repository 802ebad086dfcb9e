"""All that needs files, Pillow, processes or the network: building bundles and the site. Never shipped to the browser.

The rooms, each of which may import those on lines above its own, and the core:

- `enrol`: pictures, and what becomes of them in a bundle;
- `predict`: the simulated hand, and the report that rests on it;
- `site`: the static site, its runtime, its server;
- `command`: the command line, `phash-scanner`.

`predict` and `site` do not import each other.
"""

try:
    from scanner.offline.enrol.build import BuildError, build_bundle
except ModuleNotFoundError as error:
    from scanner.lacking import end_command

    end_command(error)
    raise

__all__ = ["BuildError", "build_bundle"]
