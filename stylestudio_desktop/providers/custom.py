"""Any server that speaks OpenAI's picture interface, more or less; switches say which."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stylestudio_desktop.providers.http import Answer, Fields, inline
from stylestudio_desktop.providers.http.hosted import CHECK_S, InOneAnswer
from stylestudio_desktop.providers.http.photos import encoded, media_type_of, suffix_of
from stylestudio_desktop.providers.protocol import (
    Context,
    Finished,
    Output,
    Prepared,
    Readiness,
)

_READ_S = 600.0  # a server on a processor takes its time
_LARGEST_ANSWER = 160_000_000
_AFAR = "url:"


class CustomServer(InOneAnswer):
    """An OpenAI-compatible server, LocalAI for one.

    Settings, all optional but the first: base_url; model; edits (“yes”: photos go to images/edits
    as a form, else to images/generations as JSON); image_field (the form's or JSON's field for
    photos); response_format (“b64_json”, “url”, or “none” to leave it out); seed (“no” leaves it
    out); negative (“field”, “pipe” for “prompt|negative”, or “no”); steps_field.
    """

    NEARBY = True

    def _on(self, switch: str, default: str = "no") -> bool:
        return self._settings.get(switch, default).lower() in ("yes", "true", "1")

    def _readiness(self, context: Context) -> Readiness:
        found = self._door.get("models", context, read_s=CHECK_S).fields().children("data")
        names = [one.maybe_text("id") for one in found]
        wanted = self._settings.get("model", "")
        if wanted and wanted not in names:
            return Readiness(False, f"The server has no model “{wanted[:60]}”. Enter another.")
        return Readiness(True, "The server answers.", {"models": ", ".join(names[:20])})

    def submit(self, job: Prepared, context: Context) -> Finished:
        """Order the pictures and wait for them."""
        context.report("The server is at work", None)
        photos = [*job.products, *job.models]
        fields = self._fields(job)
        if photos and self._on("edits"):
            field = self._settings.get("image_field") or (
                "image" if len(photos) == 1 else "image[]"
            )
            answer = self._door.send(
                "POST",
                "images/edits",
                context,
                paid=True,
                form={name: str(value) for name, value in fields.items()},
                files=[(field, _file(path, number)) for number, path in enumerate(photos)],
                read_s=_READ_S,
                largest=_LARGEST_ANSWER,
            )
        else:
            if photos:
                field = self._settings.get("image_field") or "ref_images"
                sent = [encoded(path) for path in photos]
                fields[field] = sent[0] if field in ("file", "image") else sent
            answer = self._door.send(
                "POST",
                "images/generations",
                context,
                paid=True,
                json=fields,
                read_s=_READ_S,
                largest=_LARGEST_ANSWER,
            )
        return Finished(self._pictures(answer, job, context))

    def _fields(self, job: Prepared) -> dict[str, Any]:
        brief, settings = job.brief, self._settings
        fields: dict[str, Any] = {
            "prompt": job.prompt,
            "n": brief.count,
            "size": f"{job.width}x{job.height}",
        }
        model = settings.get("model") or (brief.model if brief.model != "default" else None)
        if model:
            fields["model"] = model
        form = settings.get("response_format", "b64_json")
        if form != "none":
            fields["response_format"] = form
        if self._on("seed", "yes"):
            fields["seed"] = job.seed
        if brief.negative_prompt and settings.get("negative", "field") == "field":
            fields["negative_prompt"] = brief.negative_prompt
        elif brief.negative_prompt and settings.get("negative") == "pipe":
            fields["prompt"] = f"{job.prompt}|{brief.negative_prompt}"
        if brief.num_inference_steps is not None:
            fields[settings.get("steps_field") or "step"] = brief.num_inference_steps
        return fields

    def _pictures(self, answer: Answer, job: Prepared, context: Context) -> tuple[Output, ...]:
        found = answer.fields().children("data")
        if not found:
            raise answer.unreadable("it sent no picture")
        facts: dict[str, Any] = {}
        if self._on("seed", "yes") and len(found) == 1:
            facts["seed"] = job.seed
        elif not self._on("seed", "yes"):
            facts["dropped"] = ["seed"]
        if all("b64_json" in one for one in found):
            return inline.keep([(one.picture("b64_json"), facts) for one in found], context)
        return tuple(
            Output(position, _AFAR + self._rebased(one), facts)
            for position, one in enumerate(found)
        )

    def _rebased(self, one: Fields) -> str:
        """Return a picture's place on the configured host, whatever the server calls itself."""
        parts = urlsplit(one.text("url"))
        origin = self._door.origin
        host = f"[{origin.host}]" if ":" in origin.host else origin.host
        path = parts.path if parts.path.startswith("/") else f"/{parts.path}"
        query = f"?{parts.query}" if parts.query else ""
        return self._door.url(f"{origin.scheme}://{host}:{origin.port}{path}{query}")

    def fetch(self, output: Output, sink: Path, context: Context) -> None:
        """Download a picture that lies on the server, or hand over one that came at once."""
        if output.locator.startswith(_AFAR):
            self._door.download(output.locator.removeprefix(_AFAR), sink, context)
        else:
            super().fetch(output, sink, context)


def _file(path: Path, number: int) -> tuple[str, Path, str]:
    return f"photo-{number}.{suffix_of(path)}", path, media_type_of(path)
