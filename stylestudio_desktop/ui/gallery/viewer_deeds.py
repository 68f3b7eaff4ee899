"""The viewer's actions with their keys, there before the viewer is: for Ctrl+K and the settings."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from stylestudio_desktop.ui.actions import Actions

if TYPE_CHECKING:
    from stylestudio_desktop.ui.gallery.viewer import Viewer

translate = QCoreApplication.translate


class ViewerDeeds:
    """Registers them for `owner`; they can be done while pictures are looked at.

    `viewer` returns the viewer, and is asked only then.
    """

    def __init__(self, actions: Actions, owner: QWidget, viewer: "Callable[[], Viewer]") -> None:
        self._actions, self._owner = actions, owner
        self._group = translate("Viewer", "Viewer")
        self.all: dict[str, QAction] = {}
        add = self._add
        add("next", translate("Viewer", "Next picture"), lambda: viewer().go(1), "Right")
        add("previous", translate("Viewer", "Previous picture"), lambda: viewer().go(-1), "Left")
        whole = translate("Viewer", "Whole picture or 1:1")
        add("actual", whole, lambda: viewer().toggle_size(), "Z")
        add("in", translate("Viewer", "Zoom in"), lambda: viewer().zoom(1), "+", "=")
        add("out", translate("Viewer", "Zoom out"), lambda: viewer().zoom(-1), "-")
        compare = translate("Viewer", "Before and after")
        add("before", compare, lambda: viewer().toggle_before(), "B")
        add("info", translate("Viewer", "Information"), lambda: viewer().toggle_panel(), "I")
        copy = translate("Viewer", "Copy the information")
        add("copy", copy, lambda: viewer().copy_facts(), "Ctrl+C")
        screen = translate("Viewer", "Whole screen")
        add("full", screen, lambda: viewer().presenting.toggle_full(), "F11")
        show = translate("Viewer", "Slide show")
        add("play", show, lambda: viewer().presenting.toggle_play(), "F5")
        add("back", translate("Viewer", "Back to the gallery"), lambda: viewer().back(), "Esc")
        self.offer(False)

    def offer(self, viewing: bool) -> None:
        """Let them be done, or not: their keys are the grid's otherwise."""
        for action in self.all.values():
            action.setEnabled(viewing)

    def name_keys(self, name: str, part: QWidget) -> None:
        """Tell in the hint of `part` which keys do the same, also after they were changed."""
        action, said = self.all[name], part.accessibleName()

        def show() -> None:
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            part.setToolTip(f"{said} ({keys})" if keys else said)

        action.changed.connect(show)
        show()

    def _add(self, name: str, text: str, run: Callable[[], object], *keys: str) -> None:
        self.all[name] = self._actions.add(
            f"viewer.{name}", text, run, owner=self._owner, keys=keys, icon=_ICONS[name],
            group=self._group,
        )  # fmt: skip


_ICONS = {
    "next": "chevron-right", "previous": "chevron-left", "actual": "maximize", "in": "zoom-in",
    "out": "zoom-out", "before": "square-split-horizontal", "info": "info", "copy": "copy",
    "full": "monitor", "play": "play", "back": "arrow-left",
}  # fmt: skip
