"""What a service gave up itself is sent anew or at its end, and nothing waits for it."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.providers.local import LocalProvider
from stylestudio_desktop.providers.protocol import (
    Charges,
    Context,
    Kind,
    ProviderError,
    RemoteRef,
    State,
    Update,
)
from stylestudio_desktop.services import attempts, generate, history, library, wallet
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.worker import retrying
from stylestudio_desktop.worker.runner import Runner
from tests.factories import FakeProvider, brief_for, fault, open_test_studio

TEE = Path(__file__).parents[2] / "resources" / "samples" / "products" / "tee-black.jpg"


class GivingUp(FakeProvider):
    """A service whose first `broken` jobs fail there, with the first error in `ends`."""

    ends: list[ProviderError]
    broken = 0

    def poll(self, ref: RemoteRef, context: Context) -> Update:
        """Say that the job failed, as often as there is an error for one."""
        if self.ends and len(self.asked) <= self.broken:
            return Update(State.FAILED, error=self.ends[0])
        return super().poll(ref, context)


class Killed(LocalProvider):
    """The engine on this computer, whose child process is killed at each of its first jobs."""

    kills = 0

    def poll(self, ref: RemoteRef, context: Context) -> Update:
        """Kill the child while it works, then tell what is known of the job."""
        update = super().poll(ref, context)
        pid = self._process.pid
        if update.state is State.RUNNING and self.kills > 0 and pid is not None:
            self.kills -= 1
            os.kill(pid, signal.SIGKILL)
        return update


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying, "backed_off", lambda *_: 0.01)


@pytest.fixture
def service() -> GivingUp:
    """A service that has nothing to complain about yet."""
    made = GivingUp()
    made.ends = []
    return made


@pytest.fixture
def engine() -> Iterator[Killed]:
    """The engine on this computer, without weights."""
    made = Killed()
    yield made
    made.close()


def ended(studio: Studio, row_id: int) -> Callable[[], bool]:
    return lambda: not attempts.is_open(attempts.owned(studio, row_id))


def worked(studio: Studio, seconds: float = 30) -> tuple[str, str]:
    """Ask for one picture, host the queue until it has ended, and return its state and words."""
    taken = library.import_files(studio, [TEE], Category.PRODUCT)
    row = generate.start(studio, brief_for(FileId(taken.files[0].id)))
    stop = threading.Event()
    timer = threading.Timer(seconds, stop.set)
    timer.start()
    try:
        Runner(studio).run(stop, until=ended(studio, row.id))
        assert not stop.is_set(), "the picture came to no end"
    finally:
        timer.cancel()
    found = history.story(studio, row.id).generation
    return found.status, found.error or ""


@pytest.mark.parametrize("kind", [Kind.PROVIDER, Kind.RATE])
def test_a_failure_that_passes_is_sent_anew(kind: Kind, service: GivingUp, tmp_path: Path) -> None:
    service.ends, service.broken = [fault(kind, transient=True, retry_after_s=0.01)], 2
    studio = open_test_studio(tmp_path, {"local": service})
    try:
        assert worked(studio) == ("completed", "")
        assert len(service.asked) == 3
    finally:
        close_studio(studio)


def test_a_failure_that_stays_ends_in_words_and_gives_the_tokens_back(
    service: GivingUp, tmp_path: Path
) -> None:
    service.ends, service.broken = [fault(Kind.PROVIDER, transient=True)], 99
    studio = open_test_studio(tmp_path, {"local": service})
    try:
        before = wallet.summary(studio).user.token_balance
        status, said = worked(studio)
        assert status == "failed"
        assert "It was tried 4 times. Your tokens are back." in said
        assert len(service.asked) == retrying.SENDS_ALLOWED
        assert wallet.summary(studio).user.token_balance == before
        assert wallet.summary(studio).held == 0
    finally:
        close_studio(studio)


@pytest.mark.parametrize("charges", [one for one in Charges if one is not Charges.NO])
@pytest.mark.parametrize("kind", [Kind.PROVIDER, Kind.RATE, Kind.NOT_SENT])
def test_what_may_have_been_billed_is_final(charges: Charges, kind: Kind) -> None:
    said = retrying.last_word(fault(kind, transient=True), charges)
    assert (said.kind, said.transient) == (Kind.PROVIDER, False)
    assert said.sentence == fault(kind).sentence


def test_a_service_that_says_nothing_is_spoken_for() -> None:
    said = retrying.last_word(None, Charges.UNKNOWN)
    assert (said.sentence, said.transient) == (retrying.FAILED, False)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
@pytest.mark.parametrize(("kills", "status"), [(1, "completed"), (99, "failed")])
def test_a_killed_engine_ends_in_a_picture_or_a_sentence(
    kills: int, status: str, engine: Killed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed once, the picture is made by a new child; killed each time, the tokens are back."""
    monkeypatch.setenv("STYLESTUDIO_ENGINE_DIR", str(tmp_path / "no-weights"))
    engine.kills = kills
    studio = open_test_studio(tmp_path, {"local": engine})
    try:
        before = wallet.summary(studio).user.token_balance
        found, said = worked(studio, seconds=180)
        assert found == status
        if status == "failed":
            assert "stopped unexpectedly" in said
            assert "Your tokens are back" in said
            assert wallet.summary(studio).user.token_balance == before
        assert wallet.summary(studio).held == 0
    finally:
        close_studio(studio)
