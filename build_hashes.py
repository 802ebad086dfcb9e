#!/usr/bin/env python3
"""`python build_hashes.py ...` is `phash-scanner build ...`, for a checkout in which nothing is installed."""

import os
import sys

if __name__ == "__main__":
    # Set before numpy is imported: its threads would compete for cores that each have a process already.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from scanner.offline.command.main import build_hashes

    sys.exit(build_hashes())
