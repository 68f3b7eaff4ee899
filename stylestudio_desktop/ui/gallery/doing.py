"""Carries out the gallery's actions on the picture in the viewer, or on the selection."""

from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QLocale, QObject, Qt
from PySide6.QtWidgets import QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.ids import FileId, GenerationId
from stylestudio_desktop.services import library
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.gallery.acting import Acting
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.widgets.grid import Grid
from stylestudio_desktop.ui.window import CREATE, MainWindow
from stylestudio_desktop.ui.wishes import (
    MakeLarger,
    MakeMoreLike,
    UseAsBackground,
    UseAsModel,
    UseAsProduct,
)

if TYPE_CHECKING:
    from stylestudio_desktop.services.exporting import Exports
    from stylestudio_desktop.ui.gallery.names_dialog import Named, NamesDialog

MOST_COMPARED = 4
MOST_USED = 5
MOST_PEOPLE = 3
_LOOKED_AT = 1000


class Place(Protocol):
    """What the gallery pane tells of itself."""

    grid: Grid
    acting: Acting
    export_choice: dict[str, str]

    def viewing(self) -> bool:
        """Return whether the viewer is in front."""

    def show_pictures(self, ids: Sequence[int]) -> None:
        """Open the viewer."""

    def chosen(self) -> "array[int]":
        """Return what an action is for."""

    def generation_shown(self) -> int | None:
        """Return what made the picture in the viewer, if it is in front and that is known."""

    def show_alike(self, file_id: int, name: str) -> None:
        """List what looks like one picture."""

    def show_product(self, file_id: int, name: str) -> None:
        """List what was made from one photo."""

    def turn_stack(self, stack: int) -> None:
        """Open or close a stack in the list."""

    def step_aside(self) -> None:
        """Show a neighbour of the picture that is about to go."""


class Doing(QObject):
    """One method for each action of `Deeds`."""

    def __init__(self, window: MainWindow, studio: Studio, place: Place, owner: QWidget) -> None:
        super().__init__(owner)
        self._window, self._studio = window, studio
        self._place, self._owner = place, owner

    def view(self) -> None:
        """Open the viewer on the current picture."""
        contents = self._place.grid.contents
        if contents.current is not None:
            self._place.show_pictures([contents.ids[contents.current]])

    def compare(self) -> None:
        """Show up to four selected pictures side by side."""
        self._place.show_pictures(self._place.grid.selected_ids(MOST_COMPARED))

    def favour(self) -> None:
        """Mark what is chosen as favourites; when all are already, unmark them."""
        ids, cards = self._place.chosen(), self._place.grid.cards
        known = [cards.get(row_id) for row_id in ids[:_LOOKED_AT]]
        every = all(card is not None and card.favourite for card in known)
        self._place.acting.favour(ids, not every)

    def rate(self, stars: int) -> None:
        """Rate what is chosen."""
        self._place.acting.rate(self._place.chosen(), stars)

    def tag(self) -> None:
        """Ask which tags what is chosen is to have."""
        ids, acting = self._place.chosen(), self._place.acting
        if not ids:
            return
        title = self.tr("Tags on %n picture(s)", "", len(ids))
        dialog = self._names_dialog(title, self.tr("Find or make a tag"))
        dialog.added.connect(lambda name: acting.tag(ids, name))
        dialog.toggled.connect(lambda key, on: self._toggle_tag(dialog, ids, key, on))
        self._keep_true(dialog, ids, self._read_tags)

    def collect(self) -> None:
        """Ask which collections what is chosen is to be in."""
        ids, acting = self._place.chosen(), self._place.acting
        if not ids:
            return
        title = self.tr("Collections with %n picture(s)", "", len(ids))
        dialog = self._names_dialog(title, self.tr("Find or make a collection"))
        dialog.added.connect(lambda name: self._collect_named(dialog, ids, name))
        dialog.toggled.connect(
            lambda key, on: (acting.collect if on else acting.uncollect)(ids, key)
        )
        self._keep_true(dialog, ids, self._read_collections)

    def note(self) -> None:
        """Ask for a note on what is chosen."""
        ids = self._place.chosen()
        if not ids:
            return

        def op() -> str:
            from stylestudio_desktop.services import organising

            return organising.note_of(self._studio, ids[0]) if len(ids) == 1 else ""

        def ask(text: str) -> None:
            from stylestudio_desktop.ui.gallery.note_dialog import NoteDialog

            dialog = NoteDialog(len(ids), text, self._owner)
            dialog.written.connect(lambda said: self._place.acting.note(ids, said))
            dialog.open()

        self._window.tasks.run(op, ask, self._on_failed, owner=self)

    def similar(self) -> None:
        """Show what looks like the chosen picture."""
        ids = self._place.chosen()
        if len(ids) == 1:
            card = self._place.grid.cards.get(ids[0])
            self._place.show_alike(ids[0], card.name if card is not None else str(ids[0]))

    def same_product(self) -> None:
        """Show everything that was made from the chosen photo, or from a picture's product."""
        ids = self._place.chosen()
        if len(ids) != 1:
            return

        def op() -> "tuple[int, str] | None":
            from stylestudio_desktop.services import finding

            return finding.product_of(self._studio, ids[0])

        def show(found: "tuple[int, str] | None") -> None:
            if found is not None:
                self._place.show_product(*found)

        self._window.tasks.run(op, show, self._on_failed, owner=self)

    def turn_stack(self) -> None:
        """Open the stack that the chosen picture lies on, or close it."""
        ids = self._place.chosen()
        card = self._place.grid.cards.get(ids[0]) if len(ids) == 1 else None
        if card is not None and card.stack:
            self._place.turn_stack(card.stack)

    def unstack(self) -> None:
        """Take what is chosen off its stack of look-alikes."""
        self._place.acting.unstack(self._place.chosen())

    def more_like(self) -> None:
        """Ask Create for more like the chosen picture."""
        generation, ids = self._place.generation_shown(), self._place.chosen()
        if generation is not None:
            self.ask_more(generation)
        elif ids:
            self._window.tasks.run(
                lambda: self._generation_of(ids[0]), self._ask_more_or_product, owner=self
            )

    def ask_more(self, generation: int) -> None:
        """Ask Create for more of what made `generation`."""
        self._window.open_pane(CREATE, MakeMoreLike(GenerationId(generation)))

    def make_larger(self) -> None:
        """Ask Create for the chosen picture again, as large as it gets."""
        ids = self._place.chosen()
        if ids:
            self.ask_larger(ids[0])

    def ask_larger(self, picture: int) -> None:
        """Ask Create for `picture` again, larger: its review says the price before it begins."""
        self._window.open_pane(CREATE, MakeLarger(picture))

    def use_as_product(self) -> None:
        """Take the chosen photos to Create as products."""
        files = tuple(FileId(row_id) for row_id in self._place.chosen()[:MOST_USED])
        self._window.open_pane(CREATE, UseAsProduct(files))

    def use_as_model(self) -> None:
        """Take the chosen photos to Create as people."""
        files = tuple(FileId(row_id) for row_id in self._place.chosen()[:MOST_PEOPLE])
        self._window.open_pane(CREATE, UseAsModel(files))

    def use_as_background(self) -> None:
        """Take the chosen photo to Create as the place in which the product is shown."""
        ids = self._place.chosen()
        if ids:
            self._window.open_pane(CREATE, UseAsBackground(FileId(ids[0])))

    def export(self) -> None:
        """Ask how and where, and export what is chosen."""
        ids = self._place.chosen()
        if not ids:
            return
        from stylestudio_desktop.ui.gallery.export_dialog import ExportDialog

        kept = self._place.export_choice
        dialog = ExportDialog(self._studio, ids, kept, self._owner)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.exported.connect(self._on_exported)
        dialog.accepted.connect(lambda: kept.update(dialog.chosen()))
        dialog.open()

    def tell_carried(self, number: int, selected: int, trouble: str) -> None:
        """Say what another program did not get of what was dragged to it."""
        if trouble:
            self._window.toast(trouble, "warning")
        elif selected > number:
            form = self.tr("The first %1 of %2 pictures were taken along. Export takes them all.")
            text = form.replace("%1", str(number)).replace("%2", QLocale().toString(selected))
            self._window.toast(text, "warning", (self.tr("Export…"), self.export))

    def trash(self) -> None:
        """Move what is chosen to the trash; the viewer goes on to the next."""
        ids = self._place.chosen()
        if self._place.viewing():
            self._place.step_aside()
        self._place.acting.trash(ids)

    def restore(self) -> None:
        """Bring what is chosen back."""
        ids = self._place.chosen()
        if self._place.viewing():
            self._place.step_aside()
        self._place.acting.restore(ids)

    def undo(self) -> None:
        """Take back the last action."""
        self._place.acting.undo()

    def redo(self) -> None:
        """Do again what was undone last."""
        self._place.acting.redo()

    def jump(self) -> None:
        """Ask for a day, and show the pictures from then on."""
        from stylestudio_desktop.ui.gallery.jumping import DayDialog

        DayDialog(self._place.grid, self._owner).open()

    def _names_dialog(self, title: str, hint: str) -> "NamesDialog":
        from stylestudio_desktop.ui.gallery.names_dialog import NamesDialog

        return NamesDialog(title, hint, self._owner)

    def _keep_true(
        self,
        dialog: "NamesDialog",
        ids: "array[int]",
        read: "Callable[[array[int]], tuple[Sequence[Named], Mapping[int, int]]]",
    ) -> None:
        """Open `dialog` with what is on the pictures, and show it anew after every deed."""

        def show(found: "tuple[Sequence[Named], Mapping[int, int]]") -> None:
            dialog.show_names(*found, len(ids))
            if not dialog.isVisible():
                dialog.open()

        def ask() -> None:
            self._window.tasks.run(lambda: read(ids), show, self._on_failed, owner=dialog)

        self._place.acting.finished.connect(ask)
        dialog.finished.connect(lambda _code: self._place.acting.finished.disconnect(ask))
        ask()

    def _read_tags(self, ids: "array[int]") -> "tuple[Sequence[Named], Mapping[int, int]]":
        from stylestudio_desktop.services import organising

        return organising.list_tags(self._studio), organising.tags_on(self._studio, ids)

    def _read_collections(self, ids: "array[int]") -> "tuple[Sequence[Named], Mapping[int, int]]":
        from stylestudio_desktop.services import organising

        on = organising.collections_on(self._studio, ids)
        return organising.list_collections(self._studio), on

    def _toggle_tag(self, dialog: "NamesDialog", ids: "array[int]", key: int, on: bool) -> None:
        names = {one.id: one.name for one in dialog.named}
        if on:
            self._place.acting.tag(ids, names[key])
        else:
            self._place.acting.untag(ids, key)

    def _collect_named(self, dialog: "NamesDialog", ids: "array[int]", name: str) -> None:
        from stylestudio_desktop.domain.finding import fold

        known = {fold(one.name): one.id for one in dialog.named}
        if fold(name) in known:
            self._place.acting.collect(ids, known[fold(name)])
        else:
            self._place.acting.collect_anew(ids, name)

    def _generation_of(self, file_id: int) -> tuple[int, int | None]:
        return file_id, library.picture(self._studio, file_id).generation_id

    def _ask_more_or_product(self, found: tuple[int, int | None]) -> None:
        file_id, generation = found
        if generation is not None:
            self.ask_more(generation)
        else:
            self._window.open_pane(CREATE, UseAsProduct((FileId(file_id),)))

    def _on_exported(self, exports: "Exports") -> None:
        from stylestudio_desktop.ui.gallery.export_dialog import reveal

        if exports.exported:
            text = self.tr("%n picture(s) exported", "", len(exports.exported))
            show = (self.tr("Show folder"), lambda: reveal(exports))
            self._window.toast(text, "good", show)
        for refused in exports.rejected[:2]:
            self._window.toast(spoken(refused.reason), "warning")

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)
