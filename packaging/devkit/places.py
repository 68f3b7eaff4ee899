"""Where things lie in a checkout, so that no other room has to spell a path."""

import os
from dataclasses import dataclass
from pathlib import Path

WINDOWS = os.name == "nt"


@dataclass(frozen=True, slots=True)
class Places:
    """The paths that belong to one checkout, whose top folder is `root`."""

    root: Path

    @property
    def venv(self) -> Path:
        """The virtual environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The virtual environment's interpreter."""
        return self.script("python")

    def script(self, name: str) -> Path:
        """Return the path of the command `name` that a package puts into the environment."""
        return self.venv / ("Scripts" if WINDOWS else "bin") / (name + ".exe" if WINDOWS else name)

    @property
    def program(self) -> Path:
        """The program itself, as a newcomer types it."""
        return self.script("stylestudio")

    @property
    def stamp(self) -> Path:
        """What the set-up wrote down about the environment it made."""
        return self.venv / "stylestudio-setup.json"

    @property
    def maker_mark(self) -> Path:
        """Lies in an environment that the set-up made itself, and so may empty again."""
        return self.venv / "stylestudio-made-here"

    @property
    def setup_lock(self) -> Path:
        """The file that two set-ups at the same time take turns on."""
        return self.venv / "stylestudio-setup.lock"

    @property
    def pyproject(self) -> Path:
        """The project's description."""
        return self.root / "pyproject.toml"

    def lock(self, name: str) -> Path:
        """Return the path of the hash-pinned list called `name` (runtime, build or dev)."""
        return self.root / "packaging" / "lock" / f"{name}.txt"

    @property
    def benches(self) -> Path:
        """The folder of benchmark programs."""
        return self.root / "packaging" / "bench"

    @property
    def sample_products(self) -> Path:
        """The product photos of the sample collection."""
        return self.root / "resources" / "samples" / "products"


def this_checkout() -> Places:
    """Return the places of the checkout that this file is part of."""
    return Places(Path(__file__).resolve().parents[2])
