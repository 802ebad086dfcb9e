"""`python -m scanner.offline.site`: a documented command. The subcommand site does the work."""

import sys

if __name__ == "__main__":
    from scanner.offline.command.main import site

    sys.exit(site())
