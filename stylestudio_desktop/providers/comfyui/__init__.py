"""ComfyUI on one's own machine or network: jobs bear our own ids, so none is ever lost."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from stylestudio_desktop.providers.comfyui import reading, workflows
from stylestudio_desktop.providers.http import Answer
from stylestudio_desktop.providers.http.hosted import CHECK_S, Hosted, asking
from stylestudio_desktop.providers.http.photos import media_type_of, size_of, suffix_of
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


class ComfyUI(Hosted):
    """Settings: base_url, checkpoint, workflows (a folder of files in API format)."""

    NEARBY = True
    _without_jobs = False  # what older versions lack, seen once

    def _judged(self, answer: Answer) -> ProviderError | None:
        return reading.refusal(answer)

    @property
    def card(self) -> ServiceCard:
        """The service's description; beyond the own network only encrypted addresses work."""
        return replace(self._entry.card(), remote=self._door.origin.secure)

    def _readiness(self, context: Context) -> Readiness:
        found = self._door.get("system_stats", context, read_s=CHECK_S).fields()
        return reading.readiness(found, len(self._checkpoints(context)))

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
            self.cancel(RemoteRef(given), context)
            raise ProviderError(
                Kind.SETUP,
                "This ComfyUI gives jobs names of its own, so that they could be lost or made "
                "twice. The job was taken back. Update ComfyUI to 0.3.45 or later.",
            )
        return self._ref(job)

    def _ref(self, job: Prepared) -> RemoteRef:
        seeds = {str(number): workflows.seed_of(job, number) for number in range(job.brief.count)}
        return RemoteRef(job.intent_id, {"seeds": seeds})

    def _upload(self, path: Path, name: str, job: Prepared, context: Context) -> str:
        file = (f"{name}.{suffix_of(path)}", path, media_type_of(path))
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
        person = (people[0], size_of(job.models[0])) if people else None
        return workflows.composite(job, (products[0], size_of(job.products[0])), person)

    def _workflow_file(self, job: Prepared) -> Path:
        folder = Path(self._settings.get("workflows", ""))
        named = folder.glob("*.json") if self._settings.get("workflows") else ()
        files = sorted(one for one in named if one.is_file())
        wanted = job.brief.options.get("workflow") or self._settings.get("workflow", "")
        for file in files:
            if wanted in (file.stem, file.name) or (not wanted and len(files) == 1):
                return file
        raise ProviderError(
            Kind.SETUP,
            "There is no such workflow file. Nothing was sent. Choose the folder with your "
            "workflows, and one of them, in Settings.",
        )

    def _checkpoints(self, context: Context) -> list[str]:
        found = self._door.get("object_info/CheckpointLoaderSimple", context).fields()
        return reading.choices(found.child("CheckpointLoaderSimple"), "ckpt_name")

    def _standing(self, ref: RemoteRef, context: Context) -> Update:
        # After a restart of ComfyUI the files tell what was finished.
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
            update = reading.older_update(place, found, job_id, seeds)
            if update is not None:
                self._without_jobs = True
                return update
        return None

    def _files(self, job_id: str, seeds: Mapping[str, Any], context: Context) -> Update:
        """Look for the finished files, which outlive ComfyUI's memory of the job."""
        places = []
        for number in range(len(seeds)):
            folder, _, name = workflows.prefix(job_id, number).rpartition("/")
            place = {"filename": f"{name}_00001_.png", "subfolder": folder, "type": "output"}
            self._door.get("view", context, params=place, headers={"Range": "bytes=0-0"})
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
                Kind.GONE,
                "The note of where the picture lies is damaged. Try again to have it made anew.",
            ) from error
        self._door.download(f"view?{urlencode(place)}", sink, context)

    def _stopped(self, ref: RemoteRef, context: Context) -> CancelOutcome:
        # It leaves the queue, or stops between two steps.
        place = f"api/jobs/{ref.id}/cancel"
        try:
            answer = self._door.send("POST", place, context, paid=False, read_s=CHECK_S)
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
        self._door.send("POST", "queue", context, paid=False, json=content, read_s=CHECK_S)
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
