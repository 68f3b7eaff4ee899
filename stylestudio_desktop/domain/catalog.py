"""What can be chosen and what it costs: styles, qualities, ratios, packages, prices, prompts."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from stylestudio_desktop.domain.errors import NotFound

if TYPE_CHECKING:
    from stylestudio_desktop.domain.brief import Brief


class Style(NamedTuple):
    """A look: what it adds to the prompt, what it keeps out, and a picture of it."""

    id: str
    name: str
    summary: str
    adds: str
    avoids: str
    picture: str


class Quality(NamedTuple):
    """A size and care of work, priced in tokens a picture; `long_side` in pixels."""

    id: str
    name: str
    summary: str
    tokens: int
    long_side: int


class Ratio(NamedTuple):
    """A picture's shape, width to height."""

    id: str
    name: str
    use: str
    width: int
    height: int


class Package(NamedTuple):
    """Tokens for money: `cents` of `currency` (ISO 4217)."""

    id: str
    name: str
    tokens: int
    cents: int
    currency: str
    tag: str


class PromptForms(NamedTuple):
    """Templates with {product}, {style}, {model} and {words} for a full prompt."""

    alone: str
    worn: str


_SLOT = re.compile(r"\{(product|model|style|words)\}")
_Choice = TypeVar("_Choice", Style, Quality, Ratio, Package)


class Catalogue(NamedTuple):
    """Everything that can be chosen, as read from the catalogue file."""

    styles: tuple[Style, ...]
    qualities: tuple[Quality, ...]
    ratios: tuple[Ratio, ...]
    packages: tuple[Package, ...]
    prompt: PromptForms
    free_tokens: int
    dated: str

    def style(self, name: str) -> Style:
        """Return the style called `name`, or raise NotFound with what there is."""
        return _choose("style", self.styles, name)

    def quality(self, name: str) -> Quality:
        """Return the quality called `name`, or raise NotFound with what there is."""
        return _choose("quality", self.qualities, name)

    def ratio(self, name: str) -> Ratio:
        """Return the ratio called `name`, or raise NotFound with what there is."""
        return _choose("ratio", self.ratios, name)

    def package(self, name: str) -> Package:
        """Return the package called `name`, or raise NotFound with what there is."""
        return _choose("package", self.packages, name)

    def price(self, quality: str, count: int) -> int:
        """Return the tokens that `count` pictures of `quality` cost."""
        return self.quality(quality).tokens * count

    def pixels(self, quality: str, ratio: str) -> tuple[int, int]:
        """Return width and height in pixels, the long side as the quality says.

        Both are even, so that every encoder and half-size pass takes them unchanged.
        """
        long_side = self.quality(quality).long_side
        shape = self.ratio(ratio)
        scale = long_side / max(shape.width, shape.height)
        return _even(shape.width * scale), _even(shape.height * scale)

    def compose(self, brief: "Brief") -> str:
        """Return the full prompt that is sent: style, product, model and the user's words."""
        form = self.prompt.worn if brief.models else self.prompt.alone
        products = "the product" if len(brief.products) == 1 else "the products"
        values = {
            "product": products,
            "model": "the person",
            "style": self.style(brief.style).adds,
            "words": brief.prompt,
        }
        # One pass over the form alone, so that braces in the user's own words stay words.
        text = _SLOT.sub(lambda slot: values[slot[1]], form)
        return " ".join(text.split()).strip(" .,") + "."

    def avoid(self, brief: "Brief") -> str:
        """Return the full negative prompt: the style's and the user's, without repeats."""
        parts = [*self.style(brief.style).avoids.split(","), *brief.negative_prompt.split(",")]
        return ", ".join(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)


def _choose(what: str, choices: Iterable[_Choice], name: str) -> _Choice:
    known = tuple(choices)
    for choice in known:
        if choice.id == name:
            return choice
    names = ", ".join(choice.id for choice in known)
    raise NotFound(f"There is no {what} called “{name[:60]}”. Choose one of: {names}.")
