"""The services in use: from settings to adapter, whoever wrote it; nothing breaks the list."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.providers.custom import CustomServer
from stylestudio_desktop.providers.offers import OURS
from stylestudio_desktop.providers.protocol import Kind, Lost, ProviderError, RemoteRef
from stylestudio_desktop.providers.registry import Providers
from stylestudio_desktop.providers.unusable import Unusable
from stylestudio_desktop.services import attempts, connections, generate
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.worker.runner import Runner
from tests.contract.case import context_in, job
from tests.factories import brief_for, import_photo

TOY = Path(__file__).parent / "toy"


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = open_studio(Workspace(tmp_path / "workspace"))
    yield opened
    close_studio(opened)


def test_only_the_embedded_engine_is_there_at_first(studio: Studio) -> None:
    assert list(studio.providers) == ["local"]
    assert len(studio.providers) == 1
    assert {one.id for one in connections.addable(studio)} == set(OURS)


@pytest.mark.parametrize("name", OURS)
def test_each_of_ours_can_be_added_and_is_made_once(studio: Studio, name: str) -> None:
    connections.add(studio, name)

    made = studio.providers[name]

    assert made.card.id == name
    assert studio.providers[name] is made
    assert list(studio.providers) == ["local", name]
    with pytest.raises(KeyError):
        _ = studio.providers["nothing"]


def test_other_settings_make_another_adapter(studio: Studio) -> None:
    connections.add(studio, "custom", {"base_url": "https://pictures.example/v1"})
    afar = studio.providers["custom"]
    connections.add(studio, "custom", {"base_url": "http://127.0.0.1:9/v1"})

    near = studio.providers["custom"]

    assert isinstance(near, CustomServer)
    assert near is not afar
    assert afar.card.remote
    assert not near.card.remote


def test_a_toy_from_another_package_is_a_service_like_ours(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(TOY))
    assert "toy" in [one.id for one in connections.addable(studio)]
    connections.add(studio, "toy", {"colour": "olive"}, key="a-key-for-the-toy")
    assert connections.test(studio, "toy").ready

    row = generate.start(studio, brief_for(import_photo(studio, tmp_path), provider="toy"))
    runner = Runner(studio)
    runner.run(threading.Event(), until=runner.idle)

    assert attempts.owned(studio, row.id).status == Status.COMPLETED.value


def test_a_package_that_cannot_be_loaded_is_named(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "broken-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[stylestudio.providers]\nbroken = no_such_module:Thing\nplain = threading:Thread\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert isinstance(studio.providers, Providers)
    offers = studio.providers.offers
    assert offers is not None

    problems = " ".join(offers.services().problems)

    assert "“broken” can't be loaded" in problems
    assert "“plain” brings no entry" in problems
    with pytest.raises(BadInput, match="Nothing installed here"):
        offers.adapter("nothing")
    assert offers.entry("broken") is None


def test_a_service_that_is_broken_says_so_and_breaks_nothing(
    studio: Studio, tmp_path: Path
) -> None:
    studio.settings.change(
        services=[
            {"id": "gone"},
            {"id": "custom", "settings": {"base_url": "ftp://odd"}},
            {"id": "custom"},
            "nonsense",
        ]
    )

    found = list(studio.providers.values())

    assert [one.card.id for one in found] == ["local", "gone", "custom"]
    context = context_in(tmp_path / "job")
    for one in found[1:]:
        assert isinstance(one, Unusable)
        assert not one.check().ready
        assert one.card.models[0].refusal == one.sentence
        assert one.find_lost(job(tmp_path), 0, context) is Lost.UNKNOWN
        one.cancel(RemoteRef("x"), context)
        for call in (
            lambda one=one: one.submit(job(tmp_path), context),
            lambda one=one: one.poll(RemoteRef("x"), context),
            lambda one=one: one.fetch(None, tmp_path / "x", context),
        ):
            with pytest.raises(ProviderError) as error:
                call()
            assert error.value.kind is Kind.AUTH
        one.close()


@pytest.mark.parametrize(
    "part",
    [
        "def __init__(self, *_):\n        raise ZeroDivisionError",
        "card = property(lambda self: 1 / 0)",
        "card = 'a card'",
    ],
)
def test_an_erratic_package_is_named_and_the_others_go_on(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    (tmp_path / "erraticservice.py").write_text(
        "from toyservice import Toy\n\n\nclass Erratic(Toy):\n    " + part + "\n"
    )
    info = tmp_path / "erraticservice-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: erraticservice\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[stylestudio.providers]\ntoy = erraticservice:Erratic\n"
    )
    monkeypatch.syspath_prepend(str(TOY))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "erraticservice", raising=False)
    studio.settings.change(services=[{"id": "toy"}, {"id": "comfyui"}])

    found = connections.connections(studio)

    assert [one.card.id for one in found] == ["local", "toy", "comfyui"]
    assert "is broken" in found[1].card.summary
    assert not connections.test(studio, "toy").ready
    with pytest.raises(BadInput, match="is broken"):
        generate.start(studio, brief_for(import_photo(studio, tmp_path), provider="toy"))


def test_the_switch_for_no_network_holds_for_all(studio: Studio, tmp_path: Path) -> None:
    connections.add(studio, "custom", {"base_url": "http://127.0.0.1:9/v1"})
    studio.settings.change(no_network=True)

    found = studio.providers["custom"].check()

    assert not found.ready
    assert "network" in found.sentence.lower()
