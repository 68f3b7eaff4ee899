"""Tells in a panel whether a picture still shows its product, and paints where it does not."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap, qRgba
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from stylestudio_desktop.domain.fidelity import VEIL, Fidelity, Heat, Verdict, tone
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.forms import Facts
from stylestudio_desktop.ui.widgets.labels import label

translate = QCoreApplication.translate

SHOWN = 220


def verdict(found: Verdict) -> str:
    """Return a verdict in words."""
    return {
        Verdict.SAME: translate("Fidelity", "The same product"),
        Verdict.DRIFTED: translate("Fidelity", "The product has drifted"),
        Verdict.DIFFERENT: translate("Fidelity", "A different product"),
        Verdict.UNKNOWN: translate("Fidelity", "Could not tell"),
    }[found]


def reason(code: str) -> str:
    """Return a reason's code in words."""
    words = {
        "colour": translate("Fidelity", "The colour has changed."),
        "colour_in_places": translate("Fidelity", "The colour has changed in places."),
        "brightness": translate("Fidelity", "It is much darker or brighter than in its photo."),
        "mirrored": translate("Fidelity", "A print or the whole product is mirrored."),
        "print_lost": translate("Fidelity", "The print or pattern was not found again."),
        "missing": translate("Fidelity", "Details of the product are missing."),
        "added": translate("Fidelity", "Details were added that the product does not have."),
        "outline": translate("Fidelity", "The outline has changed."),
        "outside": translate("Fidelity", "A part of the product lies outside the picture."),
        "other_outline": translate("Fidelity", "The outline is another one."),
        "other_print": translate("Fidelity", "The print or pattern is another one."),
        "other_colour": translate("Fidelity", "The colour is another one."),
        "no_colours": translate("Fidelity", "Nothing in the picture has the product's colours."),
        "nowhere": translate(
            "Fidelity", "Neither the product's shape nor its print was found in the picture."
        ),
        "not_found": translate("Fidelity", "The product was not found for certain in the picture."),
        "uncut": translate(
            "Fidelity", "The product could not be told from the background of its own photo."
        ),
        "worn": translate(
            "Fidelity",
            "On a person only colours and print are compared: cloth falls in its own way there.",
        ),
        "sheer": translate(
            "Fidelity",
            "Other things show through its cloth, so a change can't be told from them.",
        ),
        "small": translate("Fidelity", "The product is too small in the picture."),
        "failed": translate("Fidelity", "The comparison could not be made."),
    }
    return words[code]


def rows(found: Fidelity) -> list[tuple[str, str]]:
    """Return the figures as names and values; of several products the least faithful."""
    measured = [one for one in found.products if one.colour_median is not None]
    if not measured:
        return []
    worst = max(measured, key=lambda one: one.colour_median or 0.0)
    shown = [
        (
            translate("Fidelity", "Colour difference"),
            translate("Fidelity", "%1 in the middle, %2 at worst (CIEDE2000)")
            .replace("%1", wording.decimal(worst.colour_median or 0.0))
            .replace("%2", wording.decimal(worst.colour_p95 or 0.0)),
        )
    ]
    points, again = worst.facts.get("points"), worst.facts.get("matched")
    if points:
        value = (
            translate("Fidelity", "%1 of %2").replace("%1", str(again)).replace("%2", str(points))
        )
        shown.append((translate("Fidelity", "Details found again"), value))
    overlap = worst.facts.get("outline_overlap")
    if isinstance(overlap, float):
        shown.append((translate("Fidelity", "Outline kept"), wording.percent(overlap)))
    return shown


def heat_picture(picture: QImage | None, heat: Heat, side: int = SHOWN) -> QImage:
    """Return the picture, dimmed, with its differences glowing; fit into `side` pixels."""
    shape = (heat.width, heat.height) if picture is None else (picture.width(), picture.height())
    scale = side / max(shape)
    width, height = (max(1, round(one * scale)) for one in shape)
    made = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    made.fill(QColor("black"))
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    if picture is not None:
        painter.drawImage(made.rect(), picture)
        painter.fillRect(made.rect(), QColor(0, 0, 0, VEIL))
    painter.drawImage(made.rect(), _glow(heat))
    painter.end()
    return made


def _glow(heat: Heat) -> QImage:
    size = heat.width * heat.height
    levels = heat.levels[:size].ljust(size, b"\0")
    glow = QImage(levels, heat.width, heat.height, heat.width, QImage.Format.Format_Indexed8)
    tones = [qRgba(*tone(level)) for level in range(256)]
    glow.setColorTable(tones)
    return glow.convertToFormat(QImage.Format.Format_ARGB32)  # its own bytes, not borrowed ones


class FidelityView(QWidget):
    """Shows the report given to `show_report`; hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict = label("", "label")
        self.reasons = label("", wrap=True)
        self.facts = Facts()
        self.heat = QLabel()
        self.heat.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.heat.setToolTip(self.tr("Where the picture differs from the product photo"))
        self.heat.setAccessibleName(self.heat.toolTip())
        self.told = label(self.tr("Where it glows, the picture differs."), "faint", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.S)
        layout.addWidget(label(self.tr("Compared with the product photo"), "faint"))
        for part in (self.verdict, self.reasons, self.facts, self.heat, self.told):
            layout.addWidget(part)
        self._shown: tuple[Fidelity, int] | None = None
        self.hide()

    def show_report(self, found: Fidelity | None, picture: QImage | None = None) -> None:
        """Show a report over a small view of its picture, or nothing."""
        self.setVisible(found is not None)
        shown = None if found is None else (found, 0 if picture is None else picture.cacheKey())
        if found is None or shown == self._shown:
            return
        self._shown = shown
        self.verdict.setText(verdict(found.verdict))
        self.reasons.setText("\n".join(reason(code) for code in found.reasons))
        self.reasons.setVisible(bool(found.reasons))
        self.facts.set_rows(rows(found))
        differs = found.heat is not None and any(found.heat.levels)
        self.heat.setVisible(differs)
        self.told.setVisible(differs)
        if found.heat is not None and differs:
            self.heat.setPixmap(QPixmap.fromImage(heat_picture(picture, found.heat)))
