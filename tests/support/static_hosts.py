"""Apache and nginx, each started with a configuration of a test's own on a free port of this machine."""

from __future__ import annotations

import http.client
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from support.engines import ended, free_port

APACHE_MODULES = Path("/usr/lib/apache2/modules")
NGINX_MODULES = Path("/usr/lib/nginx/modules")

# As on a host that many share: types, languages and compression are set up as Debian does it, or against us.
APACHE = """
ServerName localhost
Listen 127.0.0.1:{port}
ServerRoot {home}
DocumentRoot {home}/www
PidFile {home}/pid-{port}
DefaultRuntimeDir {home}
Mutex default
ErrorLog {home}/error.log
<IfModule mod_unixd.c>
  User nobody
  Group nogroup
</IfModule>
StartServers 1
{modules}
TypesConfig /etc/mime.types
<IfModule mod_mime.c>
  AddType application/x-gzip .gz .tgz
  AddLanguage br .br
</IfModule>
<IfModule mod_deflate.c>
  AddOutputFilterByType DEFLATE text/html text/css text/javascript application/javascript application/wasm
</IfModule>
<Directory />
  Require all denied
</Directory>
<Directory {home}/www>
  Options Indexes FollowSymLinks
  AllowOverride {allow_override}
  Require all granted
</Directory>
<FilesMatch "^\\.ht">
  Require all denied
</FilesMatch>
"""
MODULES = (
    "mpm_event", "authz_core", "dir", "autoindex", "mime", "negotiation", "filter", "deflate", "headers", "rewrite",
)  # fmt: skip

NGINX = """
daemon off;
pid {home}/pid-{port};
error_log {home}/error.log;
{modules}
events {{ }}
http {{
  access_log off;
  client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/fastcgi;
  uwsgi_temp_path {home}/uwsgi; scgi_temp_path {home}/scgi;
  server {{
    listen 127.0.0.1:{port};
    server_name localhost;
{server}
  }}
}}
"""


@contextmanager
def home_of_a_host(site: Path, address: str) -> Iterator[Path]:
    """A folder of a host's own that everybody may read, with a copy of `site` at `address` below its `www`.

    Folders of pytest are closed to others, but a server that root starts becomes somebody else.
    """
    with tempfile.TemporaryDirectory(prefix="host-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        shutil.copytree(site, home / "www" / address)
        yield home


@contextmanager
def running_apache(
    home: Path, *, allow_override: str = "FileInfo", without: Sequence[str] = (), further: str = ""
) -> Iterator[str]:
    """An Apache that sends `home`/www, and ends with the block; gives its address.

    `without` names modules to leave out, `further` is further configuration. Raises LookupError where there is none.
    """
    program = _program("apache2")
    port = free_port()
    modules = "\n".join(
        f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so" for name in MODULES if name not in without
    )
    config = home / "apache.conf"
    text = APACHE.format(port=port, home=home, modules=modules, allow_override=allow_override) + further
    if "mime" in without:
        text = text.replace("TypesConfig /etc/mime.types\n", "")
    config.write_text(text, encoding="utf-8")
    with _running([program, "-DFOREGROUND", "-f", str(config)], port, home):
        yield f"http://localhost:{port}/"


@contextmanager
def running_nginx(home: Path, server: str, modules: Sequence[str] = ()) -> Iterator[str]:
    """An nginx whose `server` section is a test's, and that ends with the block; gives its address.

    `modules` names modules to load. Raises LookupError where nginx or a module is missing.
    """
    program = _program("nginx")
    port = free_port()
    for name in modules:
        if not (NGINX_MODULES / f"{name}.so").is_file():
            raise LookupError(name)
    loaded = "\n".join(f"load_module {NGINX_MODULES}/{name}.so;" for name in modules)
    config = home / "nginx.conf"
    config.write_text(NGINX.format(port=port, home=home, modules=loaded, server=server), encoding="utf-8")
    with _running([program, "-c", str(config), "-p", str(home)], port, home):
        yield f"http://localhost:{port}/"


def _program(name: str) -> str:
    # Debian keeps programs of the administrator out of other people's PATH.
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise LookupError(name)
    return found


@contextmanager
def _running(command: list[str], port: int, home: Path) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        end = time.monotonic() + 30
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > end:
                log = home / "error.log"
                told = log.read_text(encoding="utf-8") if log.is_file() else ""
                raise AssertionError(f"{command[0]} does not answer: {process.stdout.read()}{told}")  # type: ignore[union-attr]
            time.sleep(0.05)
        yield
    finally:
        ended(process)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/")
        connection.getresponse()
        return True
    except OSError:
        return False
    finally:
        connection.close()
