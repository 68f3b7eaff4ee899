"""OpenAI's picture models: in one answer as a rule, or resumable at a little extra cost."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from stylestudio_desktop.providers.catalogue import ModelEntry, ServiceEntry
from stylestudio_desktop.providers.http import Fields, Http, inline
from stylestudio_desktop.providers.http.hosted import Hosted, asking, unstopped
from stylestudio_desktop.providers.openai import images, responses
from stylestudio_desktop.providers.protocol import (
    CancelOutcome,
    Context,
    Finished,
    Kind,
    Lost,
    Output,
    Prepared,
    ProviderError,
    Readiness,
    Reattach,
    RemoteRef,
    ServiceCard,
    State,
    Update,
)


class OpenAI(Hosted):
    """Settings: base_url, organization, project, resumable (“yes”), responses_model."""

    def __init__(
        self,
        entry: ServiceEntry,
        secret: Callable[[], str | None],
        http: Http,
        settings: Mapping[str, str],
    ) -> None:
        super().__init__(entry, secret, http, settings)
        self._resumable = settings.get("resumable", "").lower() in ("yes", "true", "1")
        self._door = self._opened(self._base(), images.judge)

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

    def check(self) -> Readiness:
        """Ask for the list of models, which costs nothing and needs a valid key."""
        context = asking()
        try:
            found = self._door.get("models", context, read_s=15.0).fields().children("data")
            names = {one.maybe_text("id") for one in found}
        except ProviderError as error:
            return Readiness(False, error.sentence)
        usable = [one.id for one in self._entry.models if one.id in names]
        details = {"models": ", ".join(usable) or "none of the catalogue's"}
        if not usable:
            return Readiness(False, "The key is valid, but has none of these models.", details)
        return Readiness(True, f"The key is valid; {len(usable)} models can be used.", details)

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
                Kind.INPUT,
                "The resumable way needs the name of one of OpenAI's text models. Nothing was "
                "sent. Enter it in Settings, or switch “resumable” off.",
            )
        if job.brief.count != 1:
            raise ProviderError(
                Kind.INPUT, "The resumable way makes one picture a job. Nothing was sent."
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

    def poll(self, ref: RemoteRef, context: Context) -> Update:
        """Say how a background response stands; its pictures are kept here once it is done."""
        outputs = inline.kept(context)
        if outputs:
            return Update(State.SUCCEEDED, 1.0, "Done", outputs)
        if ref.id == inline.KEPT_ID:
            return Update(State.GONE)
        try:
            found = self._door.get(
                f"responses/{ref.id}", context, largest=images.LARGEST_ANSWER
            ).fields()
        except ProviderError as error:
            if error.kind is Kind.GONE:
                return Update(State.GONE)
            raise
        return self._read(found, context)

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

    def fetch(self, output: Output, sink: Path, context: Context) -> None:
        """Hand over a picture that lies in the job's folder."""
        inline.hand_over(output, sink, context)

    def cancel(self, ref: RemoteRef, context: Context) -> CancelOutcome:
        """Stop a background response; an order in one answer ends with its connection."""
        if ref.data.get("way") != "responses":
            return CancelOutcome.UNSUPPORTED
        context = unstopped(context)
        try:
            found = self._door.send(
                "POST", f"responses/{ref.id}/cancel", context, paid=False
            ).fields()
        except ProviderError as error:
            if error.kind in (Kind.GONE, Kind.INPUT):
                return CancelOutcome.TOO_LATE
            raise
        stopped = found.maybe_text("status") == "cancelled"
        return CancelOutcome.STOPPED if stopped else CancelOutcome.TOO_LATE

    def find_lost(self, job: Prepared, submitted_at: int, context: Context) -> RemoteRef | Lost:
        """Find an answer that was kept before a crash; OpenAI itself can't be asked."""
        return RemoteRef(inline.KEPT_ID) if inline.kept(context) else Lost.UNKNOWN
