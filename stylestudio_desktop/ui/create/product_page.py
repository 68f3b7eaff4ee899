"""The first step: photos of the product, dropped, pasted, browsed for or taken from the gallery."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.pieces import pieces
from stylestudio_desktop.files.scaling import Tier
from stylestudio_desktop.services import sources
from stylestudio_desktop.services.sources import Sample
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.create import background, words
from stylestudio_desktop.ui.create import draft as drafts
from stylestudio_desktop.ui.create.desk import Desk
from stylestudio_desktop.ui.create.draft import Photo
from stylestudio_desktop.ui.create.page import Page
from stylestudio_desktop.ui.create.shapes import pictured
from stylestudio_desktop.ui.create.tiles import TILE, DropZone, PhotoTile
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.cards import ChoiceCard
from stylestudio_desktop.ui.widgets.chips import Segments
from stylestudio_desktop.ui.widgets.flow import FlowLayout
from stylestudio_desktop.ui.widgets.labels import label

_SAMPLES_SHOWN = 6
_SAMPLE_SIDE = 320
_TILES_AT_ONCE = 1
_MAP = 64  # the longest side, in cells, of the map on which products of one photo are counted
PHOTO, CUTOUT = "photo", "cutout"


class ProductPage(Page):
    """`browse`, `gallery` and `paste` ask for photos; `sample_picked(sample)` for one of ours.

    `many(folder)` asks for a batch from a folder, or from a table.
    """

    browse = Signal()
    gallery = Signal()
    paste = Signal()
    many = Signal(bool)
    sample_picked = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            words.tr("What do you want to show?"),
            words.tr(
                "One clear photo is enough: a garment laid flat or on a hanger, shoes, a bag."
            ),
            parent,
        )
        self._desk = desk
        self._shown: tuple[Photo, ...] | None = None
        self._cutter: str | None = None
        self.tiles: dict[int, PhotoTile] = {}
        self._cutouts: dict[int, QImage] = {}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._lay_some)
        self._build()

    def first_field(self) -> QWidget | None:
        """The button that opens the computer's own files."""
        return self.zone.buttons[0]

    def show_desk(self) -> None:
        """Show the products chosen."""
        draft = self._desk.draft
        has = bool(draft.products)
        cutter = sources.cutter(self._desk.studio, draft.provider, self._desk.able.cutouts)
        if draft.products != self._shown or cutter != self._cutter:
            anew = cutter != self._cutter
            self._cutter = cutter
            self._lay_tiles(draft.products, anew=anew)
        self._tools.setVisible(has)
        self._ways.setVisible(has)
        self.zone.setVisible(not has)
        self._many.setVisible(not has)
        self._samples.setVisible(not has and bool(self._cards))
        self._how.setVisible(len(draft.products) > 1)
        self._how.set_value(draft.together)
        self._how_words.setVisible(len(draft.products) > 1)
        self._how_words.setText(self._how_sentence())
        self._look.setVisible(has and cutter is not None)

    def set_hot(self, hot: bool) -> None:
        """Show that what is dragged may be dropped."""
        self.zone.set_hot(hot)

    def _build(self) -> None:
        limits = self._desk.studio.settings.value
        self.zone = DropZone(
            words.tr("Drop product photos here"),
            words.tr("JPEG, PNG or WebP, up to %n MB each", round(limits.max_file_mb)),
            [
                (words.tr("Browse…"), self.browse.emit, "folder-open"),
                (words.tr("From the gallery"), self.gallery.emit, "images"),
                (words.tr("Paste"), self.paste.emit, "copy"),
            ],
        )
        self.column.addWidget(self.zone)
        self._build_many()
        self._build_samples()
        self._tools = QWidget()
        tools = QHBoxLayout(self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(Space.M)
        self._how: Segments[bool] = Segments(
            [(False, words.tr("Each by itself"), None), (True, words.tr("All together"), None)],
            words.tr("How several products are shown"),
        )
        self._how.picked.connect(lambda together: self._desk.edit(together=together))
        self._how_words = label("", "faint", wrap=True)
        self._look: Segments[str] = Segments(
            [(CUTOUT, words.tr("Cut out"), None), (PHOTO, words.tr("Photo"), None)],
            words.tr("How the photos are shown"),
        )
        self._look.picked.connect(lambda _value: self._show_images())
        tools.addWidget(self._how)
        tools.addWidget(self._how_words, 1)
        tools.addStretch(0)  # alone, what is right stays there
        tools.addWidget(self._look)
        self.column.addWidget(self._tools)
        self._flow = FlowLayout(spacing=Space.M)
        self.column.addLayout(self._flow)
        self._ways = QWidget()
        ways = QHBoxLayout(self._ways)
        ways.setContentsMargins(0, 0, 0, 0)
        ways.addWidget(button(words.tr("Add photos…"), self.browse.emit, icon="plus"))
        ways.addWidget(button(words.tr("From the gallery"), self.gallery.emit, icon="images"))
        other = words.tr("or drop and paste them anywhere here")
        ways.addWidget(label(other, "faint", wrap=True), 1)
        self.column.addWidget(self._ways)
        self.column.addStretch(1)

    def _build_many(self) -> None:
        self._many = QWidget()
        row = QHBoxLayout(self._many)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(label(words.tr("Hundreds of products?"), "faint"))
        for text, icon, folder in (
            (words.tr("From a table (CSV)…"), "list", False),
            (words.tr("From a folder…"), "folder-open", True),
        ):
            row.addWidget(button(text, partial(self.many.emit, folder), "quiet", icon))
        row.addStretch(1)
        self.column.addWidget(self._many)

    def _build_samples(self) -> None:
        self._samples = QWidget()
        inside = QVBoxLayout(self._samples)
        inside.setContentsMargins(0, Space.S, 0, 0)
        inside.addWidget(label(words.tr("No photo at hand? Try one of ours"), "label"))
        flow = FlowLayout(spacing=Space.M, fill=112)
        inside.addLayout(flow)
        self._cards: list[ChoiceCard] = []
        ours = [one for one in sources.samples(Category.PRODUCT) if one.kind != "auto"]
        for sample in _varied(ours, _SAMPLES_SHOWN):
            title = spoken(sample.title)
            card = pictured(wording.clipped(title, 16), "", 1.0)
            card.setToolTip(title)
            card.setCheckable(False)
            card.clicked.connect(partial(self._on_sample, sample))
            self._desk.photos.file(sample.path, _SAMPLE_SIDE, card, card.set_picture)
            self._cards.append(card)
            flow.addWidget(card)
        self.column.addWidget(self._samples)

    def _lay_tiles(self, photos: tuple[Photo, ...], *, anew: bool) -> None:
        """Keep the tiles of photos that stay, and make the others a few at a time."""
        self._shown = photos
        wanted: dict[int, Photo] = {photo.id: photo for photo in photos}
        kept = [one for one, tile in self.tiles.items() if wanted.get(one) == tile.photo]
        if anew or kept != [photo.id for photo in photos[: len(kept)]]:
            kept = []
        for gone in [one for one in self.tiles if one not in kept]:
            tile = self.tiles.pop(gone)
            self._cutouts.pop(gone, None)
            self._flow.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        self._lay_some()

    def _lay_some(self) -> None:
        missing = [photo for photo in self._shown or () if photo.id not in self.tiles]
        for photo in missing[:_TILES_AT_ONCE]:
            self._lay_tile(photo)
        if len(missing) > _TILES_AT_ONCE:
            self._later.start()

    def _lay_tile(self, photo: Photo) -> None:
        tile = PhotoTile(photo, kinds=True)
        tile.setFixedWidth(TILE + 2 * Space.S)
        tile.removed.connect(partial(self._on_removed, photo.id))
        tile.kind_picked.connect(partial(self._on_kind, photo.id))
        self.tiles[photo.id] = tile
        self._flow.addWidget(tile)
        self._desk.photos.thumbnail(
            photo.storage_id, Tier.LARGE, tile, partial(self._on_photo, photo.id)
        )
        if self._cutter is not None:
            tile.mend.show()
            tile.mending.connect(partial(self._on_mending, photo))
            self._ask_cutout(photo.id)

    def _ask_cutout(self, file_id: int) -> None:
        tile = self.tiles.get(file_id)
        if tile is not None and self._cutter is not None:
            shown = partial(self._on_cutout, file_id)
            self._desk.photos.cutout(self._cutter, file_id, tile, shown, tile.say)

    def _on_mending(self, photo: Photo) -> None:
        from stylestudio_desktop.ui.create.mask_dialog import MaskDialog

        dialog = MaskDialog(self._desk, photo, self.window())
        dialog.kept.connect(partial(self._ask_cutout, photo.id))
        dialog.open()

    def _on_photo(self, file_id: int, image: QImage) -> None:
        tile = self.tiles.get(file_id)
        if tile is not None:
            tile.photo_image = image
            self._show_image(file_id)

    def _on_cutout(self, file_id: int, image: QImage) -> None:
        self._cutouts[file_id] = image
        self._show_image(file_id)
        tell = partial(self._on_counted, file_id)
        background.run(self._desk.tasks, partial(counted, image), tell, None, self)

    def _on_counted(self, file_id: int, several: int) -> None:
        tile = self.tiles.get(file_id)
        if tile is None:
            return
        if several > 1:
            tile.say(words.tr("%n products in it; choose one with the pencil", several))
            return
        cut = self._cutouts.get(file_id)
        sheer = cut is not None and cut.text("sheer") == "suspected"
        tile.say(words.tr("Its ground may show through the cloth") if sheer else "", look=sheer)

    def _show_images(self) -> None:
        for file_id in self.tiles:
            self._show_image(file_id)

    def _show_image(self, file_id: int) -> None:
        tile = self.tiles.get(file_id)
        if tile is None:
            return
        cut = self._cutouts.get(file_id) if self._look.value() == CUTOUT else None
        tile.view.set_image(tile.photo_image if cut is None else cut)

    def _on_removed(self, file_id: int) -> None:
        self._desk.edit(products=drafts.without(self._desk.draft.products, file_id))

    def _on_kind(self, file_id: int, kind: str) -> None:
        changed = drafts.of_kind(self._desk.draft.products, file_id, kind)
        # The chip shows it already.
        self._shown = changed
        self.tiles[file_id].photo = next(one for one in changed if one.id == file_id)
        self._desk.edit(products=changed)

    def _on_sample(self, sample: Sample, _checked: bool = False) -> None:
        self.sample_picked.emit(sample)

    def _how_sentence(self) -> str:
        draft = self._desk.draft
        if draft.together:
            return words.tr("One picture that shows them all")
        return words.tr("%n generation(s), one for each product", len(draft.products))


def counted(cutout: QImage) -> int:
    """Return how many products a cut-out shows, on a map that is quick to look through."""
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    small = cutout.scaled(_MAP, _MAP, keep, smooth).convertToFormat(QImage.Format.Format_Alpha8)
    data, stride = bytes(small.constBits()), small.bytesPerLine()
    lines = [data[row * stride : row * stride + small.width()] for row in range(small.height())]
    return len(pieces(b"".join(lines), small.width()))


def _varied(found: list[Sample], most: int) -> list[Sample]:
    """Return up to `most` samples, of as many kinds as there are."""
    first: dict[str, Sample] = {}
    for one in found:
        first.setdefault(one.kind, one)
    rest = [one for one in found if first.get(one.kind) is not one]
    return [*first.values(), *rest][:most]
