"""Replicate's hosted models: runs that are bounded in time and found again by the photos they use.

Facts: Replicate's published OpenAPI document 1.0.0-a1 and documentation (services, 1.2).
"""

import re
from collections.abc import Mapping
from typing import Any

from stylestudio_desktop.providers.catalogue import ModelEntry
from stylestudio_desktop.providers.http import marks, plain
from stylestudio_desktop.providers.http.hosted import CHECK_S, Hosted, asking
from stylestudio_desktop.providers.http.photos import media_type_of, suffix_of
from stylestudio_desktop.providers.protocol import (
    CancelOutcome,
    Context,
    Kind,
    Lost,
    Output,
    Prepared,
    ProviderError,
    Readiness,
    RemoteRef,
    State,
    Update,
)
from stylestudio_desktop.providers.replicate import reading, schema

_STATES = {
    "starting": (State.QUEUED, "Starting at Replicate"),
    "processing": (State.RUNNING, "Replicate is at work"),
    "succeeded": (State.SUCCEEDED, "Done"),
    "failed": (State.FAILED, ""),
    "canceled": (State.CANCELLED, ""),
    "aborted": (State.FAILED, ""),
}
_NAMED = r"\w[\w.-]*/\w[\w.-]*"


class Replicate(Hosted):
    """Settings: base_url. A model's inputs are named in the catalogue (images, ratio, seed…)."""

    def _readiness(self, context: Context) -> Readiness:
        # Whose key it is: asking costs nothing.
        name = self._door.get("account", context, read_s=CHECK_S).fields().text("username")
        return Readiness(True, "The key is valid.", {"account": plain(name, longest=60)})

    def learn(self) -> Mapping[str, Any]:
        """Return what each model says that it takes; a model that is gone says so."""
        context = asking()
        facts: dict[str, Any] = {}
        for one in self._entry.models:
            if not re.fullmatch(_NAMED, one.id):
                continue
            try:
                found = self._door.get(
                    f"models/{one.id}", context, read_s=CHECK_S, largest=8_000_000
                ).fields()
                facts[one.id] = schema.facts_of(found.raw)
            except ProviderError as error:
                if error.kind is not Kind.GONE:
                    raise
                facts[one.id] = {"refusal": "Replicate has no such model any more."}
        return {"models": facts}

    def submit(self, job: Prepared, context: Context) -> RemoteRef:
        """Upload the photos, then order; the photos' own addresses mark the run in the list."""
        model = self._entry.model(job.brief.model)
        versioned = re.fullmatch(r"([\w.-]+/[\w.-]+:)?[0-9a-f]{64}", model.id) is not None
        if not versioned and not re.fullmatch(_NAMED, model.id):
            raise ProviderError(
                Kind.INPUT,
                "A model at Replicate is called “owner/name”, perhaps with “:version”. Nothing was "
                "sent. Correct the model's name.",
            )
        if job.brief.count != 1:
            raise ProviderError(
                Kind.INPUT,
                "Replicate makes one picture a job. Nothing was sent. Ask for one picture.",
            )
        # What the model can't take is refused here, before any photo leaves this computer.
        _inputs(job, model, [""] * len([*job.products, *job.models]))
        body = _inputs(job, model, self._uploaded(job, context))
        context.report("Sending the order to Replicate", None)
        place = "predictions" if versioned else f"models/{model.id}/predictions"
        found = self._door.send(
            "POST",
            place,
            context,
            paid=True,
            json={"version": model.id, "input": body} if versioned else {"input": body},
            headers={"Cancel-After": f"{reading.CANCEL_AFTER_S}s"},
            stoppable=False,
        ).fields()
        return _reference(found.text("id"), job, model)

    def _uploaded(self, job: Prepared, context: Context) -> list[str]:
        """Upload the photos anew for each order, so that their addresses are this order's own."""
        urls = []
        paths = [*job.products, *job.models]
        for number, path in enumerate(paths, start=1):
            context.report(f"Sending photo {number} of {len(paths)}", None)
            kind = media_type_of(path)
            # The intent in the name tells our runs from others even where the note is lost.
            name = f"{job.intent_id}-{number}.{suffix_of(path)}"
            found = self._door.send(
                "POST",
                "files",
                context,
                paid=False,
                form={"filename": name, "type": kind},
                files=[("content", (name, path, kind))],
                read_s=120.0,
            ).fields()
            urls.append(found.child("urls").text("get"))
        marks.remember(urls, context)
        return urls

    def _standing(self, ref: RemoteRef, context: Context) -> Update:
        found = self._door.get(f"predictions/{ref.id}", context).fields()
        known = _STATES.get(found.text("status"))
        if known is None:
            raise found.wrong("its state is none that is known")
        state, stage = known
        if state is State.FAILED or (state is State.CANCELLED and reading.ran_out(found)):
            return Update(State.FAILED, error=reading.failure(found))
        if state is not State.SUCCEEDED:
            return Update(state, None, stage)
        if found.raw.get("data_removed") is True:  # an hour after the end
            return Update(State.GONE)
        output = found.raw.get("output")
        urls = [output] if isinstance(output, str) else found.texts("output")
        if not urls:
            return Update(State.FAILED, error=reading.failure(found))
        facts = dict(ref.data.get("facts") or {})
        spent = found.child("metrics").raw.get("predict_time")
        if isinstance(spent, int | float) and 0 <= spent < 1e6:
            facts["predict_time_s"] = spent
        outputs = tuple(Output(number, url, facts) for number, url in enumerate(urls))
        return Update(state, 1.0, stage, outputs)

    def _stopped(self, ref: RemoteRef, context: Context) -> CancelOutcome:
        # Asking again does no harm.
        place = f"predictions/{ref.id}/cancel"
        status = self._door.send("POST", place, context, paid=False).fields().text("status")
        if status in ("canceled", "aborted"):
            return CancelOutcome.STOPPED
        running = status in ("starting", "processing")
        return CancelOutcome.REQUESTED if running else CancelOutcome.TOO_LATE

    def find_lost(self, job: Prepared, submitted_at: int, context: Context) -> RemoteRef | Lost:
        """Look through the runs since then for one that uses the photos uploaded for this job."""

        def page(since: str, after: str) -> marks.Page:
            params = None if after else {"created_after": since}
            found = self._door.get(
                after or "predictions", context, params=params, largest=16_000_000
            ).fields()
            runs = [(one.text("id"), one.raw.get("input")) for one in found.children("results")]
            return runs, found.maybe_text("next")

        name = marks.searched(submitted_at, context, page)
        model = self._entry.model(job.brief.model)
        return _reference(name, job, model) if name else Lost.UNKNOWN


def _inputs(job: Prepared, model: ModelEntry, photos: list[str]) -> dict[str, Any]:
    """Return the model's own inputs, by the names that the catalogue gives them."""
    names, ratio = model.settings, job.brief.aspect_ratio
    inputs: dict[str, Any] = {str(names.get("prompt", "prompt")): job.prompt}
    if photos and names.get("images"):
        inputs[str(names["images"])] = photos
    elif photos and names.get("image"):
        if len(photos) != 1:
            raise ProviderError(
                Kind.INPUT, f"{model.name} takes one photo. Nothing was sent. Choose one photo."
            )
        inputs[str(names["image"])] = photos[0]
    elif photos:
        raise ProviderError(
            Kind.INPUT,
            f"The catalogue does not say how {model.name} takes photos. Nothing was sent. Choose "
            "another model, or complete its entry.",
        )
    if names.get("ratio"):
        inputs[str(names["ratio"])] = model.sizes.get(ratio) or ratio
    if model.capabilities.seed:
        inputs[str(names.get("seed", "seed"))] = job.seed
    if names.get("format"):
        inputs[str(names["format"])] = "png"
    return inputs


def _reference(name: str, job: Prepared, model: ModelEntry) -> RemoteRef:
    facts: dict[str, Any] = {"model": model.id, "dropped": _dropped(job, model)}
    if model.capabilities.seed:
        facts["seed"] = job.seed
    return RemoteRef(name, {"facts": facts})


def _dropped(job: Prepared, model: ModelEntry) -> list[str]:
    """Return the names of our settings that the model does not know."""
    dropped = ["negative_prompt"] if job.brief.negative_prompt else []
    if not model.settings.get("ratio"):
        dropped.append("aspect_ratio")
    if not model.capabilities.seed:
        dropped.append("seed")
    return dropped
