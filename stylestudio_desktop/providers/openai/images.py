"""What OpenAI's image interface is sent, and what is read out of its answer."""

from collections.abc import Mapping
from typing import Any

from stylestudio_desktop.providers.catalogue import ModelEntry
from stylestudio_desktop.providers.http import Answer, File
from stylestudio_desktop.providers.http.photos import media_type_of, suffix_of
from stylestudio_desktop.providers.protocol import Kind, Prepared, ProviderError

LARGEST_ANSWER = 160_000_000
READ_S = 330.0
_STEP = 16
_WIDEST = 3.0
_MOST_PIXELS = (3840, 2160)


def size_of(job: Prepared, model: ModelEntry) -> str:
    """Return the size to ask for: free sizes in steps of 16 from 1:3 to 3:1, else the nearest."""
    if not model.settings.get("free_sizes"):
        return model.sizes.get(job.brief.aspect_ratio, "auto")
    width, height = job.width, job.height
    scale = min(
        1.0,
        max(_MOST_PIXELS) / max(width, height),
        min(_MOST_PIXELS) / min(width, height),
    )
    width, height = (max(_STEP, round(side * scale / _STEP) * _STEP) for side in (width, height))
    if max(width, height) > _WIDEST * min(width, height):
        raise ProviderError(
            Kind.INPUT,
            "OpenAI makes pictures from 1:3 to 3:1. Nothing was sent. Choose another ratio.",
        )
    return f"{width}x{height}"


def fields_of(job: Prepared, model: ModelEntry) -> dict[str, Any]:
    """Return what generations and edits have in common."""
    fields: dict[str, Any] = {
        "model": model.id,
        "prompt": job.prompt,
        "n": job.brief.count,
        "size": size_of(job, model),
        "quality": model.quality_names.get(job.brief.quality) or "auto",
        "output_format": "png",
    }
    if job.brief.options.get("background") in ("opaque", "transparent"):
        fields["background"] = job.brief.options["background"]
    return fields


def form_of(job: Prepared, model: ModelEntry) -> dict[str, str]:
    """Return the text fields of a form for edits; a form knows no “moderation”."""
    fields = fields_of(job, model)
    fidelity = model.settings.get("input_fidelity")
    if isinstance(fidelity, str):
        fields["input_fidelity"] = fidelity
    return {name: str(value) for name, value in fields.items()}


def photos_of(job: Prepared) -> list[tuple[str, File]]:
    """Return the photos of a form: one is called “image”, several “image[]” (official samples)."""
    paths = [*job.products, *job.models]
    name = "image" if len(paths) == 1 else "image[]"
    return [
        (name, (f"photo-{number}.{suffix_of(path)}", path, media_type_of(path)))
        for number, path in enumerate(paths)
    ]


def pictures_of(answer: Answer) -> list[tuple[bytes, Mapping[str, Any]]]:
    """Return the pictures of an answer with what is known of each. Raises ProviderError."""
    found = answer.fields()
    facts: dict[str, Any] = {"dropped": ["seed"]}
    if answer.request_id:
        facts["request_id"] = answer.request_id
    usage = found.raw.get("usage")
    if isinstance(usage, dict):
        tokens = {key: value for key, value in usage.items() if isinstance(value, int)}
        facts["usage"] = tokens
    pictures: list[tuple[bytes, Mapping[str, Any]]] = [
        (one.picture("b64_json"), facts) for one in found.children("data")
    ]
    if not pictures:
        raise answer.unreadable("it sent no picture")
    return pictures
