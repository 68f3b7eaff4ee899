"""An adapter that breaks its promise loses no paid picture, and no order is sent twice for it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.generation import Review, Status
from stylestudio_desktop.domain.records import Generation
from stylestudio_desktop.providers.protocol import Kind, Lost, ProviderError, RemoteRef
from stylestudio_desktop.services import attempts, generate, queue, wallet
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.worker import retrying
from stylestudio_desktop.worker.guarded import guarded
from stylestudio_desktop.worker.runner import Runner
from tests.factories import FakeProvider, brief_for, import_photo, open_test_studio


@dataclass
class Erratic(FakeProvider):
    """A service elsewhere whose adapter breaks or answers nonsense in one verb, some times."""

    name: str = "erratic"
    remote: bool = True
    verb: str = ""
    times: int = 1
    nonsense: bool = False

    def __getattribute__(self, name: str) -> Any:
        genuine = super().__getattribute__(name)
        verbs = ("submit", "poll", "fetch", "find_lost", "cancel")
        if name not in verbs or name != super().__getattribute__("verb") or self.times < 1:
            return genuine
        self.times -= 1

        def broken(*given: Any) -> Any:
            if name != "fetch":
                genuine(*given)  # the service has done it; only the answer was not understood
            if self.nonsense:
                return {"status": "ok"}
            raise KeyError("no such key")

        return broken


@pytest.fixture
def service() -> Erratic:
    return Erratic(lost=Lost.UNKNOWN)


@pytest.fixture
def studio(tmp_path: Path, service: Erratic, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setattr(retrying, "backed_off", lambda _base, _tries: 0.005)
    opened = open_test_studio(tmp_path, {"erratic": service})
    opened.settings.change(services=[{"id": "erratic"}])
    yield opened
    close_studio(opened)


def host(studio: Studio, until: Callable[[], bool] | None = None) -> None:
    runner, stop = Runner(studio), threading.Event()
    timer = threading.Timer(20, stop.set)
    timer.start()
    runner.run(stop, until=until or runner.idle)
    assert not stop.is_set()
    timer.cancel()


def begin(studio: Studio, tmp_path: Path) -> Generation:
    return generate.start(studio, brief_for(import_photo(studio, tmp_path), provider="erratic"))


@pytest.mark.parametrize("nonsense", [False, True])
def test_an_order_whose_answer_broke_the_adapter_waits_for_a_person(
    studio: Studio, service: Erratic, tmp_path: Path, nonsense: bool
) -> None:
    service.verb, service.nonsense = "submit", nonsense
    before = wallet.summary(studio).user.token_balance
    row = begin(studio, tmp_path)

    host(studio)

    place = queue.place(studio, row.id)
    assert place is not None
    assert place.review == Review.OUTCOME_UNKNOWN.value
    assert len(service.asked) == 1
    assert wallet.summary(studio).user.token_balance == before - 1


@pytest.mark.parametrize(("verb", "nonsense"), [("poll", False), ("poll", True), ("fetch", False)])
def test_an_adapter_that_breaks_over_what_was_made_is_asked_again(
    studio: Studio, service: Erratic, tmp_path: Path, verb: str, nonsense: bool
) -> None:
    service.verb, service.nonsense, service.times = verb, nonsense, 3
    row = begin(studio, tmp_path)

    host(studio, lambda: not attempts.is_open(attempts.owned(studio, row.id)))

    assert attempts.owned(studio, row.id).status == Status.COMPLETED.value
    assert len(service.asked) == 1


@pytest.mark.parametrize("nonsense", [False, True])
def test_a_search_that_breaks_proves_nothing(
    studio: Studio, service: Erratic, tmp_path: Path, nonsense: bool
) -> None:
    service.verb, service.nonsense, service.lost = "find_lost", nonsense, Lost.NOT_SENT
    service.faults["submitted"] = [ProviderError(Kind.AMBIGUOUS, "The answer was lost.")]
    row = begin(studio, tmp_path)

    host(studio)

    place = queue.place(studio, row.id)
    assert place is not None
    assert place.review == Review.OUTCOME_UNKNOWN.value
    assert len(service.asked) == 1


def test_a_search_that_can_not_be_made_now_is_no_answer(service: Erratic) -> None:
    service.faults["find_lost"] = [ProviderError(Kind.NOT_SENT, "No network.", transient=True)]
    with pytest.raises(ProviderError, match="No network"):
        guarded(service).find_lost(None, 0, None)  # type: ignore[arg-type]


def test_a_stop_that_breaks_still_stops_here(service: Erratic) -> None:
    service.verb = "cancel"
    with pytest.raises(ProviderError, match="broke down") as caught:
        guarded(service).cancel(RemoteRef("x"), None)  # type: ignore[arg-type]
    assert caught.value.transient


def test_what_is_part_of_the_program_needs_no_guard(service: Erratic) -> None:
    engine = FakeProvider()
    assert guarded(engine) is engine
    watched = guarded(service)
    assert watched.card == service.card
    assert watched.check().ready
    watched.close()
