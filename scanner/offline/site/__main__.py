"""`python -m scanner.offline.site`: a documented address of the command, though this is the site's room."""

import sys

if __name__ == "__main__":
    from scanner.offline.command.main import site

    sys.exit(site())
