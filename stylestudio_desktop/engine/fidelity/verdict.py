"""From figures to a plain verdict with its reasons; every threshold is here.

Reasons are the codes of `domain.fidelity`, which holds their words.
"""

from dataclasses import dataclass, field, replace

from stylestudio_desktop.engine.fidelity.absence import Evidence

METHOD = "5"  # raised whenever figures of old reports would not compare with new ones
SAME, DRIFTED, DIFFERENT, UNKNOWN = "same", "drifted", "different", "unknown"

SHAPE = 0.45  # correlation from which a silhouette among likely colours is believed
COLOUR_MEDIAN, COLOUR_P95 = 3.0, 14.0  # CIEDE2000; about 2.3 is just noticeable side by side
OTHER_COLOUR = 12.0
UNSEEN = 1.0  # CIEDE2000 that nobody sees: where almost all is so alike, no print was lost
BRIGHTNESS = (0.33, 3.0)
SPOTS = 0.012  # share of the product's area that may be missing or added
MANY_SPOTS = 0.15
OVERLAP, OTHER_OVERLAP = 0.9, 0.6
PRINTED = 25  # features from which a product counts as having a print, logo or pattern
PRINT, NO_PRINT = 0.25, 0.10  # shares of the features that are alike at their places
HARDLY = 0.05  # share of its features alike anywhere, below which a print is sure not to be there
PALETTE = 0.004  # share of the picture in the product's colours
SHAPELESS = 0.1  # correlation below which its colours have no shape of it anywhere

CLEAR = 0.02  # share of the product's box from which what shows through counts

LARGE, SMALL_SPOTS = 160.0, 0.04  # on one of a smaller extent a pixel along a seam counts as much
LEAST = 56.0  # pixels: the root of the area of a product that is large enough to be compared

UNCUT, SMALL = "uncut", "small"


@dataclass(frozen=True)
class Found:
    """What was measured of one product; colour differences are CIEDE2000 with the light off."""

    verdict: str
    reasons: list[str]
    place: list[float] = field(default_factory=list)  # corners x, y as shares of the picture
    extent: float | None = None  # the root of its area in the picture, in pixels
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


def absent(seen: Evidence) -> Found:
    """Judge a product that stands nowhere in the picture, by what was gathered there."""
    points, score = seen.points, seen.score
    if seen.palette < PALETTE or (seen.palette < seen.least and score < SHAPELESS):
        return Found(DIFFERENT, ["no_colours"], points=points)
    unprinted = points >= PRINTED and seen.alike < 0.15 * points
    unknown = points >= PRINTED and seen.alike < HARDLY * points  # almost none of it is anywhere
    fits = score >= (0.85 if unknown else 0.7) * SHAPE
    if seen.foreign or (unprinted and (seen.plain or not fits)):
        return Found(DIFFERENT, ["nowhere"], points=points)
    return Found(UNKNOWN, ["not_found"], points=points)


def unsure(found: Found) -> Found:
    """Return what was said of an absent product where it may stand unseen among others."""
    return replace(found, verdict=UNKNOWN, reasons=["not_found"])


def judged(found: Found, seen: float) -> Found:
    """Return what was measured with its verdict; `seen` is the product's share in the frame."""
    reasons = [*_other(found)]
    if reasons:
        return replace(found, verdict=DIFFERENT, reasons=reasons)
    reasons = [*_drift(found)]
    if seen < 0.97:
        reasons.append("outside")
    return replace(found, verdict=DRIFTED if reasons else SAME, reasons=reasons)


def seen_through(found: Found, clear: float) -> Found:
    """Return what was measured of a product of which the share `clear` shows what is behind it.

    All that changed of it may be what stands there now.
    """
    if clear < CLEAR or found.verdict == SAME:
        return found
    return replace(found, verdict=UNKNOWN, reasons=["sheer"])


def on_a_person(found: Found) -> Found:
    """Return what was measured of a product that somebody wears, judged by colours and print.

    Cloth goes round a body there, sleeves bend, and arms and hair lie before it: the outline and
    the folds are other ones on every person. Colours and a print tell only where it was laid on
    its place, which the print shows, or an outline that happens to be the same.
    """
    if found.verdict == UNKNOWN or found.place == []:
        return found
    fits = found.outline_overlap is not None and found.outline_overlap >= OVERLAP
    laid = found.print_match >= PRINT if found.print_match is not None else fits
    told = [code for code in found.reasons if code in ("mirrored", "other_colour")]
    told += [code for code in found.reasons if code in ("colour", "print_lost") and (laid or fits)]
    if "other_colour" in told:
        return replace(found, reasons=told)
    sure = DRIFTED if told else SAME if laid else UNKNOWN
    return replace(found, verdict=sure, reasons=[*told, "worn"])


def _other(found: Found) -> list[str]:
    reasons = []
    median, overlap = found.colour_median or 0.0, found.outline_overlap
    spots = (found.missing or 0.0) + (found.added or 0.0)
    if overlap is not None and overlap < OTHER_OVERLAP:
        reasons.append("other_outline")
    unfound = found.print_match is not None and found.print_match < NO_PRINT
    if unfound and spots > MANY_SPOTS and (overlap is None or overlap < OVERLAP):
        reasons.append("other_print")
    if median > OTHER_COLOUR:
        reasons.append("other_colour")
    return reasons


def _visibly(found: Found) -> bool:
    return (found.colour_p95 or 0.0) > UNSEEN or bool(found.missing or found.added)


def _drift(found: Found) -> list[str]:
    reasons = []
    median, high = found.colour_median or 0.0, found.colour_p95 or 0.0
    brightness = found.brightness if found.brightness is not None else 1.0
    if median > COLOUR_MEDIAN:
        reasons.append("colour")
    elif high > COLOUR_P95:
        reasons.append("colour_in_places")
    if not BRIGHTNESS[0] < brightness < BRIGHTNESS[1]:
        reasons.append("brightness")
    if found.mirrored:
        reasons.append("mirrored")
    elif found.print_match is not None and found.print_match < PRINT and _visibly(found):
        reasons.append("print_lost")
    spots = SPOTS if found.extent is None or found.extent >= LARGE else SMALL_SPOTS
    if (found.missing or 0.0) > spots:
        reasons.append("missing")
    if (found.added or 0.0) > spots:
        reasons.append("added")
    if found.outline_overlap is not None and found.outline_overlap < OVERLAP:
        reasons.append("outline")
    return reasons
