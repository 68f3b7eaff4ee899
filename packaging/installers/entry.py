"""The frozen program's first lines: itself, or one of the children that it starts of itself.

There is no interpreter in a frozen program: `sys.executable` is the program. What the program
starts as `sys.executable -m MODULE` is therefore understood here, for the modules it starts so.
"""

import os
import runpy
import sys
from collections.abc import MutableMapping

CHILDREN = ("stylestudio_desktop.engine", "pip")
"""The picture engine's process, and the client that fetches its optional files."""


def give_back(environment: MutableMapping[str, str]) -> None:
    """Take back what the loader of a frozen program set, so that other programs start as usual.

    Their own libraries would be replaced by ours: a browser or file manager may not start then.
    """
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        before = environment.pop(f"{name}_ORIG", None)
        if before is not None:
            environment[name] = before
        elif environment.get(name) == getattr(sys, "_MEIPASS", None):
            environment.pop(name, None)


def main() -> None:
    """Be the program, or the child that the first words name."""
    give_back(os.environ)
    if sys.argv[1:2] == ["-m"] and len(sys.argv) > 2 and sys.argv[2] in CHILDREN:
        module = sys.argv[2]
        sys.argv = [module, *sys.argv[3:]]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return
    from stylestudio_desktop.__main__ import start

    start()


if __name__ == "__main__":
    main()
