"""What a service must let the suite do to it, and the work that the suite hands over."""

import io
import json
import random
import threading
import time
import uuid
from abc import ABC, abstractmethod
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from PIL import Image

from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.providers.catalogue import ServiceEntry, load_services
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.protocol import (
    Context,
    Finished,
    Kind,
    Output,
    Prepared,
    Provider,
    ProviderError,
    RemoteRef,
    State,
    Update,
)
from tests.contract.standin import Reply, Seen, Standin

KEY = "test-key-0123456789abcdef"
_CATALOGUE = load_services(resources() / "services" / "catalogue.json")


def entry_of(name: str) -> ServiceEntry:
    """Return the shipped entry with short pauses."""
    return replace(_CATALOGUE.service(name), poll_s=(0.01, 0.02))


def png(colour: str = "teal", size: tuple[int, int] = (96, 64)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def kind_of(photo: bytes) -> str:
    """Return the content type of a photo by its first bytes; nothing else may be sent."""
    if photo.startswith(b"\x89PNG"):
        return "image/png"
    assert photo.startswith(b"\xff\xd8"), "it is neither PNG nor JPEG"
    return "image/jpeg"


class Case(ABC):
    """One service as the suite sees it; a new one is made for each test.

    `order` names the request that is paid for, `asks` the one that asks for its state (empty for
    services whose answer is the result). `finds_lost` says whether a job is found again whose
    answer was lost, `people` whether photos of people can go along.
    """

    name: ClassVar[str]
    model: ClassVar[str | None] = None
    order: ClassVar[str]
    asks: ClassVar[str] = ""
    finds_lost: ClassVar[bool] = False
    free: ClassVar[bool] = False
    cancels: ClassVar[bool] = False
    needs_key: ClassVar[bool] = True
    most: ClassVar[int] = 4
    people: ClassVar[bool] = True
    refuses: ClassVar[bool] = True
    expires: ClassVar[bool] = True

    def __init__(self) -> None:
        self.held = False
        self.fate = ""  # "failed" or "refused": what becomes of runs
        self.gone = False
        self.accepted: list[str] = []
        self.server = Standin(self.reply)

    def close(self) -> None:
        self.server.close()

    @abstractmethod
    def provider(self, http: Http, key: str | None = KEY) -> Provider:
        """Make an adapter, as after a start of the program."""

    @abstractmethod
    def reply(self, seen: Seen) -> Reply:
        """Play the service."""

    def key_of(self, seen: Seen) -> str:
        return str(seen.headers.get("Authorization", "")).removeprefix("Bearer ")

    def break_next(self, what: str, kind: str) -> None:
        """Let the next `what` (“order” or “ask”) end badly in one of the usual ways."""
        replies = {
            "lost": Reply(reset=True, handled=True),
            "unreadable": Reply(200, b"<html>hello</html>", handled=True),
            "wrong types": Reply(200, {"id": 7, "prompt_id": [], "status": {}, "data": "x"}),
            "rate": Reply(429, {"error": {"message": "slow down"}}, {"Retry-After": "7"}),
            "bad key": Reply(401, {"error": {"message": f"bad key {KEY}"}}),
            "no credit": Reply(402, {"error": {"message": "top up"}}),
            "busy": Reply(503, {"error": {"message": "overloaded"}}),
            "gateway": Reply(502, b"<html>bad gateway</html>"),
            "huge": Reply(200, b"[" + b"1," * 3_000_000 if kind == "huge" else b""),
        }
        self.server.fail_next(self.order if what == "order" else self.asks, replies[kind])


def job(folder: Path, count: int = 1, people: int = 0, model: str | None = None) -> Prepared:
    """Return work with its photos on disk."""
    photos = []
    for number in range(1 + people):
        # As people's files are: a product cut out, and a photo from a camera.
        path = folder / f"photo-{number}.{'jpg' if number else 'png'}"
        image = Image.new("RGB", (120, 160), random.choice(("red", "navy", "olive")))
        image.save(path, "JPEG" if number else "PNG")
        photos.append(path)
    brief = Brief(
        products=(FileId(1),),
        models=tuple(FileId(2 + number) for number in range(people)),
        count=count,
        model=model,
        prompt="on a chair",
    )
    return Prepared(
        str(uuid.uuid4()),
        brief,
        "A shirt on a chair.",
        11,
        512,
        512,
        (photos[0],),
        tuple(photos[1:]),
    )


def context_in(folder: Path) -> Context:
    folder.mkdir(exist_ok=True)
    return Context(threading.Event(), folder, lambda stage, progress: None)


def stored(value: Any) -> Any:
    """Return what the database gives back of a reference or output: JSON and no more."""
    if isinstance(value, RemoteRef):
        return RemoteRef(value.id, json.loads(json.dumps(dict(value.data))))
    return Output(value.position, value.locator, json.loads(json.dumps(dict(value.facts))))


def followed(provider: Provider, ref: RemoteRef, context: Context) -> Update:
    """Ask until the job has ended."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        update = provider.poll(stored(ref), context)
        if update.state not in (State.QUEUED, State.RUNNING):
            return update
        context.cancelled.wait(provider.card.poll_s[0])
    raise AssertionError("it never ended")


def carried(provider: Provider, work: Prepared, context: Context) -> tuple[Output, ...]:
    """Go a job's whole way; a failure is raised as the worker would see it."""
    sent = provider.submit(work, context)
    if isinstance(sent, Finished):
        return tuple(stored(output) for output in sent.outputs)
    update = followed(provider, sent, context)
    if update.state is State.SUCCEEDED:
        return tuple(stored(output) for output in update.outputs)
    raise update.error or ProviderError(Kind.PROVIDER, update.state.value)
