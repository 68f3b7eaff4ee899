"""A file or folder as a person names it: with their home's sign, and as long as disks take it."""

import os
from pathlib import Path

from stylestudio_desktop.domain.errors import BadInput

_NAME, _WHOLE = 255, 3000
"""Bytes of one name that systems take at most, and of a path, with room for what is before it."""
_SHOWN = 60


def path_of(word: str) -> Path:
    """Return the path that `word` spells; nothing is looked for. Raises BadInput for none."""
    try:
        path = Path(word).expanduser()
        names = [len(os.fsencode(part)) for part in path.parts]
        whole = len(os.fsencode(path))
    except RuntimeError as error:
        raise BadInput(
            f"“{word[:_SHOWN]}” names the home of somebody who is not known on this computer. "
            "Nothing was changed. Write the whole path."
        ) from error
    except ValueError as error:  # signs that no path has
        raise BadInput(f"“{word[:_SHOWN]!a}” can't be a path. Nothing was changed.") from error
    if max(names, default=0) > _NAME or whole > _WHOLE or "\0" in word:
        raise BadInput(
            f"“{word[:_SHOWN]}…” can't be a path: it is too long, or holds a sign that no path "
            "has. Nothing was changed."
        )
    return path
