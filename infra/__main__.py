"""`python -m infra` is the command `quinzaine`; the processes that stay start without the command line's parser."""

import sys
from pathlib import Path

from infra.endings import in_one_line
from infra.processes import PROCESSES, run_process
from infra.up.parent_watch import watch_parent


def main() -> None:
    """Run the command that the arguments name."""
    if len(sys.argv) == 2 and sys.argv[1] in PROCESSES:
        watch_parent()
        with in_one_line():
            run_process(sys.argv[1])
    elif sys.argv[1:] == ["up"]:
        # what a newcomer waits for: neither the parser nor a second program
        from infra.up.run import Up

        with in_one_line():
            sys.exit(Up(Path(".quinzaine"), demo=True).run())
    else:
        from infra.command_line import main as parse

        parse()


if __name__ == "__main__":
    main()
