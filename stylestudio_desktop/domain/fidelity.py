"""What became of a product in a picture: the verdict, its reasons and the figures behind them."""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from stylestudio_desktop.domain.errors import BadInput

HEAT_SIDE = 64
"""The most cells a heat map has along one side."""
VEIL = 150
"""How much of the picture is dimmed beneath the heat map, of 255."""


class Verdict(str, Enum):
    """A plain answer to "is this still my product?"."""

    SAME = "same"
    DRIFTED = "drifted"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


VERDICTS = {
    Verdict.SAME: "The same product",
    Verdict.DRIFTED: "The product has drifted",
    Verdict.DIFFERENT: "A different product",
    Verdict.UNKNOWN: "Could not tell",
}

REASONS = {
    "colour": "The colour has changed.",
    "colour_in_places": "The colour has changed in places.",
    "brightness": "It is much darker or brighter than in its photo.",
    "mirrored": "A print or the whole product is mirrored.",
    "print_lost": "The print or pattern was not found again.",
    "missing": "Details of the product are missing.",
    "added": "Details were added that the product does not have.",
    "outline": "The outline has changed.",
    "outside": "A part of the product lies outside the picture.",
    "other_outline": "The outline is another one.",
    "other_print": "The print or pattern is another one.",
    "other_colour": "The colour is another one.",
    "no_colours": "Nothing in the picture has the product's colours.",
    "nowhere": "Neither the product's shape nor its print was found in the picture.",
    "not_found": "The product was not found for certain in the picture.",
    "uncut": "The product could not be told from the background of its own photo.",
    "small": "The product is too small in the picture.",
    "worn": "On a person only colours and print are compared: cloth falls in its own way there.",
    "sheer": "Other things show through its cloth, so a change can't be told from them.",
    "failed": "The comparison could not be made.",
}


class FidelityRow(NamedTuple):
    """A kept report; `verdict` and `report` are None while the comparison is still due."""

    file_id: int
    user_id: int
    verdict: str | None
    made_at: int | None
    report: str | None


@dataclass(frozen=True, slots=True)
class Heat:
    """Where a picture differs from its product: levels 0 to 255, rows from the top."""

    width: int
    height: int
    levels: bytes


@dataclass(frozen=True, slots=True)
class Likeness:
    """What was measured of one product. Colour is CIEDE2000, after the light was taken off.

    `facts` are the other figures by name, as the engine gave them.
    """

    verdict: Verdict
    reasons: tuple[str, ...]
    colour_median: float | None
    colour_p95: float | None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fidelity:
    """The report on one picture."""

    verdict: Verdict
    products: tuple[Likeness, ...]
    heat: Heat | None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return the codes of all reasons, each once."""
        return tuple(dict.fromkeys(code for one in self.products for code in one.reasons))


def tone(level: int) -> tuple[int, int, int, int]:
    """Return red, green, blue and opacity (0 to 255) in which a level of a heat map glows.

    From nothing over orange to yellow: read by people who can't tell red from green, too.
    """
    return 255, 90 + level * 150 // 255, level * level // 500, min(255, level * 2)


def read(report: Mapping[str, Any]) -> Fidelity:
    """Return a report that came from outside as checked values. Raises BadInput."""
    try:
        heat = report.get("heat")
        return Fidelity(
            Verdict(report["verdict"]),
            tuple(_likeness(one) for one in report["products"]),
            None if heat is None else _heat(heat),
        )
    except (KeyError, TypeError, ValueError, AttributeError, zlib.error) as error:
        raise BadInput("This picture's comparison can't be read.") from error


def kept(row: FidelityRow) -> Fidelity | None:
    """Return the report of a row; None while it is due. Raises BadInput."""
    if row.report is None:
        return None
    try:
        return read(json.loads(row.report))
    except ValueError as error:
        raise BadInput("This picture's comparison can't be read.") from error


def failed() -> dict[str, Any]:
    """Return the report on a picture that could not be compared."""
    one = {"verdict": Verdict.UNKNOWN.value, "reasons": ["failed"]}
    return {"verdict": Verdict.UNKNOWN.value, "products": [one], "heat": None}


def _likeness(one: Mapping[str, Any]) -> Likeness:
    reasons = tuple(str(code) for code in one["reasons"])
    if any(code not in REASONS for code in reasons):
        raise ValueError("an unknown reason")
    given = {
        key: value
        for key, value in one.items()
        if key not in ("verdict", "reasons", "colour_median", "colour_p95")
    }
    median, high = one.get("colour_median"), one.get("colour_p95")
    return Likeness(
        Verdict(one["verdict"]),
        reasons,
        None if median is None else float(median),
        None if high is None else float(high),
        given,
    )


def _heat(given: Mapping[str, Any]) -> Heat:
    width, height = int(given["width"]), int(given["height"])
    if not (0 < width <= HEAT_SIDE and 0 < height <= HEAT_SIDE):
        raise ValueError("a heat map of unlikely size")
    opened = zlib.decompressobj()
    levels = opened.decompress(base64.b64decode(str(given["levels"])), HEAT_SIDE * HEAT_SIDE + 1)
    if len(levels) != width * height:
        raise ValueError("a heat map of another size than it says")
    return Heat(width, height, levels)
