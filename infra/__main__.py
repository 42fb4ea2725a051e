"""`python -m infra` is the command `quinzaine`."""

from infra.command_line import main

if __name__ == "__main__":
    main()
