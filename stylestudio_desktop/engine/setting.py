"""Reads what was asked of the studio from an order's options, and what fits each product."""

from collections.abc import Mapping
from dataclasses import dataclass

from stylestudio_desktop.domain.staging import (
    ARRANGEMENTS,
    BACKDROPS,
    REFLECTIONS,
    fits,
    usual,
)
from stylestudio_desktop.engine.faults import EngineFault

LIGHTS = ("style", "even")
GRADES = ("style", "none")
ON_A_FLOOR = ("standing", "leaning", "plinth")

OLDER = "placement"  # the name under which generations before arrangements kept theirs


@dataclass(frozen=True)
class Setting:
    """How the products are shown: every value is one of `domain.staging`, `auto` resolved.

    `light` even and `grade` none leave the product's pixels as the photo has them.
    """

    arrangement: str = "laid"
    backdrop: str = "style"
    reflection: bool = False
    light: str = "style"
    grade: str = "style"

    @property
    def on_floor(self) -> bool:
        """Whether the products stand on something, with a horizon behind them."""
        return self.arrangement in ON_A_FLOOR


def read(options: Mapping[str, str], garment: str, style: str) -> Setting:
    """Return the setting that `options` ask for; raise EngineFault naming a wrong value."""
    chosen = _one_of(options, "arrangement", ARRANGEMENTS)
    if chosen == "auto" and options.get(OLDER, "auto") in ARRANGEMENTS:
        chosen = options.get(OLDER, "auto")
    if not fits(garment, chosen):
        raise EngineFault(
            "input", f"Products of the kind {garment} can't be hung. Choose another arrangement."
        )
    arrangement = usual(garment) if chosen == "auto" else chosen
    backdrop = _one_of(options, "backdrop", BACKDROPS)
    asked = _one_of(options, "reflection", REFLECTIONS)
    standing = arrangement in ("standing", "plinth")
    glossy = style == "fashion" and garment in ("shoes", "bag")
    return Setting(
        arrangement,
        backdrop,
        standing and (asked == "floor" or (asked == "auto" and glossy)),
        _one_of(options, "light", LIGHTS),
        _one_of(options, "grade", GRADES),
    )


def _one_of(options: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    value = options.get(name, known[0])
    if value not in known:
        raise EngineFault(
            "input", f"The engine knows no {name} called {value[:40]}: {', '.join(known)}."
        )
    return value
