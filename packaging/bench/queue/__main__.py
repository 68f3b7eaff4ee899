"""The queue's benchmark: its pace, then the window before it, each in a process of its own.

A process of its own has its own memory to tell of. Arguments go to both; `pace.py` and `window.py`
run alone too. (A folder, because a file called “queue” would hide the standard library's module.)
"""

import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Run both; the exit code is the first that is not 0."""
    here = Path(__file__).parent
    codes = [
        subprocess.run([sys.executable, str(here / f"{name}.py"), *sys.argv[1:]]).returncode
        for name in ("pace", "window")
    ]
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    sys.exit(main())
