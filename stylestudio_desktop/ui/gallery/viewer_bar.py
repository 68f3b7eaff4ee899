"""The bar above the viewer: back, where one is, zoom, compare, favourite and rating."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.theme import set_icon
from stylestudio_desktop.ui.tokens import Size, Space
from stylestudio_desktop.ui.widgets.buttons import tool
from stylestudio_desktop.ui.widgets.chip_row import ChipRow
from stylestudio_desktop.ui.widgets.chips import Chip
from stylestudio_desktop.ui.widgets.labels import label, plain_tip

_NAME_WIDTH = 320
_NAME_LEAST = 64


class ViewerBar(QFrame):
    """Signals: `left`, `stepped(by)`, `fitted`, `one_to_one`, `favourite_asked`, `rated(stars)`.

    `filled` asks for the whole screen, `played` for a slide show, `larger_asked`
    for the same picture with more pixels.
    """

    left = Signal()
    stepped = Signal(int)
    fitted = Signal()
    one_to_one = Signal()
    favourite_asked = Signal()
    rated = Signal(int)
    filled = Signal()
    played = Signal()
    larger_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self._name = label("", "title")
        self._name.setMinimumWidth(0)
        self._place = label("", "faint")
        self._zoom = label("", "faint")
        self._zoom.setMinimumWidth(44)
        self._out = tool("arrow-left", self.tr("Back to the gallery"), self.left.emit)
        self._back = tool(
            "chevron-left", self.tr("Previous picture"), lambda: self.stepped.emit(-1)
        )
        self._on = tool("chevron-right", self.tr("Next picture"), lambda: self.stepped.emit(1))
        text = self.tr("Make it larger")
        self.larger = tool("arrow-up-to-line", text, self.larger_asked.emit)
        self.before = Chip(self.tr("Before and after"), "square-split-horizontal")
        self.info = Chip(self.tr("Information"), "info")
        self.info.setChecked(True)
        self._favourite = tool("heart", self.tr("Favourite"), self.favourite_asked.emit)
        self._stars: list[QToolButton] = []
        self._actual = tool("", self.tr("Actual size"), self.one_to_one.emit)
        self._actual.setText("1:1")
        self._full = tool("monitor", self.tr("Whole screen"), self.filled.emit)
        self._play = tool("play", self.tr("Slide show"), self.played.emit)
        self.by_action: dict[str, QWidget] = {
            "back": self._out, "previous": self._back, "next": self._on, "actual": self._actual,
            "full": self._full, "play": self._play, "before": self.before, "info": self.info,
        }  # fmt: skip
        self._fit = tool("maximize", self.tr("Fit"), self.fitted.emit)
        self._enlarges = True
        self._fitted: tuple[int, bool] | None = None
        self._row = QHBoxLayout(self)
        self._lay_out()

    def offer_larger(self, enlarges: bool) -> None:
        """Offer more pixels where there can be more."""
        self._enlarges = enlarges
        self._spare_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what a narrow window has no room for: nothing may be pushed off its edge."""
        super().resizeEvent(event)
        self._spare_room()

    def _spare_room(self) -> None:
        wanted = (self.width(), self._enlarges)
        if wanted == self._fitted:
            return
        self._fitted = wanted
        spare = (self._place, self._zoom, self._fit, self.larger, self._name)
        for part in spare:
            part.setVisible(part is not self.larger or self._enlarges)
        for part in spare:
            if self._row.minimumSize().width() + _NAME_LEAST <= self.width():
                break
            part.hide()

    def show_name(self, name: str, favourite: bool, rating: int) -> None:
        """Show whose picture it is and how it is marked."""
        width = min(_NAME_WIDTH, self.width() // 4)
        middle = Qt.TextElideMode.ElideMiddle
        self._name.setText(self._name.fontMetrics().elidedText(name, middle, width))
        plain_tip(self._name, name)
        set_icon(self._favourite, "heart-filled" if favourite else "heart", Size.ICON)
        self._rating = rating
        for number, star in enumerate(self._stars, start=1):
            set_icon(star, "star-filled" if number <= rating else "star", Size.ICON_SMALL)

    def show_place(self, place: str, *, back: bool, on: bool) -> None:
        """Show the position in the list and whether there are neighbours."""
        self._place.setText(place)
        self._back.setEnabled(back)
        self._on.setEnabled(on)

    def show_zoom(self, share: float) -> None:
        """Show screen pixels per picture pixel."""
        self._zoom.setText(wording.percent(share))

    def _lay_out(self) -> None:
        layout = self._row
        layout.setContentsMargins(Space.S, Space.XS, Space.L, Space.XS)
        layout.setSpacing(Space.XS)
        layout.addWidget(self._out)
        layout.addWidget(self._name)
        layout.addSpacing(Space.S)
        layout.addWidget(self._place)
        layout.addWidget(self._back)
        layout.addWidget(self._on)
        layout.addStretch(1)
        layout.addWidget(self._zoom)
        layout.addWidget(self._fit)
        for part in (self._actual, self._full, self.larger, self._play):
            layout.addWidget(part)
        layout.addSpacing(Space.S)
        layout.addWidget(self._favourite)
        for number in range(1, 6):
            text = self.tr("Rate with %n star(s)", "", number)
            star = tool("star", text, partial(self._on_star, number))
            self._stars.append(star)
            layout.addWidget(star)
        layout.addSpacing(Space.S)
        chips = ChipRow()
        chips.add_chip(self.before)
        chips.add_chip(self.info)
        layout.addWidget(chips)
        self._rating = 0

    def _on_star(self, stars: int) -> None:
        # Pressing the star that is already the last lit one takes the rating away.
        self.rated.emit(0 if stars == self._rating else stars)
