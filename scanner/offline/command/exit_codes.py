"""Exit codes of every subcommand."""

DONE = 0
AT_FAULT = 1
"""The pictures are at fault, the bundle is out of date, or this machine lacks something."""
WRONG_USAGE = 2
"""Wrong arguments, or no place to write."""

INTERRUPTED, READER_LEFT, ENDED = (128 + number for number in (2, 13, 15))
"""128 + the signal's number, as shells report it: SIGINT (Ctrl-C), SIGPIPE (nobody reads the pipe), SIGTERM
(`kill`)."""
