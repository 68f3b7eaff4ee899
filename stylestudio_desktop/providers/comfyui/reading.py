"""Reads what ComfyUI says of a job, in its present form and in that of older versions."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from stylestudio_desktop.providers.http import Answer, Fields, plain
from stylestudio_desktop.providers.http.sayings import quoted
from stylestudio_desktop.providers.protocol import (
    Kind,
    Output,
    ProviderError,
    Readiness,
    State,
    Update,
)

OLDEST = (0, 3, 45)
"""From this version on a job keeps the id that we choose (krita-ai-diffusion's check)."""
_UNNUMBERED = 999
_STATES = {
    "pending": State.QUEUED,
    "in_progress": State.RUNNING,
    "completed": State.SUCCEEDED,
    "failed": State.FAILED,
    "cancelled": State.CANCELLED,
}
_STAGES = {State.QUEUED: "Waiting in ComfyUI’s queue", State.RUNNING: "ComfyUI is at work"}


def version_of(text: str) -> tuple[int, ...]:
    """Return a version as numbers, empty where it can't be told."""
    parts = text.strip().lstrip("v").split("+")[0].split(".")
    if not parts or not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        return ()
    return tuple(int(part) for part in parts)


def readiness(stats: Fields, checkpoints: int) -> Readiness:
    """Read `/system_stats`: version, device, and whether it is new enough."""
    version = stats.child("system").maybe_text("comfyui_version")
    devices = stats.children("devices")
    details = {"version": version or "unknown"}
    if devices:
        details["device"] = devices[0].maybe_text("name")
        free = devices[0].maybe_number("vram_free")
        if free is not None:
            details["free memory"] = f"{free / 1e9:.1f} GB"
    details["checkpoints"] = str(checkpoints)
    known = version_of(version)
    if known and known < OLDEST:
        said = f"ComfyUI {version} is too old. Update it to 0.3.45 or later."
        return Readiness(False, said, details)
    return Readiness(True, f"ComfyUI {version} is ready.", details)


def choices(node: Fields, name: str) -> list[str]:
    """Read what may be chosen for an input of a node, in the older or newer way to write it."""
    given: Any = node.child("input").child("required").items(name)
    options = given[0] if given else []
    if isinstance(options, str) and len(given) > 1 and isinstance(given[1], dict):
        options = given[1].get("options", [])
    return [one for one in options if isinstance(one, str)] if isinstance(options, list) else []


def older_update(place: str, found: Fields, job_id: str, seeds: Mapping[str, Any]) -> Update | None:
    """Read what versions before 0.12 say at `queue` or `history/ID`; None where nothing."""
    if place == "queue":
        return queue_update(found, job_id)
    return history_update(found.child(job_id), seeds) if job_id in found else None


def job_update(job: Fields, seeds: Mapping[str, Any]) -> Update:
    """Read an entry of the jobs interface (`/api/jobs/ID`)."""
    state = _STATES.get(job.text("status"))
    if state is None:
        raise job.wrong(f"a job is said to be “{plain(job.text('status'), longest=40)}”")
    if state is State.SUCCEEDED:
        return succeeded(job, seeds)
    if state is State.FAILED:
        return Update(state, error=execution_error(job.child("execution_error")))
    return Update(state, stage=_STAGES.get(state, ""))


def history_update(entry: Fields, seeds: Mapping[str, Any]) -> Update:
    """Read an entry of the history (`/history/ID`), which only ended jobs have."""
    status = entry.child("status")
    word = status.maybe_text("status_str")
    if word != "error":
        return succeeded(entry, seeds)
    messages = status.items("messages")
    for message in reversed(messages):
        if not isinstance(message, list) or len(message) != 2:
            continue
        if message[0] == "execution_interrupted":
            return Update(State.CANCELLED)
        if message[0] == "execution_error":
            return Update(State.FAILED, error=execution_error(Fields(message[1], entry.wrong)))
    return Update(State.FAILED, error=execution_error(Fields({}, entry.wrong)))


def queue_update(queue: Fields, job_id: str) -> Update | None:
    """Read the queue (`/queue`), whose entries hold the id in the second place."""
    for key, state in (("queue_running", State.RUNNING), ("queue_pending", State.QUEUED)):
        for entry in queue.items(key):
            if isinstance(entry, list) and len(entry) > 1 and entry[1] == job_id:
                return Update(state, stage=_STAGES[state])
    return None


def succeeded(holder: Fields, seeds: Mapping[str, Any]) -> Update:
    """Read the pictures of a finished job, in the order in which they were asked for."""
    found: list[dict[str, str]] = []
    nodes = holder.child("outputs")
    for node in nodes.raw:
        for picture in nodes.child(node).children("images") if _has_images(nodes, node) else []:
            if picture.maybe_text("type") == "output":
                place = {
                    "filename": picture.text("filename"),
                    "subfolder": picture.maybe_text("subfolder"),
                    "type": "output",
                }
                found.append(place)
    if not found:
        return Update(
            State.FAILED,
            error=ProviderError(
                Kind.PROVIDER,
                "ComfyUI finished without a picture. Check that the workflow saves one.",
            ),
        )
    return Update(State.SUCCEEDED, 1.0, "Done", outputs_of(found, seeds))


def outputs_of(places: Iterable[Mapping[str, str]], seeds: Mapping[str, Any]) -> tuple[Output, ...]:
    """Make outputs of places on the server, numbered by their file names (“0_00001_.png”)."""
    first: dict[tuple[int, str], Mapping[str, str]] = {}
    for place in sorted(places, key=lambda place: _number(place["filename"])):
        number, name = _number(place["filename"])
        # A workflow of somebody's own may save several at once; one of each run was paid for.
        first.setdefault((number, name if number == _UNNUMBERED else ""), place)
    return tuple(
        Output(
            position,
            json.dumps(dict(place), sort_keys=True),
            {"seed": seeds[str(position)]} if str(position) in seeds else {},
        )
        for position, place in enumerate(first.values())
    )


def _number(name: str) -> tuple[int, str]:
    head = name.partition("_")[0]
    return (
        (int(head), name)
        if head.isascii() and head.isdigit() and len(head) < 4
        else (_UNNUMBERED, name)
    )


def _has_images(nodes: Fields, node: str) -> bool:
    inner = nodes.raw.get(node)
    return isinstance(inner, dict) and isinstance(inner.get("images"), list)


def execution_error(error: Fields) -> ProviderError:
    """Return a failed run in words."""
    kind = error.maybe_text("exception_type")
    message = plain(error.maybe_text("exception_message"), longest=200).strip(" .")
    node = plain(error.maybe_text("node_type"), longest=60)
    if "OutOfMemory" in kind or "out of memory" in message.lower():
        return ProviderError(
            Kind.PROVIDER,
            "ComfyUI ran out of graphics memory. Nothing was charged. Choose a lower quality, or "
            "close other programs that use the graphics card.",
        )
    if node == "LoadImage":
        return ProviderError(
            Kind.INPUT, f"ComfyUI can't read a photo: “{message}”. Choose another photo."
        )
    where = f" in the step {node}" if node else ""
    return ProviderError(
        Kind.PROVIDER,
        f"ComfyUI could not finish the picture{where}.{quoted(message)} Check the workflow.",
    )


def refusal(answer: Answer) -> ProviderError | None:
    """Read a refused workflow; None leaves the answer to the common rules."""
    if answer.paid and answer.status == 404:
        return ProviderError(
            Kind.SETUP,
            "There is no ComfyUI at this address. Nothing was started. Check it in Settings.",
        )
    if answer.status != 400:
        return None
    try:
        found = answer.fields()
        error = found.child("error")
        kind = error.maybe_text("type")
        message = error.maybe_text("message")
        details = [
            one.maybe_text("details") or one.maybe_text("message")
            for node in found.child("node_errors").raw.values()
            for one in Fields(node, found.wrong).children("errors")
        ]
    except ProviderError:
        return None
    said = plain("; ".join([message, *details][:4]), longest=240).strip(" .;")
    if kind in ("missing_node_type", "invalid_prompt") or "not found" in message:
        sentence = (
            f"This ComfyUI lacks a node that the workflow needs: “{said}”. Nothing was started. "
            "Install it there."
        )
    else:
        sentence = (
            f"ComfyUI can't run this workflow: “{said}”. Nothing was started. Check the workflow "
            "and its models."
        )
    return ProviderError(Kind.INPUT, sentence)
