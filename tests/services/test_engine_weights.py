"""The engine's files as the window offers them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.errors import BadInput, Code, ServiceError
from stylestudio_desktop.engine import weights
from stylestudio_desktop.providers.registry import Providers
from stylestudio_desktop.services import engine_weights
from stylestudio_desktop.services.studio import Studio
from tests.factories import open_test_studio


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "engine"
    monkeypatch.setenv(weights.ENGINE_DIR, str(folder))
    return folder


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path)
    yield opened
    close_studio(opened)


def test_every_file_says_what_it_adds_and_under_which_licence() -> None:
    found = engine_weights.listing()

    assert found
    assert all(one.adds and one.licence and one.origin and one.size > 0 for one in found)
    assert not any(one.present for one in found)


def test_what_is_missing_leaves_the_optional_ones_out(nowhere: Path) -> None:
    first = engine_weights.missing()[0]
    nowhere.mkdir()
    (nowhere / weights.file_name(first.name)).write_bytes(b"\0" * first.size)

    names = [one.name for one in engine_weights.missing()]

    assert first.name not in names
    assert not any(one.optional for one in engine_weights.missing())
    assert len(engine_weights.missing(optional=True)) > len(names)


def test_a_switched_off_network_fetches_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "fetch", lambda *_: pytest.fail("it asked the network"))
    studio.settings.change(no_network=True)

    with pytest.raises(BadInput, match="switched off"):
        engine_weights.fetch(studio, ["u2netp"], lambda *_: None, Event())


@pytest.mark.parametrize("stopped", [False, True])
def test_a_failed_fetch_keeps_its_sentence(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, stopped: bool
) -> None:
    def failing(*_: object) -> None:
        raise weights.FetchFailed("Nobody answered. Nothing was changed. Try again.")

    monkeypatch.setattr(weights, "fetch", failing)
    cancelled = Event()
    if stopped:
        cancelled.set()

    with pytest.raises(ServiceError, match="Nobody answered") as caught:
        engine_weights.fetch(studio, ["u2netp"], lambda *_: None, cancelled)
    assert caught.value.code is (Code.CANCELLED if stopped else Code.NO_NETWORK)


def test_a_disk_that_refuses_is_told(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(weights, "fetch", failing)
    with pytest.raises(ServiceError, match="Permission denied"):
        engine_weights.fetch(studio, ["u2netp"], lambda *_: None, Event())


def test_progress_is_passed_on(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, float]] = []

    def fetch(names: list[str], progress: engine_weights.Progress, _cancelled: Event) -> None:
        for name in names:
            progress(name, 0.5)

    monkeypatch.setattr(weights, "fetch", fetch)
    engine_weights.fetch(studio, ["a", "b"], lambda *told: seen.append(told), Event())
    assert seen == [("a", 0.5), ("b", 0.5)]


def test_the_first_picture_fetches_what_the_engine_needs_and_tries_once_a_day(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def failing(names: list[str], *_: object) -> None:
        asked.append(list(names))
        raise weights.FetchFailed("Nobody answered.")

    monkeypatch.setattr(weights, "fetch", failing)
    real = replace(studio, providers=Providers())
    first = engine_weights.fetch_on_first_use

    assert first(studio, "local", lambda *_: None) is None  # not the engine itself
    assert first(real, "other", lambda *_: None) is None
    assert asked == []
    assert "with what is here" in (first(real, "local", lambda *_: None) or "")
    assert first(real, "local", lambda *_: None) is None
    assert asked == [weights.needed()]

    real.settings.change(engine_files_tried_at=0)
    monkeypatch.setattr(weights, "fetch", lambda names, *_: asked.append(list(names)))
    assert first(real, "local", lambda *_: None) is None
    assert len(asked) == 2
    monkeypatch.setattr(engine_weights, "missing", lambda: [])
    assert first(real, "local", lambda *_: None) is None
    assert len(asked) == 2
