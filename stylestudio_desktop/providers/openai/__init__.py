"""OpenAI's picture models: in one answer as a rule, or resumable at a little extra cost."""

from collections.abc import Mapping
from dataclasses import replace

from stylestudio_desktop.providers.catalogue import ModelEntry
from stylestudio_desktop.providers.http import Fields, inline
from stylestudio_desktop.providers.http.hosted import CHECK_S, ListsModels
from stylestudio_desktop.providers.openai import images, responses
from stylestudio_desktop.providers.protocol import (
    CancelOutcome,
    Context,
    Finished,
    Kind,
    Prepared,
    ProviderError,
    Reattach,
    RemoteRef,
    ServiceCard,
    State,
    Update,
)


class OpenAI(ListsModels):
    """Settings: base_url, organization, project, resumable (“yes”), responses_model."""

    @property
    def _resumable(self) -> bool:
        return self._settings.get("resumable", "").lower() in ("yes", "true", "1")

    def _headers(self, secret: str) -> Mapping[str, str]:
        proof = {"Authorization": f"Bearer {secret}"}
        for header, name in (
            ("OpenAI-Organization", "organization"),
            ("OpenAI-Project", "project"),
        ):
            if self._settings.get(name):
                proof[header] = self._settings[name]
        return proof

    @property
    def card(self) -> ServiceCard:
        """The service's description; the resumable way makes one picture a job."""
        card = self._entry.card()
        if not self._resumable:
            return card
        models = tuple(
            replace(
                one,
                capabilities=replace(
                    one.capabilities,
                    max_count=1,
                    cancel=True,
                    reattach=Reattach.SERVER_ID,
                    result_lifetime_s=responses.LIFETIME_S,
                ),
            )
            for one in card.models
        )
        return replace(card, models=models)

    def _listed(self, context: Context) -> set[str]:
        found = self._door.get("models", context, read_s=CHECK_S).fields().children("data")
        return {one.maybe_text("id") for one in found}

    def submit(self, job: Prepared, context: Context) -> RemoteRef | Finished:
        """Order the pictures; the answer holds them, or an id in the resumable way."""
        model = self._entry.model(job.brief.model)
        if self._resumable:
            return self._order_in_background(job, model, context)
        context.report("OpenAI is at work", None)
        if job.products or job.models:
            answer = self._door.send(
                "POST",
                "images/edits",
                context,
                paid=True,
                form=images.form_of(job, model),
                files=images.photos_of(job),
                read_s=images.READ_S,
                largest=images.LARGEST_ANSWER,
            )
        else:
            answer = self._door.send(
                "POST",
                "images/generations",
                context,
                paid=True,
                json=images.fields_of(job, model),
                read_s=images.READ_S,
                largest=images.LARGEST_ANSWER,
            )
        return Finished(inline.keep(images.pictures_of(answer), context))

    def _order_in_background(self, job: Prepared, model: ModelEntry, context: Context) -> RemoteRef:
        text_model = self._settings.get("responses_model") or str(
            self._entry.settings.get("responses_model", "")
        )
        if not text_model:
            raise ProviderError(
                Kind.SETUP,
                "The resumable way needs the name of one of OpenAI's text models. Nothing was "
                "sent. Enter it in Settings, or switch “resumable” off.",
            )
        if job.brief.count != 1:
            raise ProviderError(
                Kind.INPUT,
                "The resumable way makes one picture a job. Nothing was sent. Ask for one.",
            )
        found = self._door.send(
            "POST",
            "responses",
            context,
            paid=True,
            json=responses.request_of(job, model, text_model),
            stoppable=False,
        ).fields()
        return RemoteRef(found.text("id"), {"way": "responses"})

    def _standing(self, ref: RemoteRef, context: Context) -> Update:
        # A background response's pictures are kept here once it is done.
        kept = super()._standing(ref, context)
        if kept.state is State.SUCCEEDED or ref.id == inline.KEPT_ID:
            return kept
        place = f"responses/{ref.id}"
        return self._read(
            self._door.get(place, context, largest=images.LARGEST_ANSWER).fields(), context
        )

    def _read(self, found: Fields, context: Context) -> Update:
        state = responses.STATES.get(found.text("status"))
        if state is None:
            raise found.wrong("its state is none that is known")
        if state is State.SUCCEEDED:
            try:
                outputs = inline.keep(responses.pictures_of(found), context)
            except ProviderError as error:
                if error.transient:
                    raise
                return Update(State.FAILED, error=error)
            return Update(state, 1.0, "Done", outputs)
        if state is State.FAILED:
            return Update(state, error=responses.failure(found.child("error")))
        stage = "OpenAI is at work" if state is State.RUNNING else "Waiting at OpenAI"
        return Update(state, None, stage)

    def _stopped(self, ref: RemoteRef, context: Context) -> CancelOutcome:
        # An order in one answer ends with its connection; a background response can be stopped.
        if ref.data.get("way") != "responses":
            return CancelOutcome.UNSUPPORTED
        place = f"responses/{ref.id}/cancel"
        found = self._door.send("POST", place, context, paid=False).fields()
        stopped = found.maybe_text("status") == "cancelled"
        return CancelOutcome.STOPPED if stopped else CancelOutcome.TOO_LATE
