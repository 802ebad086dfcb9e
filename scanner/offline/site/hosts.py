"""Tell hosts how to send the site: files that Apache, Netlify, Cloudflare Pages and GitHub Pages read.

A host ignores the files of other hosts. docs/hosts.md says what each host does.
"""

import re

from scanner.offline.site.archive import COMPRESSIBLE, Files
from scanner.offline.site.content_types import TYPES
from scanner.offline.site.made import LIST

__all__ = ["FOR_EVER", "host_files"]

FOR_EVER = "public, max-age=31536000, immutable"

# Every directive belongs to the class FileInfo. A directive of another class, such as `Options -Indexes`, makes Apache
# answer every request with 500 on hosts that allow FileInfo only.
HTACCESS = """\
# How Apache 2.4.16 or later sends this site. `phash-scanner site` writes this file.
# Needs AllowOverride FileInfo. Modules that are not there are left out.

{types}

<IfModule mod_mime.c>
  # RemoveLanguage: many hosts take .br for the Breton language.
  <FilesMatch "\\.({compressed})\\.br$">
    RemoveLanguage .br
    AddEncoding br .br
  </FilesMatch>
  <FilesMatch "\\.({compressed})\\.gz$">
    AddEncoding gzip .gz
  </FilesMatch>
</IfModule>

<IfModule mod_rewrite.c>
  RewriteEngine On

  # No list of the files of a folder that has no page.
  RewriteCond %{{REQUEST_FILENAME}} -d
  RewriteCond %{{REQUEST_FILENAME}}/index.html !-f
  RewriteCond %{{REQUEST_FILENAME}}/index.htm !-f
  RewriteCond %{{REQUEST_FILENAME}}/index.php !-f
  RewriteRule ^ - [R=404,L]

  # The list of files that `phash-scanner site` made is for nobody but the command.
  RewriteRule (^|/){list}$ - [R=404,L]

  # The compressed form beside a file, if the browser takes it.
  <IfModule mod_mime.c>
{siblings}
  </IfModule>
</IfModule>

# Without mod_rewrite: compressed at every request.
<IfModule !mod_rewrite.c>
  <IfModule mod_filter.c>
    <IfModule mod_deflate.c>
      AddOutputFilterByType DEFLATE {deflated}
    </IfModule>
  </IfModule>
</IfModule>

<IfModule mod_headers.c>
  Header set Cache-Control "no-cache"
  Header unset Expires
  Header merge Vary "Accept-Encoding"
{always}
</IfModule>
"""

HTACCESS_OF_RUNTIME = f"""\
# The name of each folder here is a checksum of its content. `phash-scanner site` writes this file.
<IfModule mod_headers.c>
  Header set Cache-Control "{FOR_EVER}"
</IfModule>
"""

ALWAYS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of every answer."""

# `Cache-Control` for `/*` is missing: Cloudflare would join it with the value for /runtime/*, and both hosts let
# browsers ask again for every file anyway.
HEADERS = """\
# How Netlify and Cloudflare Pages send this site. `phash-scanner site` writes this file.
/*
{always}
/runtime/*
  Cache-Control: {for_ever}
"""


def host_files() -> Files:
    """Returns the files that tell hosts how to send the site, by their path in the site.

    They belong to no build's list of files: no browser asks for them, and most hosts hide them.
    """
    headers = HEADERS.format(
        always="\n".join(f"  {name}: {value}" for name, value in ALWAYS.items()), for_ever=FOR_EVER
    )
    return {
        ".htaccess": _htaccess().encode(),
        "runtime/.htaccess": HTACCESS_OF_RUNTIME.encode(),
        "_headers": headers.encode(),
        ".nojekyll": b"",  # GitHub Pages would leave out every file whose name begins with "_"
    }


def _htaccess() -> str:
    types = "\n".join(
        f'<FilesMatch "\\{ending}(\\.(br|gz))?$">\n  ForceType "{kind}"\n</FilesMatch>'
        for ending, kind in TYPES.items()
    )
    # Only files of these endings have compressed forms. Another .gz, such as a .tar.gz, stays an archive.
    compressed = "|".join(sorted(ending[1:] for ending in COMPRESSIBLE))
    deflated = sorted({TYPES[ending].partition(";")[0] for ending in COMPRESSIBLE})
    # First unset, then set always: a header that the host sets as well would otherwise come twice.
    always = "\n".join(f'  Header unset {name}\n  Header always set {name} "{value}"' for name, value in ALWAYS.items())
    siblings = "\n".join(_sibling(encoding, ending) for encoding, ending in (("br", "br"), ("gzip", "gz")))
    return HTACCESS.format(
        list=re.escape(LIST),
        types=types,
        compressed=compressed,
        siblings=siblings,
        deflated=" ".join(deflated),
        always=always,
    )


def _sibling(encoding: str, ending: str) -> str:
    """Returns the rule that answers with the compressed form; `;q=0` means that the browser does not take it."""
    return (
        f'    RewriteCond %{{HTTP:Accept-Encoding}} "(^|[ ,]){encoding} *($|,|; *q=(1|0\\.0*[1-9]))"\n'
        f"    RewriteCond %{{REQUEST_FILENAME}}.{ending} -f\n"
        f"    RewriteRule ^ %{{REQUEST_URI}}.{ending} [L]"
    )
