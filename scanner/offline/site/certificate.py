"""Make a certificate on this computer, so that its pages may open the camera of a phone in the local network.

Nobody vouches for the certificate: a phone warns once, and remembers the user's consent. The key of the signing
authority is never written down. A phone with the authority installed therefore trusts this one certificate, and none
that could be made later.
"""

import contextlib
import datetime
import json
import ssl
from collections.abc import Sequence
from pathlib import Path

from scanner.files import write_atomically
from scanner.offline.site.parts import PARTS

# Phones refuse certificates that are valid for more than 825 days. A certificate is renewed long before it expires.
VALID_DAYS = 397
RENEWED_DAYS = 300


class MissingToolError(ValueError):
    """A package that only https needs is not installed; the message says how to install it."""

    def __init__(self, package: str) -> None:
        cure = "pip install -e '.[https]'" if PARTS.checkout else "pip install trustme segno"
        super().__init__(f"https needs the package {package}: run `{cure}`")


def server_context(names: Sequence[str], folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Returns the TLS context of a server for `names`, and the file of the authority that signed its certificate.

    Certificate and key are kept in `folder` and used again, so that a phone asks for trust only once. Other names, an
    age of `RENEWED_DAYS` days or a damaged file make new ones.

    Raises:
        MissingToolError: new ones are needed, and trustme is not installed.
        ValueError: one of `names` cannot be a host's name.
        OSError: `folder` cannot be written or read.
    """
    authority, chain, facts = folder / "authority.pem", folder / "server.pem", folder / "names.json"
    wanted = sorted(set(names))
    today = datetime.datetime.now(datetime.UTC)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if _still_good(facts, wanted, today) and authority.is_file() and chain.is_file():
        with contextlib.suppress(ssl.SSLError):
            context.load_cert_chain(chain)
            return context, authority
    # Removed first, so that an interruption never leaves an authority beside a certificate of another authority.
    facts.unlink(missing_ok=True)
    _make(wanted, today, authority, chain)
    write_atomically(facts, json.dumps({"names": wanted, "made": today.isoformat()}).encode())
    context.load_cert_chain(chain)
    return context, authority


def _still_good(facts: Path, wanted: Sequence[str], today: datetime.datetime) -> bool:
    try:
        kept = json.loads(facts.read_text(encoding="utf-8"))
        age = today - datetime.datetime.fromisoformat(kept["made"])
        return bool(kept["names"] == wanted) and datetime.timedelta(0) <= age < datetime.timedelta(RENEWED_DAYS)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _make(names: Sequence[str], today: datetime.datetime, authority: Path, chain: Path) -> None:
    try:
        import trustme
    except ImportError:
        raise MissingToolError("trustme") from None
    made = trustme.CA(organization_name="image-scanner on this computer")
    # Valid from yesterday on: a phone's clock may be behind this computer's.
    begin = today - datetime.timedelta(days=1)
    issued = made.issue_cert(*names, not_before=begin, not_after=begin + datetime.timedelta(VALID_DAYS))
    write_atomically(authority, made.cert_pem.bytes())
    write_atomically(chain, issued.private_key_and_cert_chain_pem.bytes(), mode=0o600)
