"""What the story's buttons do: decide, run again, go where it helps."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.errors import NotFound, Remedy, StudioError
from stylestudio_desktop.domain.ids import FileId, GenerationId
from stylestudio_desktop.domain.records import Generation
from stylestudio_desktop.services import arranging, generate, steering
from stylestudio_desktop.services.alternatives import Alternative
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.history.acting import Acting
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.sections import Part
from stylestudio_desktop.ui.window import CREATE, GALLERY, HISTORY, SETTINGS, WALLET, MainWindow
from stylestudio_desktop.ui.wishes import GetTokens, MakeLarger, MakeMoreLike, ShowFiles

Offer = tuple[str, Callable[[], object]]


class Answers(QObject):
    """One method for each thing a story offers; `open_new` is called with a new generation."""

    def __init__(
        self,
        window: MainWindow,
        studio: Studio,
        acting: Acting,
        open_new: Callable[[int], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._studio = studio
        self._acting = acting
        self._open_new = open_new

    def offers(
        self, remedy: Remedy, generation_id: int, instead: Sequence[Alternative] = ()
    ) -> list[Offer]:
        """Return the buttons that help after a failure, the best first; retrying is always one.

        `instead` are services that could make the same wish now, with one click each.
        """
        retry = (self.tr("Retry"), lambda: self._acting.retry([generation_id]))
        first: dict[Remedy, Offer] = {
            Remedy.TOP_UP: (self.tr("Get tokens"), self.get_tokens),
            Remedy.OPEN_SETTINGS: (
                self.tr("Open settings"), partial(self._settings, Part.SERVICES),
            ),
            Remedy.CHANGE_PROVIDER: (
                self.tr("Try another service"), lambda: self.use_settings(generation_id),
            ),
            Remedy.CHANGE_INPUT: (
                self.tr("Change photos or settings"), lambda: self.use_settings(generation_id),
            ),
            Remedy.FREE_SPACE: (
                self.tr("See what takes room"), partial(self._settings, Part.ROOM),
            ),
            Remedy.REVEAL_FILES: (self.tr("Show the files"), self._reveal),
        }  # fmt: skip
        helps = first.get(remedy)
        others = [
            (
                wording.instead(one.provider, one.name),
                partial(self.make_elsewhere, generation_id, one.provider),
            )
            for one in instead
        ]
        if others and remedy is Remedy.CHANGE_PROVIDER:
            helps = None  # the choice stands there by name
        return [*others, *([] if helps is None else [helps]), retry]

    def make_elsewhere(self, generation_id: int, provider: str) -> None:
        """Have the same wish made by another service, and show how it gets on."""
        studio = self._studio
        self._window.tasks.run(
            attached(studio, lambda: arranging.elsewhere(studio, generation_id, provider)),
            self._on_started,
            self._on_failed,
            owner=self,
        )

    def send_again(self, generation_id: int) -> None:
        """Answer an open question with “run it again”."""
        studio = self._studio
        self._run(
            lambda: steering.send_again(studio, generation_id), self.tr("It is in the queue again.")
        )

    def let_go(self, generation_id: int) -> None:
        """Answer an open question with “let it go”."""
        studio = self._studio
        self._run(lambda: steering.let_go(studio, generation_id), self.tr("Your tokens are back."))

    def cancel(self, generation_id: int) -> None:
        """Stop what waits or runs."""
        self._acting.cancel([generation_id])

    def trash(self, generation_id: int) -> None:
        """Move it to the trash, with an undo."""
        self._acting.trash([generation_id])

    def run_again(self, brief: Brief) -> None:
        """Start a new generation from an old one's brief."""
        studio = self._studio
        self._window.tasks.run(
            attached(studio, lambda: generate.start(studio, brief)),
            self._on_started,
            self._on_failed,
            owner=self,
        )

    def use_settings(self, generation_id: int) -> None:
        """Take the settings over into Create."""
        self._window.open_pane(CREATE, MakeMoreLike(GenerationId(generation_id)))

    def make_larger(self, generation_id: int) -> None:
        """Take it to Create once more, as large as it gets."""
        self._window.open_pane(CREATE, MakeLarger(generation_id))

    def enlarges(self, provider: str, model: str | None) -> bool:
        """Say whether a service can make the same picture again, larger."""
        try:
            return generate.capabilities(self._studio, provider, model).enlarges
        except NotFound:  # the service was removed meanwhile
            return False

    def show_files(self, file_ids: Sequence[int]) -> None:
        """Open pictures in the Gallery's viewer."""
        self._window.open_pane(GALLERY, ShowFiles(tuple(FileId(one) for one in file_ids)))

    def get_tokens(self) -> None:
        """Go to the Wallet's packages."""
        self._window.open_pane(WALLET, GetTokens(HISTORY))

    def _settings(self, part: Part) -> None:
        self._window.open_pane(SETTINGS, part)

    def _reveal(self) -> None:
        place = str(self._studio.workspace.root)
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(place)):
            text = self.tr("No file manager answered. The files are in %1.").replace("%1", place)
            self._window.toast(text, "warning")

    def _run(self, op: Callable[[], object], said: str) -> None:
        def success(_done: object) -> None:
            self._window.toast(said, "good")

        self._window.tasks.run(attached(self._studio, op), success, self._on_failed, owner=self)

    def _on_started(self, row: Generation) -> None:
        self._window.toast(self.tr("Started for %n token(s).", "", row.price), "good")
        self._open_new(row.id)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)
