"""ComfyUI on one's own machine or network: jobs bear our own ids, so none is ever lost."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from stylestudio_desktop.providers.catalogue import ServiceEntry
from stylestudio_desktop.providers.comfyui import reading, workflows
from stylestudio_desktop.providers.http import Fields, Http
from stylestudio_desktop.providers.http.hosted import Hosted, asking, unstopped
from stylestudio_desktop.providers.protocol import (
    CancelOutcome,
    Context,
    Kind,
    Lost,
    Prepared,
    ProviderError,
    Readiness,
    RemoteRef,
    ServiceCard,
    State,
    Update,
)

_SHORT_S = 15.0


class ComfyUI(Hosted):
    """Settings: base_url, checkpoint, workflows (a folder of files in API format)."""

    def __init__(
        self,
        entry: ServiceEntry,
        secret: Callable[[], str | None],
        http: Http,
        settings: Mapping[str, str],
    ) -> None:
        """`secret` is only needed for a proxy in front of ComfyUI, which itself has no keys."""
        super().__init__(entry, secret, http, settings)
        self._door = self._opened(self._base(), reading.refusal, nearby=True)
        self._without_jobs = False

    @property
    def card(self) -> ServiceCard:
        """The service's description; beyond the own network only encrypted addresses work."""
        return replace(self._entry.card(), remote=self._door.origin.secure)

    def check(self) -> Readiness:
        """Ask for version and device."""
        context = asking()
        try:
            found = self._door.get("system_stats", context, read_s=_SHORT_S).fields()
            system = found.child("system")
            version = system.maybe_text("comfyui_version")
            devices = found.children("devices")
            details = {"version": version or "unknown"}
            if devices:
                details["device"] = devices[0].maybe_text("name")
                free = devices[0].maybe_number("vram_free")
                if free is not None:
                    details["free memory"] = f"{free / 1e9:.1f} GB"
            names = self._checkpoints(context)
        except ProviderError as error:
            return Readiness(False, error.sentence)
        details["checkpoints"] = str(len(names))
        known = reading.version_of(version)
        if known and known < reading.OLDEST:
            return Readiness(
                False, f"ComfyUI {version} is too old. Update it to 0.3.45 or later.", details
            )
        return Readiness(True, f"ComfyUI {version} is ready.", details)

    def learn(self) -> Mapping[str, Any]:
        """Say which of the models can be used with what this ComfyUI and its user have."""
        context = asking()
        folder = self._settings.get("workflows", "")
        there = bool(folder) and any(Path(folder).glob("*.json"))
        without = "This ComfyUI has no checkpoint to paint with. Put one into its models folder."
        names = self._checkpoints(context)
        missing = "Choose the folder with your workflows in API format in Settings → Services."
        return {
            "models": {
                "restyle": {"refusal": "" if names else without},
                "workflow": {"refusal": "" if there else missing},
            }
        }

    def submit(self, job: Prepared, context: Context) -> RemoteRef:
        """Upload the photos and queue the workflow under the job's own id."""
        products = [
            self._upload(path, f"product-{number}", job, context)
            for number, path in enumerate(job.products)
        ]
        people = [
            self._upload(path, f"model-{number}", job, context)
            for number, path in enumerate(job.models)
        ]
        graph = self._graph(job, products, people, context)
        content = {"prompt": graph, "prompt_id": job.intent_id, "client_id": job.intent_id}
        # Answered at once; an unclear answer is cleared up by asking for our own id.
        answer = self._door.send(
            "POST", "prompt", context, paid=True, json=content, stoppable=False
        ).fields()
        given = answer.text("prompt_id")
        if given != job.intent_id:
            self.cancel(RemoteRef(given), unstopped(context))
            raise ProviderError(
                Kind.PROVIDER,
                "This ComfyUI gives jobs names of its own, so that they could be lost or made "
                "twice. The job was taken back. Update ComfyUI to 0.3.45 or later.",
            )
        return self._ref(job)

    def _ref(self, job: Prepared) -> RemoteRef:
        seeds = {str(number): workflows.seed_of(job, number) for number in range(job.brief.count)}
        return RemoteRef(job.intent_id, {"seeds": seeds})

    def _upload(self, path: Path, name: str, job: Prepared, context: Context) -> str:
        kind = "png" if path.read_bytes()[:4] == b"\x89PNG" else "jpeg"
        file = (f"{name}.{kind}", path, f"image/{kind}")
        folder = f"stylestudio/{job.intent_id}"
        context.report("Sending photos", None)
        found = self._door.send(
            "POST",
            "upload/image",
            context,
            paid=False,
            form={"type": "input", "subfolder": folder, "overwrite": "true"},
            files=[("image", file)],
        ).fields()
        inner = found.maybe_text("subfolder")
        return f"{inner}/{found.text('name')}" if inner else found.text("name")

    def _graph(
        self, job: Prepared, products: list[str], people: list[str], context: Context
    ) -> workflows.Graph:
        model = self._entry.model(job.brief.model).id
        negative = job.brief.negative_prompt
        if model == "workflow":
            return workflows.own(job, self._workflow_file(job), products, people, negative)
        if model == "restyle":
            names = self._checkpoints(context)
            wanted = self._settings.get("checkpoint") or (names[0] if names else "")
            if wanted not in names:
                raise ProviderError(
                    Kind.INPUT,
                    "This ComfyUI has no checkpoint to paint with. Nothing was started. Put one "
                    "into its models folder, or choose “Composite”.",
                )
            return workflows.restyle(job, products, wanted, negative)
        return workflows.composite(job, products, people, [_size(path) for path in job.products])

    def _workflow_file(self, job: Prepared) -> Path:
        folder = Path(self._settings.get("workflows", ""))
        files = sorted(folder.glob("*.json")) if self._settings.get("workflows") else []
        wanted = job.brief.options.get("workflow") or self._settings.get("workflow", "")
        for file in files:
            if wanted in (file.stem, file.name) or (not wanted and len(files) == 1):
                return file
        raise ProviderError(
            Kind.INPUT,
            "There is no such workflow file. Nothing was sent. Choose the folder with your "
            "workflows, and one of them, in Settings.",
        )

    def _checkpoints(self, context: Context) -> list[str]:
        found = self._door.get("object_info/CheckpointLoaderSimple", context).fields()
        required = found.child("CheckpointLoaderSimple").child("input").child("required")
        given: Any = required.items("ckpt_name")
        options = given[0] if given else []
        if isinstance(options, str) and len(given) > 1 and isinstance(given[1], dict):
            options = given[1].get("options", [])  # the newer way to write a choice
        return [one for one in options if isinstance(one, str)] if isinstance(options, list) else []

    def poll(self, ref: RemoteRef, context: Context) -> Update:
        """Ask how the job stands; after a restart of ComfyUI the files tell what was finished."""
        seeds = ref.data.get("seeds")
        seeds = seeds if isinstance(seeds, dict) else {}
        update = self._job(ref.id, seeds, context)
        return update or self._files(ref.id, seeds, context)

    def _job(self, job_id: str, seeds: Mapping[str, Any], context: Context) -> Update | None:
        if not self._without_jobs:
            try:
                job = self._door.get(f"api/jobs/{job_id}", context).fields()
                return reading.job_update(job, seeds)
            except ProviderError as error:
                if error.kind is not Kind.GONE:
                    raise
        # Versions before 0.12 know only these two; history twice, since a job moves there from
        # the queue at any moment.
        for place in (f"history/{job_id}", "queue", f"history/{job_id}"):
            found = self._door.get(place, context, largest=32_000_000).fields()
            update = self._older(place, found, job_id, seeds)
            if update is not None:
                self._without_jobs = True
                return update
        return None

    def _older(
        self, place: str, found: Fields, job_id: str, seeds: Mapping[str, Any]
    ) -> Update | None:
        if place == "queue":
            return reading.queue_update(found, job_id)
        return reading.history_update(found.child(job_id), seeds) if job_id in found else None

    def _files(self, job_id: str, seeds: Mapping[str, Any], context: Context) -> Update:
        """Look for the finished files, which outlive ComfyUI's memory of the job."""
        places = []
        for number in range(len(seeds)):
            folder, _, name = workflows.prefix(job_id, number).rpartition("/")
            place = {"filename": f"{name}_00001_.png", "subfolder": folder, "type": "output"}
            try:
                self._door.get("view", context, params=place, headers={"Range": "bytes=0-0"})
            except ProviderError as error:
                if error.kind is Kind.GONE:
                    return Update(State.GONE)
                raise
            places.append(place)
        if not places:
            return Update(State.GONE)
        return Update(State.SUCCEEDED, 1.0, "Done", reading.outputs_of(places, seeds))

    def fetch(self, output: Any, sink: Path, context: Context) -> None:
        """Download one picture."""
        try:
            place = {str(key): str(value) for key, value in json.loads(output.locator).items()}
        except (ValueError, AttributeError) as error:
            raise ProviderError(
                Kind.GONE, "The note of where the picture lies is damaged."
            ) from error
        self._door.download(f"view?{urlencode(place)}", sink, context)

    def cancel(self, ref: RemoteRef, context: Context) -> CancelOutcome:
        """Take the job out of the queue, or stop it between two steps."""
        context = unstopped(context)
        place = f"api/jobs/{ref.id}/cancel"
        try:
            answer = self._door.send("POST", place, context, paid=False, read_s=_SHORT_S)
            if answer.fields().raw.get("cancelled") is True:
                return CancelOutcome.REQUESTED
        except ProviderError as error:
            if error.kind not in (Kind.GONE, Kind.INPUT):
                raise
            self._cancel_older(ref.id, context)
        update = self._job(ref.id, {}, context)
        if update is None or update.state is State.CANCELLED:
            return CancelOutcome.STOPPED
        if update.state in (State.SUCCEEDED, State.FAILED):
            return CancelOutcome.TOO_LATE
        return CancelOutcome.REQUESTED

    def _cancel_older(self, job_id: str, context: Context) -> None:
        content = {"delete": [job_id]}
        self._door.send("POST", "queue", context, paid=False, json=content, read_s=_SHORT_S)
        running = reading.queue_update(self._door.get("queue", context).fields(), job_id)
        # Very old versions stop whatever runs, so that this is asked only while it is ours.
        if running is not None and running.state is State.RUNNING:
            content_now = {"prompt_id": job_id}
            self._door.send("POST", "interrupt", context, paid=False, json=content_now)

    def find_lost(self, job: Prepared, submitted_at: int, context: Context) -> RemoteRef | Lost:
        """Look for our own id: known means accepted; unknown means safe to send again, for free."""
        ref = self._ref(job)
        found = self.poll(ref, context)
        return Lost.NOT_SENT if found.state in (State.GONE, State.CANCELLED) else ref


def _size(path: Path) -> tuple[int, int]:
    """Return the pixels of a photo that we have written ourselves."""
    from PIL import Image

    with Image.open(path, formats=("PNG", "JPEG", "WEBP")) as image:
        return image.size
