"""One word instead of a traceback, if a command is interrupted while it starts or after it is done.

Python imports `scanner`, and numpy with it, before it looks for a command inside. The command hears signals only then.
"""

import os
import sys

__all__ = ["answer_signals"]

_COMMANDS = {"phash-scanner", "phash-scanner.exe", "build_hashes.py"}
"""First words of `sys.argv` while a command starts."""


def answer_signals() -> None:
    """Lets Ctrl-C, `kill` and a closed terminal end a starting command with their exit code; else does nothing."""
    if not _is_command():
        return
    import signal

    def end(number: int, frame: object) -> None:
        os.write(2, b"interrupted\n" if number == signal.SIGINT else b"ended by a signal\n")
        os._exit(128 + number)

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)


def _is_command() -> bool:
    name = os.path.basename(sys.argv[0] if sys.argv else "")
    if name == "-m":  # while Python looks for the module to run
        return any("scanner.offline" in word for word in sys.orig_argv)
    return name in _COMMANDS
