"""Make a certificate on this computer, so that its pages may open the camera of a phone in the local network.

Nobody vouches for the certificate: a phone warns once, and remembers the user's consent. The key of the signing
authority is never written down. A phone with the authority installed therefore trusts this one certificate, and none
that could be made later.
"""

import contextlib
import datetime
import hashlib
import json
import ssl
from collections.abc import Sequence
from pathlib import Path

from scanner.files import write_atomically
from scanner.offline.site.parts import PARTS

# Phones refuse certificates that are valid for more than 825 days. A certificate is renewed long before it expires.
VALID_DAYS = 397
RENEWED_DAYS = 300

AUTHORITY, CHAIN, FACTS = "authority.pem", "server.pem", "names.json"
"""The authority's certificate, for phones; the server's key and certificate; names, date and checksums of both."""
OWNER_ONLY = 0o600
TRIES = 3


class MissingToolError(ValueError):
    """A package that only https needs is not installed; the message says how to install it."""

    def __init__(self, package: str) -> None:
        cure = "pip install -e '.[https]'" if PARTS.checkout else "pip install trustme segno"
        super().__init__(f"https needs the package {package}: run `{cure}`")


def server_context(names: Sequence[str], folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Returns the TLS context of a server for `names`, and the file of the authority that signed its certificate.

    Certificate and key are kept in `folder` and used again, so that a phone asks for trust only once. Other names, an
    age of `RENEWED_DAYS` days, a damaged file or files of two different runs make new ones.

    Raises:
        MissingToolError: new ones are needed, and trustme is not installed.
        ValueError: one of `names` cannot be a host's name.
        OSError: `folder` cannot be written or read, or other commands replace the files all the time.
    """
    wanted = sorted(set(names))
    for _ in range(TRIES):
        if not _is_good(folder, wanted):
            _make(folder, wanted)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with contextlib.suppress(ssl.SSLError, FileNotFoundError):
            (folder / CHAIN).chmod(OWNER_ONLY)
            context.load_cert_chain(folder / CHAIN)
            if _is_good(folder, wanted):  # loaded is what is kept: another command may have made new ones meanwhile
                return context, folder / AUTHORITY
    raise OSError("other commands replace the certificate all the time")


def _is_good(folder: Path, wanted: Sequence[str]) -> bool:
    """Returns whether the files are for these names, young enough, and exactly those that one run has made."""
    try:
        kept = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        age = datetime.datetime.now(datetime.UTC) - datetime.datetime.fromisoformat(kept["made"])
        young = datetime.timedelta(0) <= age < datetime.timedelta(RENEWED_DAYS)
        return young and bool(kept["names"] == wanted) and bool(kept["checksums"] == _checksums(folder))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _checksums(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (AUTHORITY, CHAIN)}


def _make(folder: Path, names: Sequence[str]) -> None:
    try:
        import trustme
    except ImportError:
        raise MissingToolError("trustme") from None
    today = datetime.datetime.now(datetime.UTC)
    made = trustme.CA(organization_name="image-scanner on this computer")
    # Valid from yesterday on: a phone's clock may be behind this computer's.
    begin = today - datetime.timedelta(days=1)
    issued = made.issue_cert(*names, not_before=begin, not_after=begin + datetime.timedelta(VALID_DAYS))
    pems = {AUTHORITY: made.cert_pem.bytes(), CHAIN: issued.private_key_and_cert_chain_pem.bytes()}
    checksums = {name: hashlib.sha256(pem).hexdigest() for name, pem in pems.items()}
    write_atomically(folder / AUTHORITY, pems[AUTHORITY])
    write_atomically(folder / CHAIN, pems[CHAIN], mode=OWNER_ONLY)
    # Last: until these facts lie beside the files they describe, the next start makes all of them anew.
    facts = {"names": names, "made": today.isoformat(), "checksums": checksums}
    write_atomically(folder / FACTS, json.dumps(facts).encode())
