"""Exit codes of every subcommand."""

DONE = 0
AT_FAULT = 1
"""The pictures are at fault, the bundle is out of date, or this machine lacks something."""
WRONG_USAGE = 2
"""Wrong arguments, or no place to write."""

READER_LEFT = 128 + 13
"""128 + the number of SIGPIPE (nobody reads the pipe), as shells report it.

Signals that end a command give 128 + their number too: 130 for SIGINT (Ctrl-C), 143 for SIGTERM (`kill`), 129 for
SIGHUP (the terminal is closed)."""
