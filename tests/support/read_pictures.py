"""Program: enrols every file of a folder, and prints a line of JSON for each.

It runs in a process of its own: a decoder that crashes ends it, and the lines tell at which file. The lines have
`name`; `fault`, or `size`, `warnings` and `grey`, a checksum of the grey levels; `seconds` of the processor;
`started_mb` and `peak_mb`, the most memory at the beginning and so far.
"""

import hashlib
import json
import sys
import time
from pathlib import Path

from scanner.errors import ImageError
from scanner.offline.enrol.hashing import hash_picture
from scanner.offline.enrol.images import read_upright


def peak_mb() -> float | None:
    """Returns the most memory that this process has held, in MB; None where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return None
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024 / 1e6


def main() -> None:
    """Enrols the files of the folder named on the command line, in order."""
    started_mb = peak_mb()
    for path in sorted(Path(sys.argv[1]).iterdir()):
        print(json.dumps({"name": path.name}), flush=True)
        started = time.process_time()
        told: dict[str, object] = {}
        try:
            grey, warnings = read_upright(path)
        except ImageError as error:
            told = {"fault": str(error)}
        else:
            made = hash_picture(grey)
            hashes = "" if isinstance(made, str) else str(made.made.hashes.shape)
            checksum = hashlib.sha256(grey.tobytes()).hexdigest()
            told = {"size": grey.shape, "grey": checksum, "hashes": hashes, "warnings": warnings}
        seconds = time.process_time() - started
        print(
            json.dumps({"name": path.name, **told, "seconds": seconds, "started_mb": started_mb, "peak_mb": peak_mb()}),
            flush=True,
        )


main()
