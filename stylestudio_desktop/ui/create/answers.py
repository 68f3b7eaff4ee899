"""Does what the buttons of a result card ask for, each a single use case or a wish."""

from collections.abc import Callable
from functools import partial

from stylestudio_desktop.domain.ids import FileId, GenerationId
from stylestudio_desktop.services import arranging, steering
from stylestudio_desktop.ui.create.desk import Desk
from stylestudio_desktop.ui.create.draft import Step
from stylestudio_desktop.ui.create.making import Making
from stylestudio_desktop.ui.create.result_card import Ask
from stylestudio_desktop.ui.sections import Part
from stylestudio_desktop.ui.window import CREATE, GALLERY, HISTORY, SETTINGS, WALLET, MainWindow
from stylestudio_desktop.ui.wishes import GetTokens, ShowFiles, ShowGeneration

_STEPS = {Ask.MORE: Step.LOOK, Ask.SERVICE: Step.LOOK, Ask.PHOTOS: Step.PRODUCT}


class Answers:
    """`go(step)` brings a page of the pane to the front."""

    def __init__(
        self, window: MainWindow, desk: Desk, making: Making, go: Callable[[Step], None]
    ) -> None:
        self._window, self._desk, self._making, self._go = window, desk, making, go

    def answer(self, ask: Ask, generation_id: int) -> None:
        """Do what was asked about a generation."""
        studio = self._desk.studio
        changes: dict[Ask, Callable[[], object]] = {
            Ask.CANCEL: partial(steering.cancel, studio, generation_id),
            Ask.RETRY: partial(steering.retry, studio, generation_id),
            Ask.AGAIN: partial(steering.send_again, studio, generation_id),
            Ask.LET_GO: partial(steering.let_go, studio, generation_id),
        }
        if ask in changes:
            self._desk.run(changes[ask], lambda _row: self._making.look([generation_id]))
        elif ask in _STEPS:
            self._desk.like(generation_id, partial(self._go, _STEPS[ask]))
        elif ask is Ask.INSTEAD:
            first = self._making.stories[generation_id].instead[0]
            made = partial(arranging.elsewhere, studio, generation_id, first.provider)
            self._desk.run(made, lambda row: self._making.follow([row.id]))
        elif ask is Ask.OPEN:
            results = self._making.stories[generation_id].results
            self._window.open_pane(GALLERY, ShowFiles(tuple(FileId(one.id) for one in results)))
        elif ask is Ask.STORY:
            self._window.open_pane(HISTORY, ShowGeneration(GenerationId(generation_id)))
        elif ask is Ask.TOKENS:
            self.get_tokens()
        elif ask is Ask.SETTINGS:
            self._window.open_pane(SETTINGS, Part.SERVICES)

    def get_tokens(self) -> None:
        """Open the wallet; what was chosen stays on the desk."""
        self._window.open_pane(WALLET, GetTokens(CREATE))
