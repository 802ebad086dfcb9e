"""The command line: `phash-scanner` and its subcommands, with parsing, progress, printed reports and exit codes.

`python build_hashes.py`, `python -m scanner.offline.site` and `python -m scanner.offline.serve` are other doors to the
subcommands build, site and serve. The other rooms do the work; this room talks to the user.
"""
