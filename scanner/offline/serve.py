"""`python -m scanner.offline.serve`: a documented command. The subcommand serve does the work."""

import sys

if __name__ == "__main__":
    from scanner.offline.command.main import serve

    sys.exit(serve())
