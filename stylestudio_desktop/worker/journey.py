"""One job's way from claimed to settled: check, send, follow, fetch, save, charge."""

import contextlib
import logging
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

from stylestudio_desktop.domain.errors import BadInput, Code, StorageError
from stylestudio_desktop.domain.events import GenerationProgressed
from stylestudio_desktop.domain.generation import Review, Status
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.records import Generation, Job
from stylestudio_desktop.files.disk import storage_error
from stylestudio_desktop.providers.protocol import (
    Context,
    Finished,
    Kind,
    Lost,
    Output,
    Prepared,
    Provider,
    ProviderError,
    RemoteRef,
    State,
)
from stylestudio_desktop.services import attempts, finishing, queue, sending
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.worker import retrying, workdirs
from stylestudio_desktop.worker.guarded import guarded

_log = logging.getLogger(__name__)

TOLD_EVERY_S = 0.1
KEPT_EVERY_S = 1.0
STORAGE_MS = 15_000
"""For how long a job waits that the disk refused; then it is tried again."""


class Interrupted(Exception):
    """The host is closing; the job goes back into the queue as it stands."""


class Cancelled(Exception):
    """Somebody wants the job stopped."""


class SetAside(Exception):
    """A person must decide how the job goes on."""


class Journey:
    """Carries one claimed job to its end, or back into the queue; every step is durable."""

    def __init__(self, studio: Studio, row: Generation, job: Job, closing: Event) -> None:
        """Take over `job`, claimed by this host; `closing` asks to stop in good order."""
        self.generation_id = row.id
        self.provider = job.provider
        self.cancelled = Event()
        self.stranded = False
        self._studio = studio
        self._row = row
        self._job = job
        self._closing = closing
        self._ref: RemoteRef | None = queue.ref_of(job)
        self._workdir = studio.workspace.tmp / "jobs" / job.intent_id
        self._told = self._kept = 0.0

    def run(self) -> None:
        """Go the whole way. Never raises: every end is in the database, or retried by the host."""
        with self._studio.database.connection():
            try:
                self._travel()
            except Exception as error:
                # A fault of ours must not take the queue down with it, and must not lose tokens.
                _log.exception("generation %d met an unexpected fault", self.generation_id)
                self._fail(
                    Code.SERVICE_FAILED,
                    f"Something unexpected went wrong ({type(error).__name__}). Your photos are "
                    "safe. Try again.",
                )

    def _travel(self) -> None:
        studio = self._studio
        try:
            self._provider = guarded(studio.provider(self.provider))  # NotFound: it fails
            self._workdir.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._work()
            self._tidy()
        except Interrupted:
            self._end(lambda: queue.release(studio, self.generation_id, self._job.host or ""))
        except Cancelled:
            self._stop()
        except SetAside:
            self._end(lambda: queue.set_aside(studio, self.generation_id, Review.OUTCOME_UNKNOWN))
        except ProviderError as error:
            self._judge(error)
        except StorageError as error:
            self._wait_for_storage(error)
        except OSError as error:
            self._wait_for_storage(storage_error(error, "working on a picture"))
        except BadInput as error:
            self._fail(retrying.code_of(error), error.sentence)

    def _work(self) -> None:
        studio = self._studio
        if self._job.cancel_requested:
            raise Cancelled
        if self._row.status == Status.PENDING.value:
            queue.advance(studio, self.generation_id, Status.UPLOADING)
        prepared = queue.prepare(studio, self._row, self._job)
        outputs = queue.outputs_of(self._job)
        try:
            saved = self._saved(self._outputs(prepared) if outputs is None else outputs)
        except ProviderError as error:
            if error.kind is not Kind.GONE or not self._may_send_again(prepared):
                raise
            saved = self._saved(self._outputs(prepared))
        row = queue.current(studio, self.generation_id)
        if row is not None and row.status == Status.PROCESSING.value:
            finishing.complete(studio, row, saved)

    def _outputs(self, prepared: Prepared) -> tuple[Output, ...]:
        studio, provider = self._studio, self._provider
        if self._ref is None and self._job.submitted_at is not None:
            self._ref = self._find_lost(prepared, self._job.submitted_at)
        if self._ref is None:
            sent = self._send(provider, prepared)
            if isinstance(sent, Finished):
                queue.keep_outputs(studio, self.generation_id, sent.outputs)
                return sent.outputs
            self._ref = sent
            queue.keep_ref(studio, self.generation_id, sent)
        outputs = self._follow(provider, self._ref)
        queue.keep_outputs(studio, self.generation_id, outputs)
        return outputs

    def _send(self, provider: Provider, prepared: Prepared) -> RemoteRef | Finished:
        studio = self._studio
        ready = sending.ready(studio, prepared, self._workdir, self.cancelled)
        self._look_up()
        moment = now_ms()
        with studio.database.write():
            queue.about_to_send(studio, self.generation_id)
            sending.keep(studio, self._job, ready)
        try:
            return provider.submit(ready.job, self._context())
        except ProviderError as error:
            if error.kind is not Kind.AMBIGUOUS:
                # The service said so itself, or nothing went out: it has nothing of ours.
                queue.not_sent(self._studio, self.generation_id)
                raise
            found = self._find_lost(prepared, moment)
            if found is None:
                raise ProviderError(Kind.NOT_SENT, error.sentence, transient=True) from error
            return found

    def _find_lost(self, prepared: Prepared, submitted_at: int) -> RemoteRef | None:
        found = self._provider.find_lost(prepared, submitted_at, self._context())
        if found is Lost.UNKNOWN:
            raise SetAside
        if found is Lost.NOT_SENT:
            queue.not_sent(self._studio, self.generation_id)
            return None
        assert isinstance(found, RemoteRef)  # noqa: S101 - the only other answer there is
        queue.keep_ref(self._studio, self.generation_id, found)
        return found

    def _may_send_again(self, prepared: Prepared) -> bool:
        """Ask whether a job that the service no longer knows may be sent anew, without cost."""
        current = queue.place(self._studio, self.generation_id)
        if current is None or current.tries >= retrying.SENDS_ALLOWED:
            return False
        since = self._job.submitted_at or self._row.created_at
        if self._provider.find_lost(prepared, since, self._context()) is not Lost.NOT_SENT:
            return False
        self._forget()
        return True

    def _forget(self) -> None:
        """Note that the service has nothing of the job any more, so that none waits for it."""
        queue.not_sent(self._studio, self.generation_id)
        self._ref = None
        self._job = self._job._replace(submitted_at=None, ref=None, outputs=None)

    def _follow(self, provider: Provider, ref: RemoteRef) -> tuple[Output, ...]:
        pause, longest = provider.card.poll_s
        faults = 0
        deadline = provider.card.deadline_s
        begun = time.monotonic()
        while True:
            self._look_up()
            try:
                update = provider.poll(ref, self._context())
                faults = 0
            except ProviderError as error:
                faults += 1
                if not error.transient or faults > retrying.FAULTS_ALLOWED:
                    raise
                self._rest(max(error.retry_after_s or 0.0, retrying.backed_off(1.0, faults)))
                continue
            if update.state is State.SUCCEEDED:
                return update.outputs
            if update.state is State.CANCELLED:
                raise Cancelled
            if update.state is State.GONE:
                raise ProviderError(Kind.GONE, retrying.GONE)
            if update.state is State.FAILED:
                self._forget()
                able = sending.offered(self._studio, self._row)
                raise retrying.last_word(update.error, able.charges_on_failure)
            self._tell(update.stage, update.progress)
            if deadline is not None and time.monotonic() - begun > deadline:
                with contextlib.suppress(ProviderError):
                    provider.cancel(ref, self._context())
                raise SetAside if provider.card.remote else retrying.overdue(deadline)
            self._rest(pause)
            pause = min(longest, pause * 1.3)

    def _saved(self, outputs: tuple[Output, ...]) -> list[finishing.Saved]:
        return [self._fetch(output) for output in outputs]

    def _fetch(self, output: Output, again: bool = True) -> finishing.Saved:
        """Fetch and check one picture; it is paid for, so a damaged one is fetched once more."""
        partial = self._workdir / f"result-{output.position}.part"
        self._download(output, partial)
        try:
            return finishing.save_result(self._studio, partial, output, self._row)
        except BadInput as error:
            partial.unlink(missing_ok=True)
            if again:
                return self._fetch(output, again=False)
            raise retrying.unusable(self._provider.card.name, error) from error

    def _download(self, output: Output, partial: Path) -> None:
        for fault in range(1, retrying.FAULTS_ALLOWED + 1):
            self._look_up()
            try:
                self._provider.fetch(output, partial, self._context())
                return
            except ProviderError as error:
                if not error.transient or fault == retrying.FAULTS_ALLOWED:
                    raise
                self._rest(max(error.retry_after_s or 0.0, retrying.backed_off(1.0, fault)))

    def _look_up(self) -> None:
        if self.cancelled.is_set():
            raise Cancelled
        if self._closing.is_set():
            raise Interrupted

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._look_up()
            self.cancelled.wait(min(left, 0.1))
        self._look_up()

    def _context(self) -> Context:
        return Context(cancelled=self.cancelled, workdir=self._workdir, report=self._tell)

    def _tell(self, stage: str, progress: float | None) -> None:
        """Show progress: often to this process, and once a second to every other one."""
        moment = time.monotonic()
        if moment - self._told < TOLD_EVERY_S:
            return
        self._told = moment
        if moment - self._kept >= KEPT_EVERY_S:
            self._kept = moment
            queue.progress(self._studio, self.generation_id, stage, progress)
        else:
            self._studio.bus.publish(GenerationProgressed(self.generation_id, stage, progress))

    def _stop(self) -> None:
        if self._ref is not None:
            try:
                self._provider.cancel(self._ref, self._context())
            except ProviderError as error:
                _log.warning("stopping %d at the service: %s", self.generation_id, error.sentence)
        self._end(lambda: finishing.stop(self._studio, self.generation_id))

    def _judge(self, error: ProviderError) -> None:
        """Do what the retry table says (services, 3.2)."""
        studio = self._studio
        if error.kind is Kind.CANCELLED:
            self._stop()
            return
        if error.kind in retrying.WAITING_KINDS or (
            error.kind is Kind.PROVIDER and error.transient
        ):
            current = queue.place(studio, self.generation_id)
            tries = current.tries if current else 1
            # Work that the service has accepted may be paid for: it is waited for, never dropped.
            accepted = self._ref is not None
            if tries < retrying.SENDS_ALLOWED or error.kind is Kind.RATE or accepted:
                self._try_later(error, tries)
                return
            error.sentence = retrying.given_up(error.sentence, tries)
        code = retrying.CODES.get(error.kind, Code.SERVICE_FAILED)
        if error.kind in (Kind.AUTH, Kind.PAYMENT):
            queue.pause_service(studio, self.provider, None, code, error.sentence)
            if self._ref is not None:
                # It is paid for and waits there: it goes on as soon as the service is cured.
                later = now_ms() + 30_000
                self._end(lambda: queue.wait_until(studio, self._job, later), ended=False)
                return
        self._fail(code, error.sentence)

    def _fail(self, code: Code, sentence: str) -> None:
        said = retrying.ended(sentence)
        self._end(lambda: finishing.fail(self._studio, self.generation_id, code, said))

    def _try_later(self, error: ProviderError, tries: int) -> None:
        base = 10.0 if error.kind is Kind.RATE else 2.0
        seconds = error.retry_after_s or retrying.backed_off(base, tries)
        until = now_ms() + round(seconds * 1000)
        if error.kind is Kind.RATE:
            queue.pause_service(
                self._studio, self.provider, until, Code.SERVICE_BUSY, error.sentence
            )
        why = f"{error.sentence} It is tried again by itself."
        self._end(lambda: queue.wait_until(self._studio, self._job, until, why), ended=False)

    def _wait_for_storage(self, error: StorageError) -> None:
        """Nothing is given up for a full or missing disk: the job waits until there is room."""
        _log.warning("generation %d waits for storage: %s", self.generation_id, error.sentence)
        until, why = now_ms() + STORAGE_MS, error.sentence
        self._end(lambda: queue.wait_until(self._studio, self._job, until, why), ended=False)

    def _end(self, write: Callable[[], None], ended: bool = True) -> None:
        try:
            write()
        except StorageError as error:
            # The database itself can't be written now; the host gives the job back later.
            _log.warning("generation %d is stranded: %s", self.generation_id, error.sentence)
            self.stranded = True
            return
        if ended:
            self._tidy()

    def _tidy(self) -> None:
        row = queue.current(self._studio, self.generation_id)
        if row is None or not attempts.is_open(row):
            workdirs.remove(self._workdir)
