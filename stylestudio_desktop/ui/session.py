"""Furnishes the window with a studio and keeps frame, queue and library in step until it closes."""

import contextlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.events import (
    BalanceChanged,
    Event,
    GenerationCompleted,
    GenerationEnded,
    GenerationProgressed,
    LedgerChecked,
    ServicePaused,
)
from stylestudio_desktop.domain.ids import GenerationId
from stylestudio_desktop.services import accounts
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.ahead import load_ahead, load_queue
from stylestudio_desktop.ui.collector import Collector
from stylestudio_desktop.ui.frame.balance import ShownBalance
from stylestudio_desktop.ui.frame.queue_strip import QueueState
from stylestudio_desktop.ui.listening import attached, listen
from stylestudio_desktop.ui.opening import application, tell_failure
from stylestudio_desktop.ui.pane import Pane
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.window import CREATE, GALLERY, HISTORY, SETTINGS, WALLET, MainWindow
from stylestudio_desktop.ui.wishes import ShowGeneration, ShowQueue

if TYPE_CHECKING:
    from stylestudio_desktop.services.overview import Overview
    from stylestudio_desktop.ui.besides import BesidesHost
    from stylestudio_desktop.worker.caretaker import Caretaker
    from stylestudio_desktop.worker.thread import WorkerThread

STRIP_MS = 1000
QUIET_MS = 40
REST_TRIES = 50
"""After so many looks the rest begins all the same: a minimised window is never painted."""

BESIDES_MS = 2500
"""When folders begin to be watched: the window stands by then, and its first pictures are there."""


def _gallery(window: MainWindow, studio: Studio) -> Pane:
    from stylestudio_desktop.ui.gallery.foreseeing import foresee

    foreseen = foresee(window, studio)
    from stylestudio_desktop.ui.gallery.pane import create_pane

    return create_pane(window, studio, foreseen)


def _create(window: MainWindow, studio: Studio) -> Pane:
    from stylestudio_desktop.ui.create.pane import create_pane

    return create_pane(window, studio)


def _history(window: MainWindow, studio: Studio) -> Pane:
    from stylestudio_desktop.ui.history.pane import create_pane

    return create_pane(window, studio)


def _wallet(window: MainWindow, studio: Studio) -> Pane:
    from stylestudio_desktop.ui.wallet.pane import create_pane

    return create_pane(window, studio)


def _settings(window: MainWindow, studio: Studio) -> Pane:
    from stylestudio_desktop.ui.settings.pane import create_pane

    return create_pane(window, studio)


_PANES: dict[str, Callable[..., Pane]] = {
    GALLERY: _gallery,
    CREATE: _create,
    HISTORY: _history,
    WALLET: _wallet,
    SETTINGS: _settings,
}


class Session(QObject):
    """One window on one studio, with the thread that works off its queue; it ends with it."""

    def __init__(
        self,
        studio: Studio,
        after_crash: Callable[[], None],
        unclean: bool = False,
        window: MainWindow | None = None,
    ) -> None:
        """Furnish the frame that is shown already, or a new one.

        After an `unclean` end the window opens in its safe first state.
        """
        if window is None:
            window = MainWindow(memory={} if unclean else studio.settings.value.window)
        super().__init__(window)
        self._studio, self.window = studio, window
        window.home = studio.workspace.root
        window.actions_.take_keys(studio.settings.value.shortcuts)
        window.furnish({name: partial(make, studio=studio) for name, make in _PANES.items()})
        self._live = listen(self.window, studio)
        self._live.happened.connect(self._on_happened)
        self._live.changed_elsewhere.connect(self._refresh)
        self.window.pause_asked.connect(self._on_pause_asked)
        show_queue = partial(self.window.open_pane, HISTORY, ShowQueue())
        self.window.queue_strip.queue_asked.connect(show_queue)
        self.window.account_asked.connect(partial(self.window.open_pane, SETTINGS))
        self.window.closing.connect(self._on_closing)
        self._after_crash = after_crash
        self._unclean = unclean
        self.worker: WorkerThread | None = None
        self._caretaker: Caretaker | None = None
        self.besides: BesidesHost | None = None
        self._leaving = False
        self._strip = QTimer(self.window)
        self._strip.timeout.connect(self._ask_strip)
        self._asking, self._looks = False, 0
        self._balance = ShownBalance(self.window, studio)
        self._quiet = QTimer(self.window)
        self._quiet.timeout.connect(self._begin_rest)
        window.actions_.wait_while(self._quiet.isActive)
        self.window.top_bar.avatar.set_user(accounts.current_user(studio).name)
        self._balance.show()

    def start(self) -> None:
        """Show the window, and let the queue run once the first pictures are there."""
        self.window.show()
        self._quiet.start(QUIET_MS)

    def _begin_rest(self) -> None:
        """Begin what can wait, as soon as the pane in front is painted with what it asked for."""
        self._looks += 1
        if self._looks < REST_TRIES and not self._stands():
            return
        self._quiet.stop()
        self.window.tasks.run(load_queue, self._rest, owner=self.window)

    def _rest(self, _loaded: None) -> None:
        if self._leaving:
            return
        from stylestudio_desktop.ui.another import tell_of_another
        from stylestudio_desktop.ui.heap import keep_flat

        keep_flat()
        self._start_worker()
        self._welcome()
        if self._unclean:
            from stylestudio_desktop.ui.aftermath import tell_of_crash

            tell_of_crash(self.window, self._studio.workspace.root)
        tell_of_another(self.window, self._studio)
        self._ask_strip()
        self._show_portrait()
        QTimer.singleShot(BESIDES_MS, self, self._start_besides)
        self._strip.start(STRIP_MS)
        load_ahead(self.window, self._studio)

    def _stands(self) -> bool:
        # Busy is asked first: between two answers a pane can look settled.
        return not self.window.tasks.busy() and self.window.pane(self.window.current).settled()

    def _welcome(self) -> None:
        if self._studio.settings.value.engine_weights_offered or self.window.damaged:
            return  # not even loaded: it brings half of the shop with it
        from stylestudio_desktop.ui.welcome import offer_welcome

        offer_welcome(self.window, self._studio)

    def _show_portrait(self) -> None:
        from stylestudio_desktop.ui.frame.portrait import show_portrait

        show_portrait(self.window, self._studio)

    def _start_besides(self) -> None:
        if self._leaving:
            return
        from stylestudio_desktop.ui.besides import BesidesHost
        from stylestudio_desktop.ui.readying import Readying

        self.besides = BesidesHost(self.window, self._studio)
        self.besides.start()
        Readying(self.window, self.besides.at_work.now).begin()

    def _start_worker(self) -> None:
        from stylestudio_desktop.worker.caretaker import Caretaker
        from stylestudio_desktop.worker.thread import WorkerThread

        self.worker = WorkerThread(self._studio, self._after_crash, self.window)
        self.worker.failed.connect(self.window.tell)
        self.worker.start()
        self._caretaker = Caretaker(self._studio)
        self._caretaker.start()
        self.window.tasks.run(
            attached(self._studio, partial(_was_bought, self._studio)),
            self._start_cashier,
            owner=self.window,
        )

    def _start_cashier(self, needed: bool) -> None:
        """See to what was paid while the window was closed, if anything was ever bought."""
        if needed:
            from stylestudio_desktop.ui.wallet.cashier import cashier

            cashier(self.window, self._studio).start()

    def _refresh(self) -> None:
        self._balance.show()
        self._ask_strip()

    def _ask_strip(self) -> None:
        if self._asking:
            return
        self._asking = True
        self.window.tasks.run(
            partial(_overview, self._studio), self._show_strip, self._strip_failed, self.window
        )

    def _show_strip(self, seen: "Overview") -> None:
        self._asking = False
        self.window.queue_strip.set_state(
            QueueState(
                running=seen.running,
                waiting=seen.waiting,
                seconds_left=seen.seconds_left,
                share=seen.share,
                paused=seen.paused,
                remark=seen.remark,
                undecided=seen.undecided,
            )
        )

    def _strip_failed(self, error: Exception) -> None:
        self._asking = False
        if not isinstance(error, StudioError):
            raise error
        self.window.queue_strip.set_state(QueueState(remark=spoken(error.sentence)))

    def _on_happened(self, event: Event) -> None:
        if isinstance(event, BalanceChanged):
            self._balance.show()
        if not isinstance(event, GenerationProgressed):
            self._ask_strip()
        if isinstance(event, LedgerChecked):
            self._balance.checked()
        if isinstance(event, LedgerChecked) and event.state == "broken":
            text = self.window.tr("The ledger's check found something. The wallet is read-only.")
            show = partial(self.window.open_pane, WALLET)
            self.window.toast(text, "bad", (self.window.tr("Open the wallet"), show))
        if isinstance(event, GenerationCompleted | GenerationEnded):
            self._tell_end(event)
        elif isinstance(event, ServicePaused):
            from stylestudio_desktop.ui.frame.paused import tell_pause

            tell_pause(self.window, event)

    def _tell_end(self, event: GenerationCompleted | GenerationEnded) -> None:
        if self.window.current in (CREATE, HISTORY):
            return
        show = partial(
            self.window.open_pane, HISTORY, ShowGeneration(GenerationId(event.generation_id))
        )
        if isinstance(event, GenerationCompleted):
            number = len(event.file_ids)
            text = self.window.tr("%n picture(s) made and saved", "", number)
            self.window.toast(text, "good", (self.window.tr("Show"), show))
        elif event.status == "failed":
            text = self.window.tr("A picture could not be made. Its tokens are back.")
            self.window.toast(text, "bad", (self.window.tr("Show why"), show))

    def _on_pause_asked(self, pause: bool) -> None:
        from stylestudio_desktop.services import steering

        change = steering.pause_queue if pause else steering.resume_queue
        self.window.tasks.run(partial(change, self._studio), owner=self.window)

    def _on_closing(self) -> None:
        self._leaving = True
        self._quiet.stop()
        self._strip.stop()
        self.window.hide()
        # Bounded: what the worker can't finish in time stays in the queue for the next start.
        if self._caretaker is not None:
            self._caretaker.close()
        if self.worker is not None:
            self.worker.close()
        from stylestudio_desktop.services.sitting import remember_window

        with contextlib.suppress(StudioError):  # a full disk must not keep the window from closing
            remember_window(self._studio, self.window.memory(), self.window.touched())


def _overview(studio: Studio) -> "Overview":
    from stylestudio_desktop.services.overview import overview

    return overview(studio)


def _was_bought(studio: Studio) -> bool:
    # What buying needs is loaded here, behind the window.
    from stylestudio_desktop.services import reconciling

    return reconciling.needed(studio)


def run(
    window: MainWindow,
    open_studio: Callable[[], Studio],
    after_crash: Callable[[Studio], None],
    unclean: bool,
    failed: Callable[[MainWindow, StudioError], int] = tell_failure,
) -> int:
    """Furnish the frame and return the exit code, or REOPEN or SWITCH, once it is closed.

    `failed` is asked for the code where the library can't be opened; by itself it says so: 5.
    """
    app = application()
    try:
        studio = open_studio()
    except StudioError as error:
        return failed(window, error)
    if accounts.is_guarded(studio):
        from stylestudio_desktop.ui.unlock import admitted

        guest = admitted(studio, window)
        if guest is None:
            window.close()
            return 0
        if guest.user_id != studio.user_id:
            window.take_over(guest.settings.value.window)
        studio = guest
    session = Session(studio, partial(after_crash, studio), unclean, window)
    session.start()
    collector = Collector(app)
    code = app.exec()
    collector.close()
    asked = session.window.property("reopen")
    return asked if isinstance(asked, int) else code
