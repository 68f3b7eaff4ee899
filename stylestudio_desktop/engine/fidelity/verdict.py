"""From figures to a plain verdict, with the reasons in words; every threshold is here."""

from dataclasses import dataclass, field, replace

METHOD = "1"  # raised whenever figures of old reports would not compare with new ones
SAME, DRIFTED, DIFFERENT, UNKNOWN = "same", "drifted", "different", "unknown"

SHAPE = 0.45  # correlation from which a silhouette among likely colours is believed
COLOUR_MEDIAN, COLOUR_P95 = 3.0, 14.0  # CIEDE2000; about 2.3 is just noticeable side by side
OTHER_COLOUR = 12.0
BRIGHTNESS = (0.33, 3.0)
SPOTS = 0.006  # share of the product's area that may be missing or added
MANY_SPOTS = 0.15
OVERLAP, OTHER_OVERLAP = 0.9, 0.6
PRINTED = 25  # features from which a product counts as having a print, logo or pattern
PRINT, NO_PRINT = 0.08, 0.01
PALETTE = 0.004  # share of the picture in the product's colours

UNCUT = "The product could not be told from the background of its own photo."
SMALL = "The product is too small in the picture."


@dataclass(frozen=True)
class Found:
    """What was measured of one product; colour differences are CIEDE2000 with the light off."""

    verdict: str
    reasons: list[str]
    place: list[float] = field(default_factory=list)  # corners x, y as shares of the picture
    colour_median: float | None = None
    colour_p95: float | None = None
    brightness: float | None = None
    cast: list[float] = field(default_factory=list)
    points: int = 0
    matched: int = 0
    mirrored: bool = False
    print_match: float | None = None
    outline_overlap: float | None = None
    outline_change: float | None = None
    missing: float | None = None
    added: float | None = None


def whole(each: list[str]) -> str:
    """Return the verdict on a picture with several products: the gravest, doubt before "same"."""
    for one in (DIFFERENT, DRIFTED, UNKNOWN):
        if one in each:
            return one
    return SAME if each else UNKNOWN


def absent(points: int, palette: float, score: float) -> Found:
    """Judge a product that stands nowhere in the picture.

    `points` are its features, `palette` the share of the picture in its colours, `score` that
    of the best place for its silhouette.
    """
    if palette < PALETTE:
        return Found(DIFFERENT, ["Nothing in the picture has the product's colours."], points=points)
    if points >= 3 * PRINTED and score < 0.7 * SHAPE:
        reason = "Neither the product's shape nor its print was found in the picture."
        return Found(DIFFERENT, [reason], points=points)
    return Found(UNKNOWN, ["The product was not found for certain in the picture."], points=points)


def judged(found: Found, seen: float) -> Found:
    """Return what was measured with its verdict; `seen` is the product's share in the frame."""
    reasons = [*_other(found)]
    if reasons:
        return replace(found, verdict=DIFFERENT, reasons=reasons)
    reasons = [*_drift(found)]
    if seen < 0.97:
        reasons.append("A part of the product lies outside the picture.")
    return replace(found, verdict=DRIFTED if reasons else SAME, reasons=reasons)


def _other(found: Found) -> list[str]:
    reasons = []
    median, overlap = found.colour_median or 0.0, found.outline_overlap
    spots = (found.missing or 0.0) + (found.added or 0.0)
    if overlap is not None and overlap < OTHER_OVERLAP:
        reasons.append("The outline is another one.")
    unfound = found.print_match is not None and found.print_match < NO_PRINT
    if unfound and spots > MANY_SPOTS and (overlap is None or overlap < OVERLAP):
        reasons.append("The print or pattern is another one.")
    if median > OTHER_COLOUR:
        reasons.append("The colour is another one.")
    return reasons


def _drift(found: Found) -> list[str]:
    reasons = []
    median, high = found.colour_median or 0.0, found.colour_p95 or 0.0
    brightness = found.brightness if found.brightness is not None else 1.0
    if median > COLOUR_MEDIAN:
        reasons.append("The colour has changed.")
    elif high > COLOUR_P95:
        reasons.append("The colour has changed in places.")
    if not BRIGHTNESS[0] < brightness < BRIGHTNESS[1]:
        reasons.append("It is much darker or brighter than in its photo.")
    if found.mirrored:
        reasons.append("A print or the whole product is mirrored.")
    elif found.print_match is not None and found.print_match < PRINT:
        reasons.append("The print or pattern was not found again.")
    if (found.missing or 0.0) > SPOTS:
        reasons.append("Details of the product are missing.")
    if (found.added or 0.0) > SPOTS:
        reasons.append("Details were added that the product does not have.")
    if found.outline_overlap is not None and found.outline_overlap < OVERLAP:
        reasons.append("The outline has changed.")
    return reasons
