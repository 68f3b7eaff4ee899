"""What an order will ask is loaded beside its work from the first moment, each network once."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from stylestudio_desktop.engine import weights
from stylestudio_desktop.engine.foreseen import asked_by
from stylestudio_desktop.engine.networks import NEEDED, SALIENT_SIDES, Networks
from stylestudio_desktop.engine.order import Order
from stylestudio_desktop.engine.server import Server
from tests.engine.conftest import SAMPLES

LIMIT_S = 20.0
TEE = SAMPLES / "products" / "tee-print.jpg"
WOMAN = SAMPLES / "people" / "person-1.jpg"
DRAWN = SAMPLES / "people" / "mannequin-narrow.jpg"
LOOKS = ("u2netp", SALIENT_SIDES[0])


class Slow(Networks):
    """Networks of which the first is ready once somebody asks for the second."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, 1)
        self.second = threading.Event()
        self.made: list[str] = []
        self.broken = False

    def _ready(self, name: str, side: int) -> Any:
        if name == "u2netp":
            self.second.set()
        assert self.second.wait(LIMIT_S)
        self.made.append(name)
        if self.broken:
            raise RuntimeError("half a file")
        return SimpleNamespace(name=name)


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Slow]:
    """Two networks at hand."""
    for name in ("modnet", "u2netp"):
        weights.place(name, tmp_path).write_bytes(b"weights")
    made = Slow(tmp_path)
    yield made
    made.second.set()


def order(*people: Path, **changes: Any) -> Order:
    return Order.read({"products": [TEE], "people": people, "width": 320, "height": 320, **changes})


def test_a_network_loads_beside_the_work_and_once(slow: Slow) -> None:
    slow.begin([("modnet", 0), ("u2netp", 320)])
    assert slow.load("u2netp", 320) is slow.load("u2netp", 320)
    assert slow.load("modnet") is slow.load("modnet")
    slow.begin([("modnet", 0), ("u2netp", 320)])
    assert sorted(slow.made) == ["modnet", "u2netp"]


def test_what_is_not_here_is_not_begun(slow: Slow) -> None:
    slow.begin([("pose_landmark", 0)])
    assert slow._loaded == {}


def test_what_could_not_be_loaded_is_told_and_tried_again(slow: Slow) -> None:
    slow.broken = True
    slow.second.set()
    slow.begin([("modnet", 0), ("u2netp", 320)])
    while len(slow.made) < 2:
        threading.Event().wait(0.01)
    with pytest.raises(RuntimeError, match="half a file"):
        slow.load("modnet")
    slow.broken = False
    assert slow.load("modnet") is slow.load("modnet")


def test_an_order_asks_for_what_it_needs(tmp_path: Path) -> None:
    for name in ("u2netp", *NEEDED):
        weights.place(name, tmp_path).write_bytes(b"weights")
    networks = Networks(tmp_path, 1)
    people = [(name, 0) for name in NEEDED]
    assert asked_by(order(), networks) == [LOOKS]
    assert asked_by(order(quality="draft"), networks) == [("u2netp", SALIENT_SIDES[1])]
    assert asked_by(order(WOMAN), networks) == [LOOKS, *people]
    assert asked_by(order(DRAWN), networks) == [LOOKS]
    assert asked_by(order(WOMAN, masks=[TEE]), networks) == people
    assert asked_by(order(WOMAN, quality="draft"), networks, checked=True) == [LOOKS, *people]
    assert asked_by(order(background=str(TEE)), networks, checked=True) == [LOOKS]
    assert asked_by(order(), networks, checked=True) == []
    weights.place("recognition", tmp_path).write_bytes(b"weights")
    assert asked_by(order(DRAWN), networks, checked=True) == [LOOKS, ("recognition", 0)]
    assert asked_by(order(), networks) == [LOOKS, ("recognition", 0)]
    named = {"options": {"garment": "top"}}
    assert asked_by(order(**named), networks) == [LOOKS]
    assert asked_by(order(DRAWN, **named), networks) == [LOOKS, ("recognition", 0)]
    draft = order(DRAWN, quality="draft", **named)
    assert asked_by(draft, networks) == [("u2netp", SALIENT_SIDES[1]), LOOKS, ("recognition", 0)]


def test_the_engine_begins_them_before_its_work(slow: Slow) -> None:
    server = Server(SimpleNamespace(say=lambda **words: None), slow)  # type: ignore[arg-type]
    begun: list[object] = []
    slow.begin = begun.extend  # type: ignore[assignment, method-assign]
    message = {"op": "check", "products": [str(TEE)], "people": [str(WOMAN)]}
    answer = server._answer("7", message)
    assert "not installed" in answer["reasons"][0]
    assert begun == [LOOKS, *((name, 0) for name in NEEDED)]


def test_what_was_made_ready_is_kept_once_nobody_waits(slow: Slow) -> None:
    server = Server(SimpleNamespace(say=lambda **words: None), slow)  # type: ignore[arg-type]
    idle: list[bool] = []

    def preserve(nobody_waits: Callable[[], bool]) -> None:
        idle.append(nobody_waits())
        if len(idle) == 2:
            server._waiting.put(None)

    slow.preserve = preserve  # type: ignore[method-assign]
    for job in ("1", "2"):
        server._take({"op": "check", "job": job, "products": [str(TEE)]})
    server.work()
    assert idle == [False, True]


def test_a_command_that_makes_one_picture_keeps_what_was_made_ready(slow: Slow) -> None:
    """It closes the engine as soon as its picture is there."""
    server = Server(SimpleNamespace(say=lambda **words: None), slow)  # type: ignore[arg-type]
    idle: list[bool] = []

    def answered(_job: str, _message: dict[str, Any]) -> dict[str, Any]:
        server.listen([b'{"op": "quit"}'])
        return {}

    server._answer = answered  # type: ignore[method-assign]
    slow.preserve = lambda nobody_waits: idle.append(nobody_waits())  # type: ignore[method-assign]
    server._take({"op": "check", "job": "1"})
    server.work()
    assert idle == [True]
