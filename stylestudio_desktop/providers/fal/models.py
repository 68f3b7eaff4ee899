"""What fal's models are sent and how their failures read, told apart from the queue's own."""

from typing import Any

from stylestudio_desktop.providers.catalogue import ModelEntry
from stylestudio_desktop.providers.http import Answer, Fields, plain
from stylestudio_desktop.providers.http.sayings import quoted, refused
from stylestudio_desktop.providers.protocol import Kind, Prepared, ProviderError, State, Update

_PHOTO_TROUBLE = ("image_too", "file_too", "image_load", "unsupported_image", "file_download")


def inputs_of(job: Prepared, model: ModelEntry, photos: list[str]) -> dict[str, Any]:
    """Return the model's own inputs, by the names that the catalogue gives them."""
    names, brief = model.settings, job.brief
    if brief.count > 1 and not names.get("count"):
        raise ProviderError(
            Kind.INPUT, f"{model.name} makes one picture a job. Nothing was sent. Ask for one."
        )
    if not names.get("images") and len(photos) > 1:
        raise ProviderError(
            Kind.INPUT, f"{model.name} takes one photo. Nothing was sent. Choose one photo."
        )
    values = {
        "count": brief.count,
        "ratio": model.sizes.get(brief.aspect_ratio) or brief.aspect_ratio,
        "resolution": model.quality_names.get(brief.quality) or None,
        "format": "png",
        "seed": job.seed if model.capabilities.seed else None,
    }
    inputs: dict[str, Any] = {"prompt": job.prompt}
    if photos:
        many = names.get("images")
        inputs[str(many or names.get("image", "image_url"))] = photos if many else photos[0]
    for key, value in values.items():
        if names.get(key) and value is not None:
            inputs[str(names[key])] = value
    return inputs


def dropped_of(job: Prepared, model: ModelEntry) -> list[str]:
    """Return the names of our settings that the model does not know."""
    dropped = ["negative_prompt"] if job.brief.negative_prompt else []
    if not model.settings.get("ratio"):
        dropped.append("aspect_ratio")
    if not (model.capabilities.seed and model.settings.get("seed")):
        dropped.append("seed")
    return dropped


def per_picture(price: Fields, name: str) -> bool:
    """Say whether a line of fal's price list tells what one picture of this model costs."""
    unit = price.maybe_text("unit").lower()
    priced = price.maybe_number("unit_price") is not None
    return priced and price.maybe_text("endpoint_id") == name and unit in ("image", "images")


def ended_badly(found: Fields) -> Update:
    """Return a completed job that failed, in words."""
    code = found.maybe_text("error_type")
    told = found.raw.get("error")
    said = plain(told if isinstance(told, str) else "", longest=240).strip(" .")
    if "cancel" in code:
        return Update(State.CANCELLED)
    if "content_policy" in code or "content policy" in said.lower():
        error = refused("The model at fal.ai", said)
    elif code.startswith(_PHOTO_TROUBLE):
        error = ProviderError(
            Kind.INPUT,
            f"The model at fal.ai can't use these photos.{quoted(said)} Choose other ones.",
        )
    else:
        error = ProviderError(
            Kind.PROVIDER, f"fal.ai could not make this picture.{quoted(said)} Try again."
        )
    return Update(State.FAILED, error=error)


def judge_result(answer: Answer) -> ProviderError | None:
    """Know a model's own failure, which comes as the result's status and never changes."""
    if answer.status < 500 or b'"detail"' not in answer.body[:100_000]:
        return None
    again = answer.headers.get("x-fal-retryable") or answer.headers.get("x-fal-needs-retry", "")
    return ProviderError(
        Kind.PROVIDER,
        "The model at fal.ai broke down over this picture. fal does not bill that. Try again.",
        transient=again.lower() in ("true", "1"),
        request_id=answer.request_id,
    )
