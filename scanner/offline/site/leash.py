"""Run a program that ends with the command that started it, however that command ends.

`scanner.offline.site.tools` runs `hold` in a Python of its own, and holds the other end of its standard input. The
system closes the other end when the command ends, also if the command is killed.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading


def hold(command: list[str]) -> None:
    """Runs `command`, and ends this process with its exit code. Kills it once standard input is closed."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # the command itself hears them, and decides
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: None)
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    threading.Thread(target=_end_with_the_command, args=(program,), daemon=True).start()
    code = program.wait()
    os._exit(code if code >= 0 else 128 - code)


def _end_with_the_command(program: "subprocess.Popen[bytes]") -> None:
    os.read(0, 1)  # nobody writes: it returns at the end of the command
    with contextlib.suppress(ProcessLookupError):
        if sys.platform == "win32":
            program.kill()
        else:
            os.killpg(program.pid, signal.SIGKILL)  # with the programs that it has started
