"""fal's queue of hosted models: photos by its storage, jobs by addresses it hands out, all checked.

Facts: fal's documentation of queue, storage and platform interfaces (services, 1.4).
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from stylestudio_desktop.providers.catalogue import ModelEntry, ServiceEntry
from stylestudio_desktop.providers.fal import models, storage
from stylestudio_desktop.providers.http import Access, Door, Fields, Http, marks, plain
from stylestudio_desktop.providers.http.hosted import CHECK_S, Hosted, asking
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

START_WITHIN_S = 600
"""fal gives a job up that has not begun by then: it bounds what one we lost track of costs."""
KEPT_S = 7 * 86_400
"""How long fal is asked to keep the results; its own default is not documented."""
_NAME = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)+")


class Fal(Hosted):
    """Settings: base_url (queue), rest_url (storage), api_url (platform)."""

    def __init__(
        self,
        entry: ServiceEntry,
        secret: Callable[[], str | None],
        http: Http,
        settings: Mapping[str, str],
    ) -> None:
        super().__init__(entry, secret, http, settings)
        rest = settings.get("rest_url") or str(entry.settings.get("rest_url", ""))
        platform = settings.get("api_url") or str(entry.settings.get("api_url", ""))
        self._results = self._opened(self._base(), models.judge_result)
        self._rest = self._opened(rest or "https://rest.fal.ai")
        self._platform = self._opened(platform or "https://api.fal.ai/v1")

    def _storage(self, base: str, proof: str) -> Door:
        """Return the door of the storage that fal names, refusing hosts that are not fal's."""
        return self._http.door(
            Access(
                self._entry.name,
                self._door.url(base),
                credentials=lambda: {"Authorization": proof},
                nearby=bool(self._settings.get("base_url")),
            )
        )

    def _headers(self, secret: str) -> Mapping[str, str]:
        return {"Authorization": f"Key {secret}"}

    def _readiness(self, context: Context) -> Readiness:
        # A model's price of today: asking costs nothing and needs a valid key.
        model = self._entry.model(None)
        for price in self._prices(model.id, context):
            amount = price.maybe_number("unit_price")
            if price.maybe_text("endpoint_id") == model.id and amount is not None:
                unit = plain(price.maybe_text("unit"), longest=30).removesuffix("s") or "unit"
                currency = plain(price.maybe_text("currency"), longest=5)
                told = f"{amount:g} {currency} per {unit}"
                return Readiness(True, "The key is valid.", {f"price of {model.name}": told})
        return Readiness(True, "The key is valid.")

    def _prices(self, model: str, context: Context) -> list[Fields]:
        return (
            self._platform.get(
                "models/pricing", context, params={"endpoint_id": model}, read_s=CHECK_S
            )
            .fields()
            .children("prices")
        )

    def learn(self) -> Mapping[str, Any]:
        """Return today's prices of the models for which the catalogue has none."""
        context = asking()
        today = datetime.now(UTC).date().isoformat()
        facts: dict[str, Any] = {}
        for model in self._entry.models:
            if model.prices or not _NAME.fullmatch(model.id):
                continue
            prices = [
                one for one in self._prices(model.id, context) if models.per_picture(one, model.id)
            ]
            facts[model.id] = {
                "prices": [
                    {
                        "amount": f"{one.maybe_number('unit_price') or 0:g}",
                        "currency": plain(one.maybe_text("currency"), longest=5),
                        "dated": today,
                        "source": "fal.ai's own price list",
                    }
                    for one in prices
                ]
            }
        return {"models": facts}

    def submit(self, job: Prepared, context: Context) -> RemoteRef:
        """Store the photos at fal, then put the job into the queue; the answer is its id."""
        model = self._entry.model(job.brief.model)
        if not _NAME.fullmatch(model.id):
            raise ProviderError(
                Kind.INPUT,
                "A model at fal.ai is called “owner/name”. Nothing was sent. Correct its name.",
            )
        models.inputs_of(
            job, model, [""] * len([*job.products, *job.models])
        )  # refuses before any upload
        urls = storage.stored(job, self._rest, self._storage, context)
        body = models.inputs_of(job, model, urls)
        context.report("Sending the order to fal.ai", None)
        found = self._door.send(
            "POST",
            model.id,
            context,
            paid=True,
            json=body,
            headers={
                "X-Fal-Request-Timeout": str(START_WITHIN_S),
                "X-Fal-Object-Lifecycle-Preference": (
                    f'{{"expiration_duration_seconds": {KEPT_S}}}'
                ),
            },
            stoppable=False,
        ).fields()
        return self._reference(found.text("request_id"), job, model, found.raw)

    def _reference(
        self, name: str, job: Prepared, model: ModelEntry, given: Mapping[str, Any]
    ) -> RemoteRef:
        """Return where in fal's queue the job is found, as fal says itself where it does."""
        # Sub-paths belong to the order only; a job lies under the owner and the app.
        place = "/".join(model.id.split("/")[:2]) + f"/requests/{name}"
        plans = {"status": f"{place}/status", "response": place, "cancel": f"{place}/cancel"}
        for key in plans:
            # Only the path is kept: the job is found as well when the queue's address changes.
            plans[key] = self._within(given.get(f"{key}_url")) or plans[key]
        dropped = models.dropped_of(job, model)
        facts: dict[str, Any] = {"model": model.id, "dropped": dropped}
        if "seed" not in dropped and job.brief.count == 1:
            facts["seed"] = job.seed
        return RemoteRef(name, {**plans, "facts": facts})

    def _within(self, url: Any) -> str:
        """Return where in fal's queue an address leads, empty where it leads elsewhere."""
        base = self._door.base
        return url[len(base) :] if isinstance(url, str) and url.startswith(base) else ""

    def _place(self, ref: RemoteRef, key: str) -> str:
        place = str(ref.data.get(key, ""))
        place = self._within(place) if "://" in place else place
        if not place:
            raise ProviderError(
                Kind.GONE,
                "The job's address at fal.ai is not known any more. Try again to have it made.",
            )
        return place

    def _standing(self, ref: RemoteRef, context: Context) -> Update:
        found = self._door.get(self._place(ref, "status"), context).fields()
        status = found.text("status")
        if status == "IN_QUEUE":
            before = found.maybe_number("queue_position")
            stage = "Waiting at fal.ai" + (f", {before:g} before it" if before else "")
            return Update(State.QUEUED, None, stage)
        if status == "IN_PROGRESS":
            return Update(State.RUNNING, None, "fal.ai is at work")
        if status in ("CANCELLED", "CANCELED"):
            return Update(State.CANCELLED)
        if status != "COMPLETED":
            raise found.wrong("its state is none that is known")
        if "error" in found or "error_type" in found:  # “completed” is not success
            return models.ended_badly(found)
        return self._result(ref, context)

    def _result(self, ref: RemoteRef, context: Context) -> Update:
        try:
            answer = self._results.get(self._place(ref, "response"), context)
        except ProviderError as error:
            if error.kind in (Kind.INPUT, Kind.CONTENT):
                return Update(State.FAILED, error=error)
            raise
        if answer.status == 202:  # the result is a moment behind the state
            return Update(State.RUNNING, None, "fal.ai is at work")
        found = answer.fields()
        pictures = found.children("images") or ([found.child("image")] if "image" in found else [])
        if not pictures:
            said = "fal.ai finished without a picture. Change the wording and try again."
            return Update(State.FAILED, error=ProviderError(Kind.PROVIDER, said))
        facts = dict(ref.data.get("facts") or {})
        units = answer.headers.get("x-fal-billable-units", "")
        if units:
            facts["billable_units"] = plain(units, longest=20)
        outputs = tuple(
            Output(number, one.text("url"), facts) for number, one in enumerate(pictures)
        )
        return Update(State.SUCCEEDED, 1.0, "Done", outputs)

    def _stopped(self, ref: RemoteRef, context: Context) -> CancelOutcome:
        # A waiting job leaves the queue; a running one is only asked to stop.
        answer = self._door.send("PUT", self._place(ref, "cancel"), context, paid=False)
        if b"ALREADY_COMPLETED" in answer.body[:1000]:
            return CancelOutcome.TOO_LATE
        return CancelOutcome.STOPPED if answer.status == 200 else CancelOutcome.REQUESTED

    def find_lost(self, job: Prepared, submitted_at: int, context: Context) -> RemoteRef | Lost:
        """Look through the model's requests since then for one that uses this job's photos."""
        model = self._entry.model(job.brief.model)

        def page(since: str, after: str) -> marks.Page:
            params = {"endpoint_id": model.id, "start": since, "limit": "100", "expand": "payloads"}
            found = self._platform.get(
                "models/requests/by-endpoint",
                context,
                params=params | ({"cursor": after} if after else {}),
                largest=32_000_000,
            ).fields()
            more = found.maybe_text("next_cursor") if found.raw.get("has_more") is True else ""
            listed = found.children("items")
            return [(one.text("request_id"), one.raw.get("json_input")) for one in listed], more

        name = marks.searched(submitted_at, context, page)
        return self._reference(name, job, model, {}) if name else Lost.UNKNOWN
