"""What services behind an address and a key have in common; each file tells its own only."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event

from stylestudio_desktop.providers.catalogue import ServiceEntry
from stylestudio_desktop.providers.http.answer import Answer
from stylestudio_desktop.providers.http.door import Door, Http
from stylestudio_desktop.providers.http.line import Access
from stylestudio_desktop.providers.protocol import Context, Kind, ProviderError, ServiceCard

Judge = Callable[[Answer], ProviderError | None]


class Hosted:
    """Base of the adapters: the catalogue's entry, the key, and doors to the service's hosts."""

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

    def close(self) -> None:
        """Nothing is held open here; the network's sessions are shared."""


def asking() -> Context:
    """Return a context for a question that belongs to no job."""
    return Context(Event(), Path(), lambda stage, progress: None)


def unstopped(context: Context) -> Context:
    """Return `context` for a call that the wish to stop must not stop: it carries that wish."""
    return replace(context, cancelled=Event())
