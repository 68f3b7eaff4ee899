"""Makes what tests need: a workspace, photos, and a service that behaves as it is told."""

import io
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw

from stylestudio_desktop.app import open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import FileId, now_ms
from stylestudio_desktop.domain.scene import ARRANGEMENTS as ARRANGEMENTS_IN_SCENES
from stylestudio_desktop.domain.staging import ARRANGEMENTS, BACKDROPS
from stylestudio_desktop.providers.protocol import (
    CancelOutcome,
    Capabilities,
    Context,
    Finished,
    Kind,
    Lost,
    ModelCard,
    Output,
    Prepared,
    Provider,
    ProviderError,
    Readiness,
    Reattach,
    RemoteRef,
    ServiceCard,
    State,
    Update,
)
from stylestudio_desktop.services import library
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries

RATIOS = ("1:1", "16:9", "9:16", "3:2", "2:3", "4:3", "3:4")


def picture_bytes(colour: str = "teal", size: tuple[int, int] = (64, 48)) -> bytes:
    """Return a small JPEG of a shape on a plain ground; each colour makes other bytes."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).ellipse((8, 8, size[0] - 8, size[1] - 8), fill=colour)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def photo(folder: Path, name: str = "tee.jpg", colour: str = "teal") -> Path:
    """Write a photo and return its path."""
    path = folder / name
    path.write_bytes(picture_bytes(colour))
    return path


@dataclass
class FakeProvider:
    """A picture-making service in memory, held to the protocol.

    What it was asked to make is in `asked`; errors put into `faults` under the name of a verb
    are raised by its next calls, in order. While `hold` is set, polls answer “running”.
    """

    name: str = "local"
    remote: bool = False
    reattach: Reattach = Reattach.OWN_ID
    synchronous: bool = False
    fewer: int = 0
    concurrency: int = 2
    max_models: int = 3
    scenes: tuple[str, ...] = ARRANGEMENTS_IN_SCENES
    polls_needed: int = 1
    deadline_s: float = 600.0
    lost: Lost | RemoteRef = Lost.NOT_SENT
    hold: threading.Event = field(default_factory=threading.Event)
    asked: list[Prepared] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    faults: dict[str, list[ProviderError]] = field(default_factory=dict)
    _polls: dict[str, int] = field(default_factory=dict)
    _jobs: dict[str, Prepared] = field(default_factory=dict)

    @property
    def card(self) -> ServiceCard:
        able = Capabilities(
            max_products=5,
            max_models=self.max_models,
            ratios=RATIOS,
            qualities=("draft", "standard", "high"),
            max_count=4,
            seed=True,
            cancel=True,
            reattach=self.reattach,
            arrangements=ARRANGEMENTS,
            backdrops=BACKDROPS,
            scenes=self.scenes,
            enlarges=True,
            worn_qualities=("draft", "standard", "high"),
        )
        model = ModelCard("plain", "Plain", able)
        return ServiceCard(
            self.name,
            "Test service",
            "Makes coloured shapes.",
            (model,),
            remote=self.remote,
            needs_key=False,
            concurrency=self.concurrency,
            poll_s=(0.01, 0.02),
            deadline_s=self.deadline_s,
            originals=not self.remote,
        )

    def check(self) -> Readiness:
        return Readiness(True, "Ready.")

    def _trip(self, verb: str) -> None:
        waiting = self.faults.get(verb)
        if waiting:
            raise waiting.pop(0)

    def submit(self, job: Prepared, context: Context) -> RemoteRef | Finished:
        self._trip("submit")
        self.asked.append(job)
        self._trip("submitted")
        if self.synchronous:
            return Finished(self._outputs(job))
        reference = f"remote-{job.intent_id}"
        self._jobs[reference] = job
        return RemoteRef(reference)

    def _outputs(self, job: Prepared) -> tuple[Output, ...]:
        return tuple(
            Output(number, f"{job.intent_id}/{job.seed}/{number}", {"seed": job.seed + number})
            for number in range(job.brief.count - self.fewer)
        )

    def poll(self, ref: RemoteRef, context: Context) -> Update:
        self._trip("poll")
        if ref.id not in self._jobs:
            return Update(State.GONE)
        if self.hold.is_set():
            return Update(State.RUNNING, 0.5, "Painting")
        seen = self._polls.get(ref.id, 0) + 1
        self._polls[ref.id] = seen
        if seen <= self.polls_needed:
            return Update(State.RUNNING, seen / (self.polls_needed + 1), "Painting")
        return Update(State.SUCCEEDED, 1.0, "Done", self._outputs(self._jobs[ref.id]))

    def fetch(self, output: Output, sink: Path, context: Context) -> None:
        self._trip("fetch")
        shade = sum(output.locator.encode()) % 256
        sink.write_bytes(picture_bytes(f"rgb({shade},{output.position * 40},90)", (80, 80)))

    def cancel(self, ref: RemoteRef, context: Context) -> CancelOutcome:
        self._trip("cancel")
        self.stopped.append(ref.id)
        return CancelOutcome.STOPPED

    def find_lost(self, job: Prepared, submitted_at: int, context: Context) -> RemoteRef | Lost:
        self._trip("find_lost")
        if isinstance(self.lost, RemoteRef):
            self._jobs[self.lost.id] = job
        return self.lost

    def close(self) -> None:
        self.hold.clear()


def fault(kind: Kind, transient: bool = False, retry_after_s: float | None = None) -> ProviderError:
    """Return an error as a service's adapter raises it."""
    return ProviderError(
        kind, f"It went wrong ({kind.value}).", transient=transient, retry_after_s=retry_after_s
    )


def open_test_studio(
    root: Path, providers: Mapping[str, Provider] | None = None, tokens: int = 0
) -> Studio:
    """Open a new workspace below `root` with a fake service and, if asked, more tokens."""
    services = {"local": FakeProvider()} if providers is None else providers
    studio = open_studio(Workspace(root / "workspace"), services)
    if tokens:
        give(studio, tokens)
    return studio


def give(studio: Studio, tokens: int) -> None:
    """Put free tokens into the wallet."""
    move = ledger.grant(studio.user_id, tokens, str(uuid.uuid4()))
    with studio.database.write():
        entries.append(studio.database, studio.user_id, move, now_ms())


def import_photo(
    studio: Studio, folder: Path, colour: str = "teal", category: Category = Category.PRODUCT
) -> FileId:
    """Import one photo and return its id."""
    path = photo(folder, f"{colour}-{category.value}.jpg", colour)
    return FileId(library.import_files(studio, [path], category).files[0].id)


def brief_for(*products: FileId, **changes: object) -> Brief:
    """Return a small brief for the given products."""
    return Brief(products=products, **{"quality": "draft", **changes})  # type: ignore[arg-type]
