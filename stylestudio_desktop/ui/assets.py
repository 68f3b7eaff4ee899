"""Finds the data that ships beside the code, whether run from a checkout or installed."""

import sys
import sysconfig
from functools import cache
from pathlib import Path

_MARKER = Path("icons") / "LICENSE"


@cache
def resources() -> Path:
    """Return the folder that holds `icons`, `fonts` and `translations`.

    Looked for beside the package (a checkout), inside it (a wheel), beside a frozen program and
    in the environment's data folder. Raises FileNotFoundError when the installation is broken.
    """
    here = Path(__file__).resolve()
    places = (
        here.parents[2] / "resources",
        here.parents[1] / "resources",
        Path(sys.executable).resolve().parent / "resources",
        Path(sysconfig.get_path("data")) / "share" / "stylestudio" / "resources",
    )
    for place in places:
        if (place / _MARKER).is_file():
            return place
    raise FileNotFoundError(
        "The program's icons are missing, so its installation is damaged. "
        "Your pictures are safe. Install Style Studio again."
    )
