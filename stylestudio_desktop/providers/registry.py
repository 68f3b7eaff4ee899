"""The picture-making services in use: the embedded engine, and those that the user has added."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from stylestudio_desktop.providers.catalogue import ServiceEntry
    from stylestudio_desktop.providers.http import Http
    from stylestudio_desktop.providers.offers import Offers
    from stylestudio_desktop.providers.protocol import Provider

_log = logging.getLogger(__name__)

LOCAL = "local"


_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Wanted(NamedTuple):
    """A service that the user has added: its settings, and what it has said of itself."""

    id: str
    settings: Mapping[str, str] = _NOTHING
    learned: Mapping[str, Any] = _NOTHING


class Providers(Mapping[str, "Provider"]):
    """One adapter for each service in use, made when it is first asked for.

    The order is the user's order of preference; the embedded engine comes first unless the user
    has put it elsewhere. An adapter is made anew after its settings were changed. All share one
    way to the network, which is closed at the end.
    """

    def __init__(
        self,
        offers: "Callable[[], Offers] | None" = None,
        wanted: Callable[[], Sequence[Wanted]] = tuple,
        key: Callable[[str], str | None] = lambda name: None,
        offline: Callable[[], bool] = lambda: False,
    ) -> None:
        """`offers` gives the catalogue, when it is first needed; None leaves the engine alone.

        `wanted` names the added services now, `key` finds a service's key. While `offline` says
        so, no service opens a socket.
        """
        self._open_offers = offers
        self._found_offers: Offers | None = None
        self._wanted = wanted
        self._key = key
        self._offline = offline
        self._made: dict[str, tuple[Wanted, Provider]] = {}
        self._http: Http | None = None
        self._lock = threading.RLock()

    def __getitem__(self, name: str) -> "Provider":
        """Return the adapter called `name`, made now if it was not yet."""
        wanted = self._all().get(name)
        if wanted is None:
            raise KeyError(name)
        with self._lock:
            made = self._made.get(name)
            if made is None or made[0] != wanted:
                if made is not None:
                    made[1].close()
                made = self._made[name] = (wanted, self._make(wanted))
            return made[1]

    def __iter__(self) -> Iterator[str]:
        """Yield the names of all services in use, in the order of preference."""
        return iter(self._all())

    def __len__(self) -> int:
        """Return how many services are in use."""
        return len(self._all())

    @property
    def offers(self) -> "Offers | None":
        """Everything that can be added; None where only the engine is wanted."""
        with self._lock:
            if self._found_offers is None and self._open_offers is not None:
                self._found_offers = self._open_offers()
            return self._found_offers

    def close(self) -> None:
        """Let go of everything that was made."""
        with self._lock:
            for _, provider in self._made.values():
                provider.close()
            self._made.clear()
            if self._http is not None:
                self._http.close()
                self._http = None

    def _all(self) -> dict[str, Wanted]:
        found = {one.id: one for one in self._wanted()}
        return found if LOCAL in found else {LOCAL: Wanted(LOCAL), **found}

    def _make(self, wanted: Wanted) -> "Provider":
        if wanted.id == LOCAL:
            from stylestudio_desktop.providers.local import LocalProvider

            return LocalProvider()
        return self.built(wanted)

    def built(self, wanted: Wanted, key: Callable[[], str | None] | None = None) -> "Provider":
        """Return a new adapter for `wanted`, in use or not; one that says why it can't be made.

        `key` stands in for the kept one, to try a key before it is kept.
        """
        from stylestudio_desktop.domain.errors import StudioError
        from stylestudio_desktop.providers.protocol import ProviderError, ServiceCard
        from stylestudio_desktop.providers.unusable import Unusable

        title = wanted.id
        try:
            entry = self._entry(wanted)
            title = entry.name
            made = self._adapter(entry, wanted, key)
            if not isinstance(made.card, ServiceCard):
                raise TypeError("its card is none")
            return made
        except (StudioError, ProviderError) as error:
            return Unusable(wanted.id, title, error.sentence)
        except Exception as error:
            # Other people's packages may fail in any way; the other services go on.
            _log.warning("the service %s can't be started", wanted.id, exc_info=True)
            said = (
                f"The package of the service “{title[:60]}” is broken ({type(error).__name__}). "
                "Nothing was sent. Install it again, or remove the service in Settings."
            )
            return Unusable(wanted.id, title, said)

    def _entry(self, wanted: Wanted) -> "ServiceEntry":
        from stylestudio_desktop.domain.errors import BadInput
        from stylestudio_desktop.providers.catalogue.merging import merged

        entry = None if self.offers is None else self.offers.entry(wanted.id)
        if entry is None:
            raise BadInput(
                f"The catalogue of services has no entry for “{wanted.id[:60]}” any more. Nothing "
                "was sent. Add the entry again, or remove the service in Settings."
            )
        return merged(entry, wanted.settings, wanted.learned)

    def _adapter(
        self, entry: "ServiceEntry", wanted: Wanted, key: Callable[[], str | None] | None
    ) -> "Provider":
        assert self.offers is not None  # noqa: S101 - the entry came from there
        name = wanted.id
        found = self.offers.adapter(name)
        made: Provider = found(
            entry, key or (lambda: self._key(name)), self._network(), wanted.settings
        )
        return made

    def _network(self) -> "Http":
        from stylestudio_desktop import __version__
        from stylestudio_desktop.providers.http import Http

        with self._lock:
            if self._http is None:
                self._http = Http(self._offline, agent=f"StyleStudio/{__version__}")
            return self._http
