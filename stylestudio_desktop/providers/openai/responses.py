"""The resumable way: a background response has an id, so that a lost connection loses nothing."""

from collections.abc import Mapping
from typing import Any

from stylestudio_desktop.providers.catalogue import ModelEntry
from stylestudio_desktop.providers.http import Fields, plain
from stylestudio_desktop.providers.http.photos import data_url
from stylestudio_desktop.providers.http.sayings import quoted, refused
from stylestudio_desktop.providers.openai.images import size_of
from stylestudio_desktop.providers.protocol import Kind, Prepared, ProviderError, State

LIFETIME_S = 600
"""OpenAI keeps the data of a background response about ten minutes, longer if stored."""
STATES = {
    "queued": State.QUEUED,
    "in_progress": State.RUNNING,
    "completed": State.SUCCEEDED,
    "failed": State.FAILED,
    "incomplete": State.FAILED,
    "cancelled": State.CANCELLED,
}


def request_of(job: Prepared, model: ModelEntry, text_model: str) -> dict[str, Any]:
    """Return the body for one picture, marked with the job's id."""
    photos = [
        {"type": "input_image", "detail": "high", "image_url": data_url(path)}
        for path in (*job.products, *job.models)
    ]
    tool: dict[str, Any] = {
        "type": "image_generation",
        "model": model.id,
        "quality": model.quality_names.get(job.brief.quality) or "auto",
        "size": size_of(job, model),
        "output_format": "png",
        "action": "edit" if photos else "generate",
    }
    fidelity = model.settings.get("input_fidelity")
    if isinstance(fidelity, str):
        tool["input_fidelity"] = fidelity
    return {
        "model": text_model,
        "background": True,
        "store": True,
        "metadata": {"job": job.intent_id},
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": job.prompt}, *photos]}
        ],
        "tools": [tool],
        "tool_choice": {"type": "image_generation"},
    }


def pictures_of(response: Fields) -> list[tuple[bytes, Mapping[str, Any]]]:
    """Return the pictures of a completed response. Raises ProviderError."""
    pictures: list[tuple[bytes, Mapping[str, Any]]] = []
    for item in response.children("output"):
        if item.maybe_text("type") != "image_generation_call":
            continue
        if "error" in item:
            raise failure(item.child("error"))
        facts: dict[str, Any] = {"dropped": ["seed"]}
        prompt = item.maybe_text("revised_prompt")
        if prompt:
            facts["revised_prompt"] = plain(prompt, longest=2000)
        pictures.append((item.picture("result"), facts))
    if not pictures:
        raise ProviderError(
            Kind.PROVIDER,
            "OpenAI finished without a picture. Its words model may have answered in text only. "
            "Change the wording and try again.",
        )
    return pictures


def failure(error: Fields) -> ProviderError:
    """Return a failed response in words."""
    code = error.maybe_text("code")
    said = plain(error.maybe_text("message"), longest=240).strip(" .")
    if "moderation" in code or code in ("image_generation_user_error", "content_policy_violation"):
        return refused("OpenAI", said)
    return ProviderError(
        Kind.PROVIDER, f"OpenAI could not make this picture.{quoted(said)} Try again."
    )
