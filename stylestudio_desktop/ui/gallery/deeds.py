"""The gallery's actions with their keys: one register for menu, palette, grid and viewer."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from stylestudio_desktop.ui.actions import Actions

translate = QCoreApplication.translate
STARS = 5


class Doer(Protocol):
    """What the gallery pane does when an action is asked for."""

    def view(self) -> None: ...
    def compare(self) -> None: ...
    def favour(self) -> None: ...
    def rate(self, stars: int) -> None: ...
    def tag(self) -> None: ...
    def collect(self) -> None: ...
    def note(self) -> None: ...
    def similar(self) -> None: ...
    def same_product(self) -> None: ...
    def turn_stack(self) -> None: ...
    def unstack(self) -> None: ...
    def more_like(self) -> None: ...
    def make_larger(self) -> None: ...
    def use_as_product(self) -> None: ...
    def use_as_model(self) -> None: ...
    def use_as_background(self) -> None: ...
    def export(self) -> None: ...
    def trash(self) -> None: ...
    def restore(self) -> None: ...
    def undo(self) -> None: ...
    def redo(self) -> None: ...
    def jump(self) -> None: ...


class Intake(Protocol):
    """Where pictures come from when an action asks for them."""

    def browse_files(self) -> None: ...
    def browse_people(self) -> None: ...
    def browse_folder(self) -> None: ...
    def load_samples(self) -> None: ...


class Deeds:
    """Registers the actions and says which can be done now."""

    def __init__(self, actions: Actions, owner: QWidget, doer: Doer, intake: Intake) -> None:
        self._actions = actions
        self._owner = owner
        self._group = translate("Gallery", "Gallery")
        add = self._add
        self.view = add("view", translate("Gallery", "Open"), doer.view, "eye")
        self.compare = add(
            "compare",
            translate("Gallery", "Compare side by side"),
            doer.compare,
            "panel-right",
            "C",
        )
        self.favour = add("favourite", translate("Gallery", "Favourite"), doer.favour, "heart", "F")
        self.ratings = [self._rating(doer, stars) for stars in range(STARS + 1)]
        self.tag = add("tag", translate("Gallery", "Tags…"), doer.tag, "tag", "T")
        self.collect = add(
            "collect", translate("Gallery", "Collections…"), doer.collect, "layout-grid", "L"
        )
        self.note = add("note", translate("Gallery", "Note…"), doer.note, "pencil", "N")
        self.similar = add(
            "similar", translate("Gallery", "Find look-alikes"), doer.similar, "search", "A"
        )
        same = translate("Gallery", "Show all of this product")
        self.same = add("same", same, doer.same_product, "shirt", "M")
        self._register_stacks(doer)
        self.more_like = add(
            "more",
            translate("Gallery", "Make more like this"),
            doer.more_like,
            "sparkles",
            "Ctrl+M",
        )
        larger = translate("Gallery", "Make it larger")
        self.larger = add("larger", larger, doer.make_larger, "maximize")
        self._register_use(doer)
        self.export = add(
            "export", translate("Gallery", "Export…"), doer.export, "file-down", "Ctrl+E"
        )
        self.trash = add(
            "trash", translate("Gallery", "Move to the trash"), doer.trash, "trash-2", "Del"
        )
        self.restore = add(
            "restore", translate("Gallery", "Bring back"), doer.restore, "undo-2", "R"
        )
        self.undo = add("undo", translate("Gallery", "Undo"), doer.undo, "undo-2", "Ctrl+Z")
        self.redo = add(
            "redo",
            translate("Gallery", "Do again"),
            doer.redo,
            "refresh-cw",
            ("Ctrl+Shift+Z", "Ctrl+Y"),
        )
        self.jump = add(
            "jump", translate("Gallery", "Go to a day…"), doer.jump, "calendar", "Ctrl+G"
        )
        self._register_intake(intake)

    def _register_stacks(self, doer: Doer) -> None:
        add = self._add
        self.stack = add(
            "stack", translate("Gallery", "Open or close the stack"), doer.turn_stack, "copy", "S"
        )
        self.unstack = add(
            "unstack", translate("Gallery", "Take off the stack"), doer.unstack, "x", "Shift+S"
        )

    def _register_use(self, doer: Doer) -> None:
        add = self._add
        self.product = add(
            "product", translate("Gallery", "Use as product"), doer.use_as_product, "shirt", "P"
        )
        self.model = add("model", translate("Gallery", "Use as person"), doer.use_as_model, "user")
        place = translate("Gallery", "Use as background")
        self.background = add("background", place, doer.use_as_background, "image-plus")

    def _register_intake(self, intake: Intake) -> None:
        add = self._add
        self.files = add(
            "import",
            translate("Gallery", "Import product photos…"),
            intake.browse_files,
            "image-plus",
            "Ctrl+O",
        )
        self.people = add(
            "import.people",
            translate("Gallery", "Import photos of people…"),
            intake.browse_people,
            "users",
        )
        self.folder = add(
            "import.folder",
            translate("Gallery", "Import a folder…"),
            intake.browse_folder,
            "folder-open",
        )
        self.samples = add(
            "samples",
            translate("Gallery", "Load the sample collection"),
            intake.load_samples,
            "package",
        )

    def menu(self) -> QMenu:
        """Return the one context menu of all pictures."""
        made = QMenu(self._owner)
        made.aboutToShow.connect(self._actions.draw_icons)
        made.addActions([self.view, self.compare])
        made.addSeparator()
        made.addAction(self.favour)
        rating = made.addMenu(translate("Gallery", "Rating"))
        rating.addActions(list(reversed(self.ratings)))
        made.addActions([self.tag, self.collect, self.note])
        made.addSeparator()
        made.addActions([self.same, self.similar, self.stack, self.unstack])
        made.addSeparator()
        made.addActions([self.more_like, self.larger, self.product, self.model, self.background])
        made.addSeparator()
        made.addActions([self.export, self.trash, self.restore])
        return made

    def import_menu(self) -> QMenu:
        """Return the menu of the import button."""
        made = QMenu(self._owner)
        made.aboutToShow.connect(self._actions.draw_icons)
        made.addActions([self.files, self.people, self.folder, self.samples])
        return made

    def offer(self, chosen: int, *, trash: bool, stacks: bool) -> None:
        """Enable what can be done with `chosen` pictures, in the trash or outside it.

        `stacks` tells whether look-alikes lie on stacks in the list.
        """
        self.similar.setEnabled(chosen == 1 and not trash)
        self.same.setEnabled(chosen == 1 and not trash)
        self.stack.setEnabled(chosen == 1 and stacks)
        self.stack.setVisible(stacks)
        self.unstack.setEnabled(chosen > 0 and stacks)
        self.unstack.setVisible(stacks)
        for action in (self.view, self.favour, self.export, self.product, self.model):
            action.setEnabled(chosen > 0)
        for action in (*self.ratings, self.tag, self.collect, self.note):
            action.setEnabled(chosen > 0)
        self.compare.setEnabled(2 <= chosen <= 4)
        self.more_like.setEnabled(chosen == 1)
        self.background.setEnabled(chosen == 1)
        self.larger.setEnabled(chosen == 1)
        self.trash.setEnabled(chosen > 0 and not trash)
        self.trash.setVisible(not trash)
        self.restore.setEnabled(chosen > 0 and trash)
        self.restore.setVisible(trash)

    def _rating(self, doer: Doer, stars: int) -> QAction:
        text = translate("Gallery", "%n star(s)", "", stars)
        run = partial(doer.rate, stars)
        return self._add(
            f"rate.{stars}",
            text if stars else translate("Gallery", "No rating"),
            run,
            "star",
            str(stars),
        )

    def _add(
        self,
        name: str,
        text: str,
        run: Callable[[], object],
        icon: str,
        keys: str | Sequence[str] = (),
    ) -> QAction:
        return self._actions.add(
            f"gallery.{name}", text, run, owner=self._owner,
            keys=keys if isinstance(keys, str) else tuple(keys), icon=icon, group=self._group,
        )  # fmt: skip
