"""What `quinzaine up` becomes: `python -m infra.up FOLDER [--no-demo]`, without the command line's parser in memory."""

import sys
from pathlib import Path

from infra.endings import in_one_line
from infra.up.run import Up

if __name__ == "__main__":
    with in_one_line():
        sys.exit(Up(Path(sys.argv[1]), demo="--no-demo" not in sys.argv).run())
