"""Hosts the queue without any window: claims what is due, and lets each job make its journey."""

import logging
import shutil
import threading
import time
from collections.abc import Callable, Collection

from stylestudio_desktop.config.presence import Presence
from stylestudio_desktop.domain.errors import Code, NotFound, StorageError, StorageFull, StudioError
from stylestudio_desktop.domain.events import Event as Fact
from stylestudio_desktop.domain.events import (
    GenerationMoved,
    GenerationProgressed,
    GenerationStarted,
    QueueChanged,
    StorageWaited,
)
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.files.disk import storing
from stylestudio_desktop.services import ballast, ledger_proof, queue
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.worker.feeder import Feeder
from stylestudio_desktop.worker.journey import Journey

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.2
SEARCH_DEAD_EVERY_S = 3.0
CLOSING_S = 8.0
FREE_FLOOR = 64 * 1_048_576
"""Bytes that must be free before new work is begun, so that what runs can still be saved."""


class Runner:
    """One host of the queue. Several may run on a workspace; no job is ever taken twice."""

    def __init__(
        self,
        studio: Studio,
        after_crash: Callable[[], None] = lambda: None,
        waits_after_crash: bool = False,
        check_after_s: float = 0.0,
    ) -> None:
        """Prepare to host `studio`'s queue; `after_crash` sweeps up if a host died before.

        With `waits_after_crash`, only work that was sent already goes on by itself then. The
        ledger is checked in the background `check_after_s` seconds after the start.
        """
        self._check_after_s = check_after_s
        self._studio = studio
        self._after_crash = after_crash
        self._closing = threading.Event()
        self._wake = threading.Event()
        self._journeys: dict[int, tuple[Journey, threading.Thread]] = {}
        self._searched = float("-inf")
        self._presence = Presence(studio.workspace.locks)
        self._waits_after_crash = waits_after_crash
        self._feeder = Feeder(studio, self._closing)
        self._found = ""

    def run(
        self,
        stop: threading.Event,
        *,
        until: Callable[[], bool] | None = None,
        only: Collection[int] | None = None,
    ) -> None:
        """Work until `stop` is set or `until` says so (asked several times a second).

        With `only`, no other generations are taken. Returns in bounded time after `stop`; what
        is unfinished stays in the queue. Raises StorageError if the library can't be used.
        """
        end_listening = self._studio.bus.subscribe(self._hear)
        check = threading.Thread(target=self._check_ledger, name="ledger-check", daemon=True)
        check.start()
        try:
            with self._presence:
                self._bury_dead(first=True)
                while not stop.is_set() and not (until is not None and until()):
                    self._round(only)
                    self._wake.wait(LOOK_EVERY_S)
                    self._wake.clear()
                self._close()
        finally:
            end_listening()
            self._closing.set()
            check.join(CLOSING_S)

    def _check_ledger(self) -> None:
        if self._closing.wait(self._check_after_s):
            return
        try:
            with self._studio.database.connection():
                ledger_proof.at_start(self._studio, self._closing.is_set)
        except StudioError as error:
            _log.warning("the ledger could not be checked: %s", error.sentence)

    def idle(self) -> bool:
        """Say whether nothing is left that this host could still do."""
        if self._journeys or not self._feeder.idle():
            return False
        return all(self._held(name) for name in queue.services_with_work(self._studio))

    def _held(self, name: str) -> bool:
        hold = queue.hold(self._studio, name)
        if hold is queue.Hold.NEW:
            return not queue.sent_waits(self._studio, name)
        return hold is queue.Hold.ALL

    def _hear(self, fact: Fact) -> None:
        if not isinstance(fact, GenerationProgressed):
            self._feeder.wake()
        if isinstance(fact, GenerationStarted | GenerationMoved | QueueChanged):
            self._wake.set()

    def _round(self, only: Collection[int] | None) -> None:
        try:
            self._reap()
            self._bury_dead()
            for generation_id in queue.wanted_stops(self._studio, self._presence.host):
                if generation_id in self._journeys:
                    self._journeys[generation_id][0].cancelled.set()
            if only is None:
                self._feeder.look()
            self._fill(only)
            self._wait_for(None)
        except StorageError as error:
            # A full or absent disk is waited for; the queue goes on by itself when it is back.
            self._wait_for(error)
            if isinstance(error, StorageFull):
                ballast.drop(self._studio.workspace)

    def _wait_for(self, error: StorageError | None) -> None:
        """Say once that the disk is waited for, and once that it is not any more."""
        found = "" if error is None else error.sentence
        if found == self._found:
            return
        self._found = found
        if error is None:
            self._studio.bus.publish(StorageWaited(""))
            return
        plain = self._plainly(error)
        _log.warning("the queue waits for storage: %s", plain.sentence)
        self._studio.bus.publish(StorageWaited(plain.sentence, plain.remedy))

    def _plainly(self, error: StorageError) -> StorageError:
        """Ask the disk itself what is wrong: to the database a read-only one looks damaged."""
        if error.code is not Code.STORAGE_BROKEN:
            return error
        probe = self._studio.workspace.locks / f"probe-{self._presence.host}"
        try:
            with storing("working off the queue"):
                probe.write_bytes(b"x")
                probe.unlink()
        except StorageError as plainer:
            return plainer
        return error

    def _reap(self) -> None:
        for generation_id, (journey, thread) in list(self._journeys.items()):
            if thread.is_alive():
                continue
            if journey.stranded:
                queue.release(self._studio, generation_id, self._presence.host)
            del self._journeys[generation_id]

    def _bury_dead(self, first: bool = False) -> None:
        moment = time.monotonic()
        if not first and moment - self._searched < SEARCH_DEAD_EVERY_S:
            return
        self._searched = moment
        crashed = self._presence.crashed()
        claimed = queue.other_hosts(self._studio, self._presence.host)
        dead = crashed | {host for host in claimed if not self._presence.alive(host)}
        if dead:
            queue.recover(self._studio, self._presence.host, sorted(dead))
        if first and dead and self._waits_after_crash:
            queue.wait_for_a_person(self._studio)
        if first and (dead or self._left_behind()):
            self._after_crash()

    def _left_behind(self) -> bool:
        """Say whether folders of ended jobs lie here, which the disk did not let go then."""
        folders = self._studio.workspace.tmp / "jobs"
        if not folders.is_dir() or not any(folders.iterdir()):
            return False
        from stylestudio_desktop.services import health_files  # hardly ever needed at a start

        return health_files.left_behind(self._studio)

    def _fill(self, only: Collection[int] | None) -> None:
        names = queue.services_with_work(self._studio)
        if not names or not self._has_room():
            return
        if only is not None:
            for generation_id in only:
                if generation_id not in self._journeys:
                    self._begin(queue.claim(self._studio, self._presence.host, generation_id))
            return
        for name in names:
            hold = queue.hold(self._studio, name)
            if hold is queue.Hold.ALL:
                continue
            sent = hold is queue.Hold.NEW
            while self._running(name) < self._places(name):
                if not self._begin(queue.claim_next(self._studio, self._presence.host, name, sent)):
                    break

    def _has_room(self) -> bool:
        if shutil.disk_usage(self._studio.workspace.root).free >= FREE_FLOOR:
            return True
        sentence = "The disk is nearly full, so no new picture is begun. Free some space."
        if not queue.paused(self._studio, "*"):
            queue.pause_service(self._studio, "*", now_ms() + 10_000, Code.STORAGE_FULL, sentence)
        return False

    def _running(self, provider: str) -> int:
        return sum(journey.provider == provider for journey, _ in self._journeys.values())

    def _places(self, provider: str) -> int:
        try:
            return self._studio.provider(provider).card.concurrency
        except NotFound:  # its package was removed: the journey fails each job in words
            return 1

    def _begin(self, claimed: queue.Claimed | None) -> bool:
        if claimed is None:
            return False
        row, job = claimed
        journey = Journey(self._studio, row, job, self._closing)
        thread = threading.Thread(
            target=self._travel, args=(journey,), name=f"journey-{row.id}", daemon=True
        )
        self._journeys[row.id] = (journey, thread)
        thread.start()
        return True

    def _travel(self, journey: Journey) -> None:
        journey.run()
        self._wake.set()  # a place is free: the next job need not wait for the next look

    def _close(self) -> None:
        self._closing.set()
        deadline = time.monotonic() + CLOSING_S
        self._feeder.join(CLOSING_S)
        for _, thread in self._journeys.values():
            thread.join(max(0.0, deadline - time.monotonic()))
        for generation_id, (journey, thread) in self._journeys.items():
            if thread.is_alive() or journey.stranded:
                queue.release(self._studio, generation_id, self._presence.host)
