"""What the set-up remembers about the environment it made, and how it tells that it still fits."""

import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from devkit.places import Places

FORMAT = 1
UNDER_WAY = "under way"
READY = "ready"


@dataclass(frozen=True, slots=True)
class Stamp:
    """The state of one environment.

    `root` and `python` are the checkout's path and the interpreter's version it was made for,
    `locks` the digests of the lists that were installed, `project` the digest of the project's
    own description, and `distributions` the names of the packages' `.dist-info` folders.
    """

    state: str
    root: str
    python: str = ""
    locks: dict[str, str] = field(default_factory=dict)
    project: str = ""
    distributions: list[str] = field(default_factory=list)


def read(path: Path) -> Stamp | None:
    """Return the stamp in `path`, or None when there is none that can be understood."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data.pop("format") != FORMAT or not _well_formed(data):
            return None
        return Stamp(**data)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _well_formed(data: dict[str, Any]) -> bool:
    names, locks = data["distributions"], data["locks"]
    return (
        isinstance(names, list)
        and all(isinstance(name, str) for name in names)
        and isinstance(locks, dict)
        and all(isinstance(data[key], str) for key in ("state", "root", "python", "project"))
    )


def write(path: Path, stamp: Stamp) -> None:
    """Put `stamp` in place of what lies at `path`, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"format": FORMAT, **asdict(stamp)}, indent=1), encoding="utf-8")
    fresh.replace(path)


def lock_digest(places: Places, name: str) -> str:
    """Return the digest of the list `name`; line ends don't count, as git may change them."""
    content = places.lock(name).read_bytes().replace(b"\r\n", b"\n")
    return hashlib.sha256(content).hexdigest()


def project_digest(places: Places) -> str:
    """Return the digest of those parts of pyproject.toml that an installation depends on."""
    data = tomllib.loads(places.pyproject.read_text(encoding="utf-8"))
    relevant = {
        "build": data.get("build-system"),
        "project": data.get("project"),
        "hatch": data.get("tool", {}).get("hatch"),
    }
    return hashlib.sha256(json.dumps(relevant, sort_keys=True).encode()).hexdigest()
