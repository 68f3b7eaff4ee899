"""What services behind an address and a key have in common; each file tells its own only."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

from stylestudio_desktop.providers.catalogue import ServiceEntry
from stylestudio_desktop.providers.http import inline
from stylestudio_desktop.providers.http.answer import Answer
from stylestudio_desktop.providers.http.door import Door, Http
from stylestudio_desktop.providers.http.line import Access
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
    ServiceCard,
    State,
    Update,
)

Judge = Callable[[Answer], ProviderError | None]
CHECK_S = 15.0
"""How long a question in Settings waits for its answer."""


class Hosted(ABC):
    """Base of the adapters: the catalogue's entry, the key, and doors to the service's hosts.

    `NEARBY` services may lie on the own network without the user saying so.
    """

    NEARBY: bool | None = None

    def __init__(
        self,
        entry: ServiceEntry,
        secret: Callable[[], str | None],
        http: Http,
        settings: Mapping[str, str],
    ) -> None:
        """`secret` is asked for the key at each call, so that a new one counts at once."""
        self._entry = entry
        self._secret = secret
        self._http = http
        self._settings = settings
        self._door = self._opened(self._base(), self._judged, nearby=self.NEARBY)

    def _judged(self, answer: Answer) -> ProviderError | None:
        """Return what only this service means by `answer`; None leaves it to the common rules."""
        return None

    def _base(self) -> str:
        """Return the address that the user has set, else the catalogue's."""
        return self._settings.get("base_url") or self._entry.base_url

    def _opened(self, base: str, judge: Judge | None = None, *, nearby: bool | None = None) -> Door:
        """Return a door to `base`; `nearby` ones may lie on the own network.

        Without a word on it, only an address that the user has set may.
        """
        own = bool(self._settings.get("base_url"))
        return self._http.door(
            Access(
                self._entry.name,
                base,
                also=self._entry.hosts,
                credentials=self._proof,
                nearby=own if nearby is None else nearby,
                judge=judge or (lambda answer: None),
            )
        )

    def _proof(self) -> Mapping[str, str]:
        secret = self._secret()
        if secret:
            return self._headers(secret)
        if self._entry.needs_key:
            raise ProviderError(
                Kind.AUTH,
                f"There is no key for {self._entry.name}. Nothing was sent. Enter one in Settings.",
            )
        return {}

    def _headers(self, secret: str) -> Mapping[str, str]:
        """Return what proves who asks; some services have their own header for it."""
        return {"Authorization": f"Bearer {secret}"}

    @property
    def card(self) -> ServiceCard:
        """The service's description."""
        return self._entry.card()

    def check(self) -> Readiness:
        """Ask what costs nothing; an answer that is none says why."""
        try:
            return self._readiness(asking())
        except ProviderError as error:
            later = " Try again later." if error.transient else ""
            return Readiness(False, f"{error.sentence}{later}")

    @abstractmethod
    def _readiness(self, context: Context) -> Readiness:
        """Say whether it can be used, by a question that costs nothing."""

    def poll(self, ref: RemoteRef, context: Context) -> Update:
        """Say how the job stands; what the service does not know any more is gone."""
        try:
            return self._standing(ref, context)
        except ProviderError as error:
            if error.kind is Kind.GONE:
                return Update(State.GONE)
            raise

    @abstractmethod
    def _standing(self, ref: RemoteRef, context: Context) -> Update:
        """Ask how the job stands."""

    def fetch(self, output: Output, sink: Path, context: Context) -> None:
        """Download a picture from where the service says that it lies."""
        self._door.download(output.locator, sink, context)

    def cancel(self, ref: RemoteRef, context: Context) -> CancelOutcome:
        """Ask the service to stop; what it does not know any more comes too late."""
        try:
            return self._stopped(ref, replace(context, cancelled=Event()))
        except ProviderError as error:
            if error.kind in (Kind.GONE, Kind.INPUT):
                return CancelOutcome.TOO_LATE
            raise

    def _stopped(self, ref: RemoteRef, context: Context) -> CancelOutcome:
        """Without such a call the picture is made; `context` is free of the wish to stop."""
        return CancelOutcome.UNSUPPORTED

    def find_lost(self, job: Prepared, submitted_at: int, context: Context) -> RemoteRef | Lost:
        """A service that can't be asked leaves it open."""
        return Lost.UNKNOWN

    def close(self) -> None:  # noqa: B027 - for most there is nothing to do
        """Nothing is held open here; the network's sessions are shared."""


class InOneAnswer(Hosted):
    """Base of those whose answer to the order is the picture, kept in the job's folder at once."""

    def _standing(self, ref: RemoteRef, context: Context) -> Update:
        outputs = inline.kept(context)
        return Update(State.SUCCEEDED, 1.0, "Done", outputs) if outputs else Update(State.GONE)

    def fetch(self, output: Output, sink: Path, context: Context) -> None:
        """Hand over a picture that lies in the job's folder."""
        inline.hand_over(output, sink, context)

    def find_lost(self, job: Prepared, submitted_at: int, context: Context) -> RemoteRef | Lost:
        """Find an answer that was kept before a crash; the service itself can't be asked."""
        return RemoteRef(inline.KEPT_ID) if inline.kept(context) else Lost.UNKNOWN


class ListsModels(InOneAnswer):
    """Base of those that list the models that a key may use; asking costs nothing."""

    @abstractmethod
    def _listed(self, context: Context) -> Collection[str]:
        """Return the names of the models that the key may use."""

    def _readiness(self, context: Context) -> Readiness:
        names = self._listed(context)
        usable = [one.id for one in self._entry.models if one.id in names]
        details = {"models": ", ".join(usable) or "none of the catalogue's"}
        if not usable:
            sentence = "The key is valid, but has none of these models. Enter another one's name."
            return Readiness(False, sentence, details)
        number = f"{len(usable)} models" if len(usable) > 1 else "1 model"
        return Readiness(True, f"The key is valid; {number} can be used.", details)

    def learn(self) -> Mapping[str, Any]:
        """Say which of the models this key can't use, so that they are not offered."""
        names = self._listed(asking())
        without = f"{self._entry.name} does not give this model to your key."
        refusals = {one.id: "" if one.id in names else without for one in self._entry.models}
        return {"models": {name: {"refusal": refusal} for name, refusal in refusals.items()}}


def asking() -> Context:
    """Return a context for a question that belongs to no job."""
    return Context(Event(), Path(), lambda stage, progress: None)
