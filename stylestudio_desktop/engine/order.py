"""One job as the engine understands it: checked values instead of whatever came down the pipe."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stylestudio_desktop.engine import setting
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.looks import LOOKS

MAX_PRODUCTS = 5
MAX_COUNT = 4
SIDES = (64, 4096)
KINDS = ("auto", "top", "dress", "trousers", "skirt", "shorts", "jacket", "shoes", "bag", "other")
WORN = ("top", "dress", "trousers", "skirt", "shorts", "jacket")  # what can be draped


@dataclass(frozen=True)
class Order:
    """What to make: `count` pictures of `products`, the n-th with the seed `seed` + n.

    `options` are short texts: `garment` (one of KINDS), or `garments` (one for each product,
    separated by commas), and those that `setting.read` knows.
    `masks` say what belongs to each product, where somebody painted it. `background` is a photo
    of the user's own that the products are set into.
    """

    products: tuple[Path, ...]
    people: tuple[Path, ...]
    style: str
    quality: str
    width: int
    height: int
    count: int
    seed: int
    options: Mapping[str, str] = field(default_factory=dict)
    masks: tuple[Path | None, ...] = ()
    background: Path | None = None

    @property
    def garment(self) -> str:
        """The kind of garment the user named, or `auto`."""
        return self.options.get("garment", "auto")

    def kind(self, index: int) -> str:
        """The kind of a product that the user named, or `auto`."""
        each = self.options.get("garments", "")
        return each.split(",")[index] if each else self.garment

    def mask(self, index: int) -> Path | None:
        """Return the painted mask of a product, None where the engine cuts it out by itself."""
        return self.masks[index] if index < len(self.masks) else None

    @property
    def setting(self) -> setting.Setting:
        """How the products are shown where nobody wears them."""
        return setting.read(self.options, self.garment, self.style)

    @property
    def draft(self) -> bool:
        """Whether time counts more than the last of an outline."""
        return self.quality == "draft"

    @property
    def long_side(self) -> int:
        """The longer side of the picture in pixels."""
        return max(self.width, self.height)

    @classmethod
    def read(cls, message: Mapping[str, Any]) -> "Order":
        """Check a request and return it as an order; raise EngineFault with a sentence."""
        try:
            order = cls(
                products=tuple(Path(str(path)) for path in message["products"]),
                people=tuple(Path(str(path)) for path in message.get("people", ())),
                style=str(message.get("style", "realistic")),
                quality=str(message.get("quality", "standard")),
                width=int(message.get("width", 1024)),
                height=int(message.get("height", 1024)),
                count=int(message.get("count", 1)),
                seed=int(message.get("seed", 0)),
                masks=tuple(_path(path) for path in message.get("masks", ())),
                background=_path(message.get("background")),
                options={str(k): str(v) for k, v in dict(message.get("options", {})).items()},
            )
        except (KeyError, TypeError, ValueError) as error:
            raise EngineFault("input", "The engine got a request it can't read.") from error
        order._check()
        return order

    def _check(self) -> None:
        if not 1 <= len(self.products) <= MAX_PRODUCTS:
            raise EngineFault("input", f"This engine shows 1 to {MAX_PRODUCTS} products together.")
        if len(self.people) > 1:
            raise EngineFault("input", "This engine dresses one person at a time.")
        if self.people and self.background is not None:
            raise EngineFault("input", "A picture has a person or a background photo, not both.")
        if self.style not in LOOKS:
            raise EngineFault("input", f"The engine has no style called {self.style}.")
        if not all(SIDES[0] <= side <= SIDES[1] for side in (self.width, self.height)):
            raise EngineFault("input", f"Pictures may be {SIDES[0]} to {SIDES[1]} pixels a side.")
        if not 1 <= self.count <= MAX_COUNT or not 0 <= self.seed < 2**31:
            raise EngineFault("input", f"Ask for 1 to {MAX_COUNT} pictures and a seed below 2^31.")
        if self.garment not in KINDS:
            raise EngineFault("input", f"The engine knows no garment called {self.garment}.")
        told = self.options.get("garments", "")
        if told and (
            told.count(",") != len(self.products) - 1 or not set(told.split(",")) <= set(KINDS)
        ):
            raise EngineFault(
                "input",
                f"The engine can't read what kinds the products are: {told[:60]}. Name one for "
                f"each, separated by commas, out of {', '.join(KINDS)}.",
            )
        setting.read(self.options, self.garment, self.style)


def _path(given: Any) -> Path | None:
    return None if given is None else Path(str(given))
