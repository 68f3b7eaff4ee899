"""Backups in the settings: how the library is kept, a copy now, and the way back."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.keeping import Reason
from stylestudio_desktop.services import steering
from stylestudio_desktop.services.backup import (
    drill,
    full,
    moments,
    reading,
    restore,
    snapshots,
    swap,
)
from stylestudio_desktop.services.backup.standing import Standing, standing
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.settings.errand import Errand, Progress
from stylestudio_desktop.ui.settings.fields import Choice, Instant, Number, Section
from stylestudio_desktop.ui.settings.keeping import Keeper
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.forms import Facts, FormRow
from stylestudio_desktop.ui.widgets.labels import label, rule
from stylestudio_desktop.ui.widgets.progress import ProgressRow
from stylestudio_desktop.ui.widgets.question import Answer, ask
from stylestudio_desktop.ui.window import MainWindow

WIDEST_LIST = 320


class BackupSection(Section):
    """What is kept and proven, in facts; buttons for what can be done about it."""

    def __init__(
        self, window: MainWindow, studio: Studio, keeper: Keeper, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            self.tr("Backups"),
            self.tr(
                "The database is copied by itself each hour in which something changed. A full "
                "backup holds your pictures, too; keep it on another disk."
            ),
            parent,
        )
        self._window = window
        self._studio = studio
        self._keeper = keeper
        self.errand = Errand(window, studio, self)
        self.errand.moved.connect(self._on_moved)
        self.errand.done.connect(self._on_done)
        self.errand.failed.connect(self._on_failed)
        self._said: Callable[[Any], str] = lambda _result: ""
        self._text = ""
        self._asked = 0
        self.dialog: QDialog | None = None
        self.facts = Facts()
        self.body.addWidget(self.facts)
        self.trouble = label("", "bad", wrap=True)
        self.trouble.hide()
        self.body.addWidget(self.trouble)
        self.waits = label(
            self.tr(
                "This library was brought back. Nothing new is made, and no backup is taken by "
                "itself, until you have looked whether it is the right one."
            ),
            wrap=True,
        )
        self.body.addWidget(self.waits)
        self.looked = button(self.tr("I have looked; let the queue go on"), self._on_looked)
        self._row(self.looked)
        self.waits.hide()
        self.looked.hide()
        self.progress = ProgressRow(parent=self)
        self.progress.hide()
        self.progress.cancelled.connect(self.errand.stop)
        self.body.addWidget(self.progress)
        self._add_making()
        self._add_returning()

    def _add_making(self) -> None:
        self.days = Number(0, 365, self.tr("days"))
        hint = self.tr("0 makes full backups only when you ask.")
        self.body.addWidget(FormRow(self.tr("A full backup every"), self.days, hint))
        self.days.valueChanged.connect(
            lambda value: self._keeper.keep(backup_every_days=int(value))
        )
        self._row(
            button(self.tr("Full backup now"), self.back_up, "primary", "download"),
            button(self.tr("Choose its place…"), self.choose_place, icon="folder-open"),
        )
        self._row(
            button(self.tr("Snapshot now"), self.take_snapshot, icon="copy"),
            button(self.tr("Try a restore"), self.try_restore, icon="check"),
        )

    def _add_returning(self) -> None:
        self.moments = Choice([])
        self.moments.setPlaceholderText(self.tr("No snapshot yet"))
        self.moments.setMaximumWidth(WIDEST_LIST)
        hint = self.tr(
            "You can go back to these moments. What is here now is kept beside it, whole."
        )
        self.back_button = back = button(self.tr("Go back…"), self.go_back, "danger")
        self.body.addWidget(rule())
        self.body.addWidget(FormRow(self.tr("Go back to"), self.moments, hint, beside=back))
        self.then = Instant()
        self.then_button = button(self.tr("Go back to that moment…"), self.go_back_to, "danger")
        self._then_row = FormRow(self.tr("Or to any moment"), self.then, beside=self.then_button)
        self.body.addWidget(self._then_row)
        pieces = button(
            self.tr("Bring single pieces back…"), self.bring_pieces, icon="archive-restore"
        )
        self._row(pieces)

    def _row(self, *buttons: QWidget) -> None:
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        for one in buttons:
            row.addWidget(one)
        row.addStretch(1)
        self.body.addLayout(row)

    def refresh(self) -> None:
        """Read how the library is kept, in the background."""
        studio = self._studio
        self._window.tasks.run(
            attached(studio, lambda: standing(studio)), self._show, self._on_error, owner=self
        )

    def _show(self, now: Standing) -> None:
        never = self.tr("never")
        known = now.known
        newest = wording.when(now.snapshots[0].moment, now_ms()) if now.snapshots else never
        whole = wording.when(known.full_at, now_ms()) if known.full_at else never
        tried = wording.when(known.drill_at, now_ms()) if known.drill_at else never
        rows = [
            (self.tr("Last snapshot, checked"), newest),
            (self.tr("Last full backup"), whole),
            (self.tr("Place of full backups"), now.place or self.tr("none chosen")),
            (self.tr("Last trial restore"), tried),
        ]
        self.facts.set_rows(rows)
        wrong = known.trouble or (
            "" if known.drill_ok or not known.drill_at else known.drill_sentence
        )
        self.trouble.setText(spoken(wrong))
        self.trouble.setVisible(bool(wrong))
        self.waits.setVisible(now.looking)
        self.looked.setVisible(now.looking)
        self.days.set_value(now.every_days)
        self._show_reach(now)
        self.moments.clear()
        for one in now.snapshots:
            text = f"{wording.moment(one.moment)} · {wording.snapshot_reason(one.reason)}"
            self.moments.addItem(text, one.path.name)
        self.moments.setCurrentIndex(0 if now.snapshots else -1)
        self.back_button.setEnabled(bool(now.snapshots))

    def _show_reach(self, now: Standing) -> None:
        """Say honestly which moments can be reached."""
        self.then.setVisible(bool(now.reach))
        self.then_button.setVisible(bool(now.reach))
        self.then_button.setEnabled(bool(now.reach))
        if not now.reach:
            self._then_row.say(self.tr("No moment in between yet: it begins with a snapshot."))
            return
        self.then.set_reach(now.reach[0].begin, now_ms())
        lines = [
            self.tr("To within a tenth of a second, any moment from %1 until now.")
            if stretch is now.reach[-1] and now.goes_on
            else self.tr("From %1 to %2.")
            for stretch in now.reach
        ]
        self._then_row.say(
            " ".join(
                line.replace("%1", wording.moment(one.begin)).replace("%2", wording.moment(one.end))
                for line, one in zip(lines, now.reach, strict=True)
            )
        )

    def take_snapshot(self) -> None:
        """Copy the database now."""
        studio = self._studio

        def op(_progress: Progress, cancelled: threading.Event) -> object:
            return snapshots.take(studio, Reason.ASKED, reading.stopping(cancelled))

        self._begin(op, self.tr("Taking a snapshot"), lambda _made: self.tr("Snapshot taken."))

    def back_up(self) -> None:
        """Make a full backup where the settings say, or ask for the place first."""
        place = self._studio.settings.value.backup_place
        if place:
            self._back_up_to(place)
        else:
            self.choose_place()

    def _back_up_to(self, place: str) -> None:
        studio = self._studio

        def op(progress: Progress, cancelled: threading.Event) -> object:
            return full.make(studio, Path(place), progress, cancelled)

        self._begin(op, self.tr("Backing up"), self._backed_up)

    def _backed_up(self, made: full.Made) -> str:
        if made.missing:
            text = self.tr("Backed up, but %1 pictures are missing or damaged in the library.")
            return text.replace("%1", wording.count(len(made.missing)))
        text = self.tr("Backed up: %1 pictures, %2 of them new.")
        return text.replace("%1", wording.count(made.pictures)).replace(
            "%2", wording.count(made.copied)
        )

    def try_restore(self) -> None:
        """Restore on trial what there is."""
        studio = self._studio
        self._begin(
            lambda progress, cancelled: drill.drill(studio, progress, cancelled),
            self.tr("Trying a restore"),
            lambda found: spoken(found.sentence),
        )

    def choose_place(self) -> None:
        """Ask for the folder of full backups, and make one there."""
        place = QFileDialog.getExistingDirectory(self, self.tr("Where full backups are kept"))
        if place:
            self._keeper.keep(backup_place=place)
            self._back_up_to(place)

    def bring_pieces(self) -> None:
        """Open the list of what backups have and the library has not."""
        from stylestudio_desktop.ui.settings.pieces import PiecesDialog

        self.dialog = PiecesDialog(self._window, self._studio, self)
        self.dialog.open()

    def go_back(self) -> None:
        """Ask, then build the library of the chosen moment; the next start puts it in place."""
        name = self.moments.currentData()
        if name is None:
            self._window.toast(self.tr("There is no snapshot to go back to."), "warning")
            return
        place, self._asked = self._studio.workspace, 0
        when = self.moments.currentText().partition(" · ")[0]
        self._ask_to_go(when, lambda: snapshots.find(place, name))

    def go_back_to(self) -> None:
        """Ask, then build the library as it was at the moment that was typed."""
        place = self._studio.workspace
        self._asked = moment = self.then.moment()
        self._ask_to_go(self.then.text(), lambda: moments.find(place, moment))

    def _ask_to_go(self, when: str, origin: Callable[[], restore.Origin]) -> None:
        text = self.tr(
            "The library will be as it was then. What was done after that is not in it, but is "
            "kept whole in a folder of its own. What you bought stays yours."
        )
        go = partial(self._begin, partial(self._restore, origin), self.tr("Restoring"), self._ready)
        self.question = ask(
            self,
            self.tr("Go back to %1?").replace("%1", when),
            text,
            Answer(self.tr("Go back"), "primary", go),
            self.tr("Stay here"),
        )

    def _restore(
        self,
        origin: Callable[[], restore.Origin],
        progress: Progress,
        cancelled: threading.Event,
    ) -> object:
        place = self._studio.workspace
        made = restore.stage(place, origin(), None, progress, cancelled)
        swap.plan(place, made.stage, made.settings)
        return made

    def _ready(self, made: restore.Restored) -> str:
        text = self.tr("Ready. Close the program and start it again: it opens as it was then.")
        if made.moment <= self._asked - 100:  # a tenth of a second is what is promised
            text = self.tr(
                "What was written last before that moment can't be brought back. The library of %1 "
                "is ready: close the program and start it again."
            ).replace("%1", wording.moment(made.moment))
        if not made.missing:
            return text
        more = self.tr(
            "The files of %1 pictures are lost here; Health fetches them from a full backup then."
        )
        return f"{text} {more.replace('%1', wording.count(len(made.missing)))}"

    def _begin(
        self,
        op: Callable[[Progress, threading.Event], object],
        text: str,
        said: Callable[[Any], str],
    ) -> None:
        if self.errand.busy:
            self._window.toast(self.tr("One thing at a time: wait for it, or stop it."), "warning")
            return
        self._said = said
        self.progress.set(None, text)
        self._text = text
        self.progress.show()
        self.errand.start(op)

    def _on_moved(self, share: float, held_up: str) -> None:
        self.progress.set(share, held_up or self._text, "" if held_up else self.errand.left())

    def _on_done(self, result: object) -> None:
        self.progress.hide()
        again = (self.tr("Open it now"), self._window.open_again)
        offer = again if isinstance(result, restore.Restored) else None
        self._window.toast(self._said(result), "good", offer)
        self.refresh()

    def _on_failed(self, error: StudioError | None) -> None:
        self.progress.hide()
        if error is not None:
            self._window.tell(error)
        else:
            self._window.toast(self.tr("Stopped. What was finished before stays."))
        self.refresh()

    def _on_error(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)

    def _on_looked(self) -> None:
        studio = self._studio
        self._window.tasks.run(
            attached(studio, lambda: steering.resume_queue(studio)),
            lambda _nothing: self.refresh(),
            self._on_error,
            owner=self,
        )
