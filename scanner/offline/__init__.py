"""What needs files, Pillow, processes or the network: building bundles and the site. Never shipped to the browser."""

from .build import BuildError, build_bundle

__all__ = ["BuildError", "build_bundle"]
