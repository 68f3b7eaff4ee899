"""Starts the engine as a child process: `python -m stylestudio_desktop.engine serve`."""

import sys

from stylestudio_desktop.engine.server import serve


def main(arguments: list[str]) -> int:
    """Run the command in `arguments`; return the process's exit code."""
    if arguments == ["serve"]:
        serve()
        return 0
    sys.stderr.write("usage: python -m stylestudio_desktop.engine serve\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
