"""The one place for colours, spacing, radii, type sizes and durations; nothing else is literal."""

from typing import NamedTuple


class Palette(NamedTuple):
    """The colours of one appearance, as `#rrggbb` or `#aarrggbb` strings.

    The greys are neutral (equal red, green and blue) so that they do not tint how a picture's
    colours are judged; text on any ground keeps the contrast of WCAG 2.2 AA (4.5 to 1).
    """

    name: str
    window: str
    surface: str
    raised: str
    sunken: str
    stage: str
    hover: str
    pressed: str
    line: str
    line_strong: str
    text: str
    text_muted: str
    text_faint: str
    accent: str
    accent_hover: str
    accent_soft: str
    on_accent: str
    good: str
    good_soft: str
    warning: str
    warning_soft: str
    bad: str
    bad_soft: str
    scrim: str
    on_scrim: str
    favourite: str
    shadow: str

    def as_dict(self) -> dict[str, str]:
        """Return the colours by name, for the style sheet."""
        return self._asdict()


LIGHT = Palette(
    name="light",
    window="#f3f3f3",
    surface="#fbfbfb",
    raised="#ffffff",
    sunken="#e8e8e8",
    stage="#e2e2e2",
    hover="#e9e9e9",
    pressed="#dedede",
    line="#dddddd",
    line_strong="#c2c2c2",
    text="#1b1b1b",
    text_muted="#545454",
    text_faint="#6a6a6a",
    accent="#2b54c8",
    accent_hover="#2347b0",
    accent_soft="#dfe6fa",
    on_accent="#ffffff",
    good="#1a6e3c",
    good_soft="#dcefe2",
    warning="#7f5200",
    warning_soft="#f7e8c8",
    bad="#b3261e",
    bad_soft="#f9dedc",
    scrim="#b0000000",
    on_scrim="#ffffff",
    favourite="#e5484d",
    shadow="#30000000",
)

DARK = Palette(
    name="dark",
    window="#1c1c1c",
    surface="#232323",
    raised="#2b2b2b",
    sunken="#161616",
    stage="#131313",
    hover="#303030",
    pressed="#393939",
    line="#353535",
    line_strong="#515151",
    text="#ececec",
    text_muted="#b3b3b3",
    text_faint="#969696",
    accent="#7fa2ff",
    accent_hover="#9ab5ff",
    accent_soft="#2a3453",
    on_accent="#10131c",
    good="#6fcf97",
    good_soft="#1d3527",
    warning="#e9b949",
    warning_soft="#3b2f14",
    bad="#ff8a80",
    bad_soft="#442321",
    scrim="#b0000000",
    on_scrim="#ffffff",
    favourite="#ff6b70",
    shadow="#80000000",
)


class Space:
    """Distances in device-independent pixels, all on a grid of 4."""

    XS = 4
    S = 8
    M = 12
    L = 16
    XL = 24
    XXL = 32
    HUGE = 48


class Radius:
    """Corner radii in device-independent pixels."""

    S = 4
    M = 6
    L = 10
    PILL = 14


class Size:
    """Fixed extents in device-independent pixels."""

    RAIL = 96
    TOP_BAR = 52
    FOOT = 32
    CONTROL = 32
    ICON = 20
    ICON_SMALL = 16
    SIDE_PANEL = 300


class Type:
    """Type sizes in device-independent pixels."""

    SMALL = 11
    LABEL = 12
    BODY = 13
    TITLE = 15
    HEADING = 20
    DISPLAY = 40


class Duration:
    """Lengths of motion and notices in milliseconds; motion stays under 200."""

    QUICK = 90
    MOVE = 160
    TYPING = 120
    TOAST = 6000
    TOAST_ACTION = 10000
    FRAME = 16
