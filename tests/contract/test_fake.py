"""The fake that other tests stand on keeps the same contract, as far as a memory can."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.protocol import Kind, Lost, Provider, ProviderError, RemoteRef
from tests.contract import test_suite as suite
from tests.contract.case import KEY, Case, context_in, job
from tests.contract.standin import Reply, Seen
from tests.factories import FakeProvider

ERRORS = {
    "rate": ProviderError(Kind.RATE, "It asks to wait a while.", retry_after_s=7),
    "bad key": ProviderError(Kind.AUTH, "It does not know the key."),
    "no credit": ProviderError(Kind.PAYMENT, "It asks for credit first."),
    "lost": ProviderError(Kind.AMBIGUOUS, "Nobody knows what came of it."),
}


class Fake(Case):
    """Its memory plays the server, so it outlives a restart of the program."""

    name = "fake"
    model = "plain"
    order = "submit"
    asks = "poll"
    finds_lost = True
    free = True
    cancels = True
    needs_key = False

    def __init__(self) -> None:
        self.made = FakeProvider()
        super().__init__()

    @property
    def accepted(self) -> list[str]:
        return [work.intent_id for work in self.made.asked]

    @accepted.setter
    def accepted(self, value: list[str]) -> None:
        assert not value

    @property
    def held(self) -> bool:
        return self.made.hold.is_set()

    @held.setter
    def held(self, value: bool) -> None:
        self.made.hold.set() if value else self.made.hold.clear()

    def provider(self, http: Http, key: str | None = KEY) -> Provider:
        if self.made.asked:
            self.made.lost = RemoteRef(f"remote-{self.made.asked[-1].intent_id}")
        return self.made

    def break_next(self, what: str, kind: str) -> None:
        verb = "submitted" if kind == "lost" else "submit"
        self.made.faults[verb] = [ERRORS[kind]]

    def reply(self, seen: Seen) -> Reply:
        raise AssertionError("nobody asks a fake over the network")


@pytest.fixture
def case() -> Iterator[Fake]:
    made = Fake()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("test", "more"),
    [
        (suite.test_the_card_tells_the_truth, {}),
        (suite.test_pictures_come_home, {"count": 1}),
        (suite.test_pictures_come_home, {"count": 4}),
        (suite.test_a_person_goes_along, {}),
        (suite.test_it_is_ready, {}),
        (suite.test_what_a_service_answers_to_an_order, {"how": "rate", "kind": Kind.RATE}),
        (suite.test_what_a_service_answers_to_an_order, {"how": "bad key", "kind": Kind.AUTH}),
        (suite.test_what_a_service_answers_to_an_order, {"how": "no credit", "kind": Kind.PAYMENT}),
        (suite.test_an_order_is_never_sent_twice_by_the_adapter, {"how": "lost"}),
        (suite.test_a_lost_answer_is_found_again_or_said_to_be_unknown, {}),
        (suite.test_an_order_that_never_arrived, {}),
        (suite.test_a_restart_while_it_runs, {}),
        (suite.test_a_restart_between_the_end_and_the_download, {}),
        (suite.test_a_restart_between_the_answer_and_its_commit, {}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_fake_keeps_the_contract(
    case: Fake, tmp_path: Path, test: Callable[..., None], more: dict[str, Any]
) -> None:
    http = Http()
    given = {
        "case": case,
        "http": http,
        "provider": case.provider(http),
        "context": context_in(tmp_path / "job"),
        "work": job(tmp_path, model="plain"),
        "tmp_path": tmp_path,
        **more,
    }

    test(**{name: given[name] for name in inspect.signature(test).parameters})


def test_the_fake_says_that_nothing_arrived(tmp_path: Path) -> None:
    work = job(tmp_path, model="plain")

    found = FakeProvider().find_lost(work, 0, context_in(tmp_path / "job"))

    assert found is Lost.NOT_SENT
