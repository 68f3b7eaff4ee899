"""Google's Gemini picture models: one call, and its answer is the picture or the reason for none.

Facts: Google's documentation of generateContent and its SDK 3.4.0 (services, 1.5).
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stylestudio_desktop.providers.catalogue import ModelEntry
from stylestudio_desktop.providers.http import Answer, Fields, inline, marks, plain
from stylestudio_desktop.providers.http.hosted import CHECK_S, ListsModels
from stylestudio_desktop.providers.http.photos import encoded, media_type_of
from stylestudio_desktop.providers.http.sayings import quoted, refused
from stylestudio_desktop.providers.protocol import (
    Context,
    Finished,
    Kind,
    Prepared,
    ProviderError,
)

_READ_S = 330.0
_LARGEST_ANSWER = 100_000_000
_MOST_SENT = 20_000_000
"""Google takes inline photos up to about this size for a whole request."""
_ODD_FAILURES = ("NO_IMAGE", "IMAGE_OTHER", "OTHER", "STOP", "MAX_TOKENS", "MALFORMED")


class Gemini(ListsModels):
    """Settings: base_url. One picture a job; there is no id, no list and no way to stop."""

    def _judged(self, answer: Answer) -> ProviderError | None:
        return _judge(answer)

    def _headers(self, secret: str) -> Mapping[str, str]:
        return {"x-goog-api-key": secret}  # in the address it would end in logs

    def _listed(self, context: Context) -> set[str]:
        found = self._door.get("models", context, params={"pageSize": "1000"}, read_s=CHECK_S)
        listed = found.fields().children("models")
        return {one.maybe_text("name").removeprefix("models/") for one in listed}

    def submit(self, job: Prepared, context: Context) -> Finished:
        """Order the picture and wait for it; it is kept in the job's folder at once."""
        model = self._entry.model(job.brief.model)
        if not re.fullmatch(r"\w[\w.-]*", model.id):
            raise ProviderError(
                Kind.INPUT, "This is no name of a model at Google. Nothing was sent. Correct it."
            )
        if job.brief.count != 1:
            raise ProviderError(
                Kind.INPUT,
                "Gemini makes one picture a job. Nothing was sent. Ask for one picture.",
            )
        photos = [*job.products, *job.models]
        if sum(path.stat().st_size * 4 // 3 for path in photos) > _MOST_SENT:
            raise ProviderError(
                Kind.INPUT,
                "These photos are more than Gemini takes at once (20 MB). Nothing was sent. Use "
                "fewer or smaller ones.",
            )
        context.report("Gemini is at work", None)
        answer = self._door.send(
            "POST",
            f"models/{model.id}:generateContent",
            context,
            paid=True,
            json=_request_of(job, model, photos),
            read_s=_READ_S,
            largest=_LARGEST_ANSWER,
        )
        try:
            pictures = _pictures_of(answer, job, model)
        except ProviderError as error:
            if error.transient:  # worth one more try by itself, not more: each may be charged
                error.transient = marks.first_time("no-picture", context)
            if error.kind is Kind.PROVIDER and not error.transient:
                error.sentence += " Change the wording and try again."
            raise
        return Finished(inline.keep(pictures, context))


def _request_of(job: Prepared, model: ModelEntry, photos: list[Path]) -> dict[str, Any]:
    """Return the body: the words first, then the photos in their order."""
    parts: list[dict[str, Any]] = [{"text": job.prompt}]
    for path in photos:
        parts.append({"inlineData": {"mimeType": media_type_of(path), "data": encoded(path)}})
    ratio = job.brief.aspect_ratio
    picture = {"aspectRatio": model.sizes.get(ratio) or ratio}
    size = model.quality_names.get(job.brief.quality)
    if size:
        picture["imageSize"] = size
    settings: dict[str, Any] = {"responseModalities": ["IMAGE"], "imageConfig": picture}
    if model.capabilities.seed:
        settings["seed"] = job.seed
    return {"contents": [{"role": "user", "parts": parts}], "generationConfig": settings}


def _pictures_of(
    answer: Answer, job: Prepared, model: ModelEntry
) -> list[tuple[bytes, Mapping[str, Any]]]:
    """Return the picture with what is known of it. An answer without one says why: raise it."""
    found = answer.fields()
    dropped = ["negative_prompt"] if job.brief.negative_prompt else []
    facts: dict[str, Any] = {"model": model.id}
    if model.capabilities.seed:
        facts["seed"] = job.seed
    else:
        dropped.append("seed")
    facts["dropped"] = dropped
    usage = found.raw.get("usageMetadata")
    if isinstance(usage, dict):
        facts["usage"] = {key: value for key, value in usage.items() if isinstance(value, int)}
    pictures: list[tuple[bytes, Mapping[str, Any]]] = []
    for candidate in found.children("candidates"):
        for part in candidate.child("content").children("parts"):
            # A thinking model shows its drafts too; they are marked, and are not the result.
            if "inlineData" in part and part.raw.get("thought") is not True:
                pictures.append((part.child("inlineData").picture("data"), facts))
    if not pictures:
        raise _none_made(found, answer)
    return pictures[:1]


def _none_made(found: Fields, answer: Answer) -> ProviderError:
    """Return why an answer holds no picture: a refusal is final, bad luck passes."""
    feedback = found.child("promptFeedback")
    blocked = feedback.maybe_text("blockReason")
    candidates = found.children("candidates")
    if not blocked and not candidates:
        return answer.unreadable("it sent neither a picture nor a reason")
    ends = [one.maybe_text("finishReason") for one in candidates]
    said = [feedback.maybe_text("blockReasonMessage")]
    said += [one.maybe_text("finishMessage") for one in candidates]
    for one in candidates:
        said += [part.maybe_text("text") for part in one.child("content").children("parts")]
    words = plain(next((text for text in said if text), ""), longest=240).strip(" .")
    reason = blocked or next((end for end in ends if end), "")
    if blocked or not (reason == "" or reason.startswith(_ODD_FAILURES)):
        name = plain(reason, longest=40).replace("_", " ").lower()
        return refused("Google", words or name, answer.request_id)
    return ProviderError(
        Kind.PROVIDER,
        f"Gemini answered without a picture.{quoted(words)} It may have been charged there.",
        transient=reason in ("NO_IMAGE", "IMAGE_OTHER"),
        request_id=answer.request_id,
    )


def _judge(answer: Answer) -> ProviderError | None:
    """Know Google's way to say that a key is wrong."""
    text = answer.body[:100_000]
    if answer.status == 400 and b"API_KEY_INVALID" in text:
        return ProviderError(
            Kind.AUTH,
            "Google did not accept the key. Enter a valid key in Settings.",
            request_id=answer.request_id,
        )
    return None
