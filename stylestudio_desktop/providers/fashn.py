"""FASHN's models for fashion: try-on, product-to-model, packshots, other people and backgrounds.

Facts: FASHN's documentation and the types of its SDK 0.9.0 (services, 1.3).
"""

from typing import Any

from stylestudio_desktop.providers.catalogue import ModelEntry
from stylestudio_desktop.providers.http import Answer, Fields, code_of, marks, plain
from stylestudio_desktop.providers.http.hosted import CHECK_S, Hosted
from stylestudio_desktop.providers.http.photos import data_url
from stylestudio_desktop.providers.http.sayings import quoted, refused
from stylestudio_desktop.providers.protocol import (
    Context,
    Kind,
    Output,
    Prepared,
    ProviderError,
    Readiness,
    RemoteRef,
    State,
    Update,
)

BY_PHOTOS = "auto"
"""The catalogue's model that stands for “a try-on with a person, else a packshot”."""
_WITH_PERSON, _ALONE = "tryon-max", "packshot"
_STATES = {
    "starting": (State.QUEUED, "Starting at FASHN"),
    "in_queue": (State.QUEUED, "Waiting at FASHN"),
    "processing": (State.RUNNING, "FASHN is at work"),
    "completed": (State.SUCCEEDED, "Done"),
    "failed": (State.FAILED, ""),
    "time_out": (State.FAILED, ""),
    "canceled": (State.CANCELLED, ""),
}
_MODES = {"draft": "fast", "standard": "balanced", "high": "quality"}
_NOT_PROCESSED = ("InternalServerError", "RateLimitExceeded", "ConcurrencyLimitExceeded")
_OURS = ("ImageLoadError", "PoseError", "InputValidationError")


class Fashn(Hosted):
    """Settings: base_url. One product photo a job; what a model can't do is told in the facts."""

    def _judged(self, answer: Answer) -> ProviderError | None:
        return _judge(answer)

    def _readiness(self, context: Context) -> Readiness:
        # The credits left: asking costs none and needs a valid key.
        left = self._door.get("credits", context, read_s=CHECK_S).fields().child("credits")
        total = left.maybe_number("total")
        if total is None:
            return Readiness(True, "The key is valid.")
        details = {"credits": f"{total:g}"}
        if total <= 0:
            return Readiness(
                False, "The key is valid, but no credits are left. Top up at FASHN.", details
            )
        return Readiness(True, f"The key is valid; {total:g} credits are left.", details)

    def submit(self, job: Prepared, context: Context) -> RemoteRef:
        """Order the pictures; the answer is an id.

        An InternalServerError means that nothing was processed, so it is worth one more try, but
        not many: photos that FASHN can't take end in the same answer.
        """
        model = self._model(job)
        inputs, dropped = _inputs(job, model)
        try:
            found = self._door.send(
                "POST",
                "run",
                context,
                paid=True,
                json={"model_name": model.id, "inputs": inputs},
                stoppable=False,
            ).fields()
        except ProviderError as error:
            if error.kind is Kind.PROVIDER and error.transient:
                error.transient = marks.first_time("broke", context)
            raise
        facts: dict[str, Any] = {"model": model.id, "dropped": dropped}
        if job.brief.count == 1:  # only a single picture is surely the seed's own
            facts["seed"] = job.seed
        return RemoteRef(found.text("id"), {"facts": facts})

    def _model(self, job: Prepared) -> ModelEntry:
        model = self._entry.model(job.brief.model)
        if model.id == BY_PHOTOS:
            model = self._entry.model(_WITH_PERSON if job.models else _ALONE)
        problem = ""
        if len(job.products) != 1 or len(job.models) > 1:
            problem = "FASHN takes one product photo and at most one photo of a person"
        elif model.capabilities.needs_model_photo and not job.models:
            problem = f"{model.name} needs a photo of a person"
        elif job.models and not model.capabilities.max_models:
            problem = f"{model.name} takes no photo of a person"
        elif job.brief.count > model.capabilities.max_count:
            problem = f"{model.name} makes at most {model.capabilities.max_count} at once"
        if problem:
            raise ProviderError(Kind.INPUT, f"{problem}. Nothing was sent. Choose differently.")
        return model

    def _standing(self, ref: RemoteRef, context: Context) -> Update:
        answer = self._door.get(f"status/{ref.id}", context)
        found = answer.fields()
        known = _STATES.get(found.text("status"))
        if known is None:
            raise found.wrong("its state is none that is known")
        state, stage = known
        if state is State.FAILED:
            return Update(state, error=_failure(found.child("error")))
        if state is not State.SUCCEEDED:
            return Update(state, None, stage)
        urls = found.texts("output")
        if not urls:
            return Update(State.FAILED, error=_failure(found.child("error")))
        facts = dict(ref.data.get("facts") or {})
        spent = answer.headers.get("x-fashn-credits-used", "")
        if spent:
            facts["credits_used"] = plain(spent, longest=20)
        outputs = tuple(Output(number, url, facts) for number, url in enumerate(urls))
        return Update(state, 1.0, stage, outputs)


def _inputs(job: Prepared, model: ModelEntry) -> tuple[dict[str, Any], list[str]]:
    """Return a model's own inputs and the names of our settings that it does not know."""
    product, quality, brief = data_url(job.products[0]), job.brief.quality, job.brief
    person = data_url(job.models[0]) if job.models else None
    inputs: dict[str, Any] = {"seed": job.seed, "output_format": "png"}
    dropped = ["negative_prompt"] if brief.negative_prompt else []
    if model.id == "tryon-v1.6":
        inputs |= {"garment_image": product, "model_image": person, "num_samples": brief.count}
        inputs["mode"] = model.quality_names.get(quality) or "balanced"
        if brief.options.get("category") in ("auto", "tops", "bottoms", "one-pieces"):
            inputs["category"] = brief.options["category"]
        return inputs, [*dropped, "prompt", "aspect_ratio"]
    inputs["resolution"] = model.quality_names.get(quality) or "1k"
    inputs["generation_mode"] = _MODES.get(quality, "balanced")
    inputs["prompt"] = job.prompt
    field = {"background-change": "image", "model-swap": "model_image"}
    inputs[field.get(model.id, "product_image")] = product
    if person is not None:
        inputs["model_image"] = person
    if model.id == "tryon-max" and inputs["generation_mode"] == "fast":
        inputs["generation_mode"] = "balanced"
    if model.capabilities.max_count > 1:
        inputs["num_images"] = brief.count
    if model.id == "background-change" or (model.id == "product-to-model" and person):
        dropped.append("aspect_ratio")
    else:
        inputs["aspect_ratio"] = model.sizes.get(brief.aspect_ratio) or brief.aspect_ratio
    return inputs, dropped


def _judge(answer: Answer) -> ProviderError | None:
    """Know the answers that come without an id: then nothing was processed or charged."""
    code = code_of(answer.body.decode("utf-8", "replace"))
    if answer.paid and answer.status >= 500 and code in _NOT_PROCESSED:
        return ProviderError(
            Kind.PROVIDER,
            "FASHN has trouble with this order and did not take it. Nothing was charged. Use "
            "smaller photos if it happens again.",
            transient=True,
            request_id=answer.request_id,
        )
    return None


def _failure(error: Fields) -> ProviderError:
    """Return a failed run in words; FASHN charges none."""
    name = error.maybe_text("name")
    said = plain(error.maybe_text("message"), longest=240).strip(" .")
    if name == "ContentModerationError":
        return refused("FASHN", said)
    if name in _OURS:
        return ProviderError(
            Kind.INPUT,
            f"FASHN can't use these photos.{quoted(said)} Nothing was charged. Choose other ones.",
        )
    return ProviderError(
        Kind.PROVIDER,
        f"FASHN could not make this picture and charged nothing.{quoted(said)} Try again.",
    )
