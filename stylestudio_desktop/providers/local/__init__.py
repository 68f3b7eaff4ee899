"""The embedded engine as a service like any other: four verbs over its child process."""

import importlib.util
import shutil
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import Any

from stylestudio_desktop.domain.scene import ARRANGEMENTS as ARRANGEMENTS_IN_SCENES
from stylestudio_desktop.domain.staging import ARRANGEMENTS, BACKDROPS
from stylestudio_desktop.providers.local.process import EngineProcess, Task, wait_for
from stylestudio_desktop.providers.protocol import (
    CancelOutcome,
    Capabilities,
    Charges,
    Context,
    Kind,
    Lost,
    ModelCard,
    Output,
    Prepared,
    ProviderError,
    Readiness,
    Reattach,
    RemoteRef,
    ServiceCard,
    State,
    Update,
)

RATIOS = ("1:1", "16:9", "9:16", "3:2", "2:3", "4:3", "3:4")
QUALITIES = ("draft", "standard", "high", "ultra")
SHORT_S = 60.0  # the longest a preview or a photo check may take, model loading included
IDLE_S = 0.2
FACTS = ("seed", "mode", "warnings", "label", "grade")
KINDS = {"input": Kind.INPUT, "content": Kind.CONTENT, "cancelled": Kind.CANCELLED}

CARD = ServiceCard(
    id="local",
    name="On this computer",
    summary="Studio pictures and draft try-ons, made here, free of any service, in seconds.",
    models=(
        ModelCard(
            id="compositor-1",
            name="Compositor",
            capabilities=Capabilities(
                max_products=5,
                max_models=1,
                ratios=RATIOS,
                qualities=QUALITIES,
                max_count=4,
                seed=True,
                cancel=True,
                arrangements=ARRANGEMENTS,
                backdrops=BACKDROPS,
                scenes=ARRANGEMENTS_IN_SCENES,
                enlarges=True,
                worn_qualities=QUALITIES[:3],
                reattach=Reattach.OWN_ID,
                upload_max_bytes=64_000_000,
                upload_max_side=20_000,
                charges_on_failure=Charges.NO,
                charges_on_refusal=Charges.NO,
            ),
        ),
    ),
    remote=False,
    needs_key=False,
    concurrency=1,
    poll_s=(0.1, 0.25),
    deadline_s=600.0,  # for slow machines: a child that stands still is ended long before
    originals=True,
    notes=(
        "Made by compositing on this computer, no generative model: the product's pixels are "
        "those of your photo.",
        "It dresses one person at a time, from one garment photo, as a draft: a preview of "
        "placement, not a photograph and not a fit guarantee.",
        "It can't show turned or seated people, crossed or raised arms, layered outfits, or shoes, "
        "bags and hats on a person; these become studio pictures.",
        "In a background photo of yours it sets products on one plane, as they were photographed: "
        "it can't turn them, put anything of the photo before them, or bend a shadow up a wall.",
        "Words of the prompt don't change its pictures; style, ratio and seed do.",
    ),
)


class LocalProvider:
    """Makes pictures in a child process of this program; nothing leaves the computer.

    Nothing is started before the first job. One process serves all: jobs, previews and photo
    checks wait in one line, since the engine uses all cores for each.
    """

    def __init__(self, process: EngineProcess | None = None) -> None:
        self._process = process or EngineProcess()

    @property
    def card(self) -> ServiceCard:
        """The engine's description."""
        return CARD

    def check(self) -> Readiness:
        """Say whether the engine's libraries are here; nothing is imported or started."""
        missing = [name for name in ("numpy", "cv2", "PIL") if not importlib.util.find_spec(name)]
        if missing:
            return Readiness(False, "The engine's libraries are missing. Install the app again.")
        if importlib.util.find_spec("openvino") is None:
            return Readiness(True, "Ready for plain studio pictures; OpenVINO is not installed.")
        return Readiness(True, "Ready. It works with the network off.")

    def submit(self, job: Prepared, context: Context) -> RemoteRef:
        """Put the job in the engine's line and return at once."""
        brief = job.brief
        context.workdir.mkdir(parents=True, exist_ok=True)
        message = {
            "op": "render",
            "products": [str(path) for path in job.products],
            "masks": _drawn(job.masks),
            "people": [str(path) for path in job.models],
            "background": None if job.background is None else str(job.background),
            "style": brief.style,
            "quality": brief.quality,
            "ratio": brief.aspect_ratio,
            "width": job.width,
            "height": job.height,
            "count": brief.count,
            "seed": job.seed,
            "prompt": job.prompt,
            "options": dict(brief.options),
            "out": str(context.workdir),
        }
        self._process.send(Task(job.intent_id, message))
        return RemoteRef(job.intent_id)

    def poll(self, ref: RemoteRef, context: Context) -> Update:
        """Say how the job stands; a job of a former run of the program is gone."""
        self._process.attend()
        task = self._process.find(ref.id)
        if task is None:
            return Update(State.GONE)
        if not task.over.is_set():
            state = State.RUNNING if task.started else State.QUEUED
            return Update(state, task.progress, task.stage)
        if task.answer is not None:
            return Update(State.SUCCEEDED, 1.0, "Done", _outputs(task.answer))
        if task.kind == "cancelled":
            return Update(State.CANCELLED, task.progress, task.stage)
        return Update(State.FAILED, task.progress, task.stage, error=_error(task))

    def fetch(self, output: Output, sink: Path, context: Context) -> None:
        """Copy a finished picture to the new file `sink`."""
        try:
            with Path(output.locator).open("rb") as source, sink.open("xb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
        except FileNotFoundError as error:
            raise ProviderError(
                Kind.GONE,
                "The finished picture is no longer in its folder. Try again to have it made.",
            ) from error
        except OSError as error:
            raise ProviderError(
                Kind.PROVIDER,
                f"The picture could not be copied: {error.strerror}. Free space and try again.",
            ) from error

    def cancel(self, ref: RemoteRef, context: Context) -> CancelOutcome:
        """Stop the job within a second: between two steps, or by ending the child."""
        task = self._process.find(ref.id)
        if task is None:
            return CancelOutcome.STOPPED  # a former run's job died with its process
        if self._process.stop(task) or task.kind == "cancelled":
            return CancelOutcome.STOPPED
        return CancelOutcome.TOO_LATE

    def find_lost(self, job: Prepared, submitted_at: int, context: Context) -> RemoteRef | Lost:
        """Find the job if this process knows it; else it is free and safe to make again."""
        known = self._process.find(job.intent_id)
        return RemoteRef(job.intent_id) if known is not None else Lost.NOT_SENT

    def preview(
        self,
        photo: Path,
        out: Path,
        cancelled: Event,
        *,
        mask: Path | None = None,
        side: int = 768,
        sheer: str = "auto",
    ) -> None:
        """Write the cut-out of `photo`, or what `mask` says, to the PNG `out`.

        No side of it is longer than `side` pixels. `sheer` says whether its cloth lets the ground
        through: "on", "off", or "auto". Raises ProviderError.
        """
        message: dict[str, Any] = {"op": "cutout", "photo": str(photo), "out": str(out)}
        message |= {"mask": None if mask is None else str(mask), "side": side, "sheer": sheer}
        self._ask(message, cancelled)

    def suitable(
        self,
        products: Sequence[Path],
        people: Sequence[Path],
        options: Mapping[str, str],
        cancelled: Event | None = None,
        masks: Sequence[Path | None] = (),
    ) -> list[str]:
        """Return sentences that say why these photos don't fit together; empty when they do.

        Asked before anything is charged. Photos that can't be read are a reason too; `masks` say
        what of the product photos is meant, as in a job.
        """
        return self._reasons(
            {
                "op": "check",
                "products": [str(path) for path in products],
                "people": [str(path) for path in people],
                "masks": _drawn(masks),
                "options": dict(options),
            },
            cancelled,
        )

    def fits_scene(
        self,
        products: Sequence[Path],
        background: Path,
        size: tuple[int, int],
        options: Mapping[str, str],
        cancelled: Event | None = None,
        masks: Sequence[Path | None] = (),
    ) -> list[str]:
        """Return sentences that say why products can't be set into a photo; empty when they can.

        Asked before anything is charged, for a picture of `size` (width, height).
        """
        message = {
            "op": "check",
            "products": [str(path) for path in products],
            "background": str(background),
            "width": size[0],
            "height": size[1],
            "masks": _drawn(masks),
            "options": dict(options),
        }
        return self._reasons(message, cancelled)

    def find_plane(
        self, photo: Path, arrangement: str, cancelled: Event | None = None
    ) -> tuple[str, float]:
        """Return where a product would be set in `photo`, and how sure that is, from 0 to 1.

        The plane is written as in a brief's options. Raises ProviderError.
        """
        message = {"op": "plane", "photo": str(photo), "arrangement": arrangement}
        answer = self._ask(message, cancelled or Event())
        return str(answer.get("plane", "")), float(answer.get("sure", 0.0))

    def _reasons(self, message: dict[str, Any], cancelled: Event | None) -> list[str]:
        try:
            answer = self._ask(message, cancelled or Event())
        except ProviderError as error:
            if error.kind is Kind.INPUT:
                return [error.sentence]
            raise
        return [str(reason) for reason in answer.get("reasons", [])]

    def examine(
        self,
        products: Sequence[Path],
        picture: Path,
        grade: str,
        cancelled: Event,
        masks: Sequence[Path | None] = (),
        *,
        worn: bool = False,
    ) -> Mapping[str, Any]:
        """Compare a picture, by whatever service, with its product photos; return the report.

        `grade` is what this engine told of a picture of its own, "" for every other picture.
        Waits until no other work is in hand, so that no paid picture waits for a comparison.
        Raises ProviderError.
        """
        while self._process.busy:
            if cancelled.wait(IDLE_S):
                raise ProviderError(Kind.CANCELLED, "Stopped.")
        message = {
            "op": "examine",
            "products": [str(path) for path in products],
            "masks": _drawn(masks),
            "picture": str(picture),
            "grade": grade,
            "worn": worn,
        }
        report = self._ask(message, cancelled).get("report")
        if not isinstance(report, Mapping):
            raise ProviderError(
                Kind.PROVIDER, "The engine's comparison could not be read. Try again."
            )
        return report

    def close(self) -> None:
        """End the child process."""
        self._process.close()

    def _ask(self, message: dict[str, Any], cancelled: Event) -> Mapping[str, Any]:
        if cancelled.is_set():  # what is kept from the last photo would be there at once
            raise ProviderError(Kind.CANCELLED, "This was cancelled.")
        task = self._process.send(Task(f"ask-{uuid.uuid4()}", message))
        try:
            wait_for(task, cancelled, self._process, SHORT_S)
            if task.answer is None:
                raise _error(task)
            return task.answer
        finally:
            self._process.forget(task.id)


def _drawn(masks: Sequence[Path | None]) -> list[str | None]:
    return [None if path is None else str(path) for path in masks]


def _outputs(answer: Mapping[str, Any]) -> tuple[Output, ...]:
    """Read the engine's list of pictures; its own process is trusted no more than a service."""
    found = []
    for position, made in enumerate(answer.get("pictures", [])):
        facts = {key: made[key] for key in FACTS if key in made}
        found.append(Output(position, str(made["path"]), facts))
    return tuple(found)


def _error(task: Task) -> ProviderError:
    kind = KINDS.get(task.kind, Kind.PROVIDER)
    sentence = task.sentence or "The picture engine stopped. Nothing was charged. Try again."
    return ProviderError(kind, sentence, transient=task.kind == "crash")
