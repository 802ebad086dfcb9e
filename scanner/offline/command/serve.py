"""The subcommand serve: an assembled site on this machine, and on phones in the same network."""

import argparse
import contextlib
import errno
import io
import shlex
import signal
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path

from scanner.offline.command.exit_codes import AT_FAULT, DONE
from scanner.offline.command.interruption import SIGNALS
from scanner.offline.command.invocation import Invocation
from scanner.offline.site.certificate import MissingToolError, server_context
from scanner.offline.site.runtime import CACHE_VARIABLE, cache_folder
from scanner.offline.site.serve import SiteServer, lan_address

__all__ = ["add_network_options", "qr_code", "run", "serve_folder"]


def run(arguments: Sequence[str], invocation: Invocation) -> int:
    """Runs the subcommand. Exit 0 stopped by the user, 143 by SIGTERM, 129 by SIGHUP, 1 cannot serve, 2 wrong usage."""
    parser = argparse.ArgumentParser(
        prog=invocation.prog("serve"), description="Serve the assembled site on this machine."
    )
    maker = " ".join(word for word in invocation.site if word not in {"python", "-m"})
    place = "" if invocation.home == Path() else " beside the program"
    site = f"the site, as {maker} made it (dist{place})"
    parser.add_argument("folder", metavar="DIR", type=Path, nargs="?", default=invocation.home / "dist", help=site)
    add_network_options(parser)
    options = network_options(parser, arguments)
    if not (options.folder / "index.html").is_file():
        return _stop(f"no index.html in {options.folder}: make the site with `{shlex.join(invocation.site)}`")
    return serve_folder(options.folder, options)


def add_network_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options that say where the site can be reached."""
    parser.add_argument("--port", type=int, default=8000, help="8000; 0 takes any free one")
    parser.add_argument("--host", help="address to listen on: 127.0.0.1; with --https 0.0.0.0, for other machines too")
    parser.add_argument(
        "--https", action="store_true", help="for phones in the same network: a certificate made here, a QR code"
    )


def network_options(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.Namespace:
    """Returns the parsed options; exits with code 2 where the port is out of range."""
    options = parser.parse_args(arguments)
    if not 0 <= options.port <= 65535:
        parser.error(f"--port {options.port}: expected 0 to 65535")
    return options


def serve_folder(folder: Path, options: argparse.Namespace) -> int:
    """Serves a folder until Ctrl-C or another signal, and returns the exit code."""
    host = options.host or ("0.0.0.0" if options.https else "127.0.0.1")
    kept = cache_folder() / "https"
    tls: ssl.SSLContext | None = None
    authority: Path | None = None
    try:
        if options.https:
            names = ["localhost", "127.0.0.1", lan_address() if host == "0.0.0.0" else host]
            tls, authority = server_context(names, kept)
    except MissingToolError as error:
        return _stop(str(error))
    except ValueError as error:
        return _stop(f"--host {host!r}: expected a name or an address of this machine, found otherwise ({error})")
    except OSError as error:
        return _stop(
            f"{kept}: expected a folder that can keep the certificate, found otherwise ({error.strerror or error}): "
            f"mend it, or name another in {CACHE_VARIABLE}"
        )
    try:
        server = SiteServer(folder, host, options.port, verbose=True, tls=tls)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return _stop(
                f"port {options.port} is taken by another program: stop it, or choose another port, "
                f"for example --port {options.port - 1 if options.port == 65535 else options.port + 1}"
            )
        return _stop(f"cannot listen on {host}:{options.port} ({error}): choose another with --host or --port")
    with server:
        try:
            code = qr_code(server.base) if options.https else ""
        except MissingToolError as error:
            return _stop(str(error))
        code_of_signal = {number: DONE if number == signal.SIGINT else 128 + number for number in SIGNALS}
        ending: list[int] = []

        def end(number: int, frame: object) -> None:
            ending.append(code_of_signal[number])
            server.shutdown()

        before = {number: signal.signal(number, end) for number in code_of_signal}
        try:
            print(f"The scanner is at {server.base} (Ctrl-C stops it)", flush=True)
            if authority:
                _show_phones_the_way(code, authority)
            server.serve_forever()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        print("\nThe scanner is no longer served.", flush=True)  # a terminal shows ^C at the start of the line
        return ending[0]


def qr_code(address: str) -> str:
    """Returns an address as a QR code in half blocks; light modules are drawn, for a dark terminal."""
    try:
        import segno
    except ImportError:
        raise MissingToolError("segno") from None
    drawn = io.StringIO()
    segno.make(address, micro=False).terminal(out=drawn, compact=True, border=2)
    return drawn.getvalue()


def _stop(fault: str) -> int:
    print(f"error: {fault}", file=sys.stderr)
    return AT_FAULT


def _show_phones_the_way(code: str, authority: Path) -> None:
    """Prints the QR code of the site, and what to do with a phone."""
    # White on black whatever the terminal's own colours are: not every phone reads a code with its colours swapped.
    painted = [f"\x1b[97;40m{line}\x1b[0m" if sys.stdout.isatty() else line for line in code.splitlines()]
    with contextlib.suppress(UnicodeEncodeError):  # a terminal without block characters still has the address
        print("\n".join(painted))
    print(
        "Scan it with a phone in the same network. The phone warns once that it does not trust this page;\n"
        f"go on anyway. To have no warning, and visits without a network, let the phone trust {authority}",
        flush=True,
    )
