"""`python -m scanner.offline.serve`: a documented address that stays, though the server moved to the site's room."""

import sys

if __name__ == "__main__":
    from scanner.offline.command.main import serve

    sys.exit(serve())
