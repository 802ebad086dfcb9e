"""Assemble, serve and vouch for the static site.

A site is page, worker, core and bundle in one folder, with a Pyodide runtime that is obtained, verified, trimmed and
compressed here, and with the licences of all it carries. The server behaves as a good static host does.
"""

from scanner.offline.site.assemble import SiteError, assemble_site

__all__ = ["SiteError", "assemble_site"]
