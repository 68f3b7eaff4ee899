"""One exchange with a service: where it may go, with whose key, how long, what a break means."""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from stylestudio_desktop.providers.http.addresses import CONNECT_S, Origin, origin_of
from stylestudio_desktop.providers.http.answer import Answer
from stylestudio_desktop.providers.http.call import STOPPED, Call, here
from stylestudio_desktop.providers.http.judging import judge
from stylestudio_desktop.providers.http.sessions import Network
from stylestudio_desktop.providers.protocol import Kind, ProviderError

if TYPE_CHECKING:
    import requests

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Access:
    """What one service may reach, and with what.

    `base` is its address, to which relative paths are added; `also` names the hosts that may
    deliver its pictures (a leading dot stands for all sub-domains; https only). `credentials`
    returns the headers that prove who asks; they go to the base's own origin and nowhere else.
    `nearby` says that a person has entered the address, which may then be this machine or the
    local network. `judge` may know an error better than the common rules; None leaves it to them.
    """

    name: str
    base: str
    also: tuple[str, ...] = ()
    credentials: Callable[[], Mapping[str, str]] = dict
    nearby: bool = False
    judge: Callable[[Answer], ProviderError | None] = field(default=lambda answer: None)


class Line:
    """The way to one service, exchange by exchange; safe to use from any number of threads."""

    def __init__(self, network: Network, access: Access) -> None:
        self.access = access
        self.network = network
        self.base = access.base.rstrip("/") + "/"
        try:
            self.origin = origin_of(self.base)
        except ValueError as error:
            raise ProviderError(
                Kind.SETUP,
                f"The address of {access.name} can't be used: {error}. Nothing was sent. Correct "
                "it in Settings.",
            ) from error

    def url(self, place: str) -> str:
        """Return the whole address of `place`, a path below the base or a whole address itself.

        Raises ProviderError where it leads to a host that this service has no business with.
        """
        whole = place if "://" in place else urljoin(self.base, place.lstrip("/"))
        self._origin(whole)
        return whole

    @contextlib.contextmanager
    def exchange(
        self,
        method: str,
        url: str,
        cancelled: Event,
        content: Mapping[str, Any],
        headers: Mapping[str, str] | None,
        read_s: float,
        total_s: float | None = None,
        paid: bool = False,
    ) -> Iterator[tuple["requests.Response", Callable[[Iterator[bytes]], Iterator[bytes]]]]:
        """Run one exchange; yields the answer's head and a guard for reading its body.

        Everything that fails inside of the guard becomes a ProviderError. Redirects are not
        followed here.
        """
        origin = self._origin(url)
        if self.network.offline():
            raise ProviderError(
                Kind.NOT_SENT,
                f"The network is switched off in Settings, so {self.access.name} was not asked. "
                "Nothing was sent. Switch it on there.",
                transient=True,
            )
        own = origin == self.origin
        call = Call(
            cancelled,
            time.monotonic() + (total_s or CONNECT_S + read_s + 30.0),
            host=origin.host,
            nearby=own and self.access.nearby,
        )
        call.look_up()
        sent = {**(headers or {}), **(self._proof() if own else {})}
        here.call = call
        self.network.watch.add(call)
        begun = time.monotonic()
        try:
            with self.network.session(fresh=paid) as session:
                with self._mended(call, paid):
                    response = session.request(
                        method,
                        url,
                        headers=sent,
                        timeout=(CONNECT_S, read_s),
                        stream=True,
                        allow_redirects=False,
                        **content,
                    )
                spent = round((time.monotonic() - begun) * 1000)
                place = f"{origin.host}{urlsplit(url).path}"
                _log.debug("%s %s: %d, %d ms", method, place, response.status_code, spent)
                with contextlib.closing(response):
                    yield response, lambda chunks: self._guarded(chunks, call, paid)
        finally:
            self.network.watch.remove(call)
            here.call = None

    def _guarded(self, chunks: Iterator[bytes], call: Call, paid: bool) -> Iterator[bytes]:
        while True:
            call.look_up()
            with self._mended(call, paid):
                chunk = next(chunks, None)
            if call.cut:  # an answer without a length ends as if it were whole
                raise self._broken(call, paid, None)
            if chunk is None:
                return
            yield chunk

    @contextlib.contextmanager
    def _mended(self, call: Call, paid: bool) -> Iterator[None]:
        import http.client

        from requests import RequestException
        from urllib3.exceptions import HTTPError

        try:
            yield
        except (RequestException, HTTPError, http.client.HTTPException, OSError) as error:
            raise self._broken(call, paid, error) from None
        except (UnicodeError, ValueError) as error:
            raise self._broken(call, paid, error) from None

    def _broken(self, call: Call, paid: bool, error: Exception | None) -> ProviderError:
        """Say what a broken exchange means: nothing went out, or nobody knows what came of it."""
        name = self.access.name
        # The library's own words hold addresses and object names; they are for the log only.
        _log.debug("%s: the exchange broke: %s", name, type(error).__name__)
        if call.cancelled.is_set():
            return ProviderError(Kind.CANCELLED, STOPPED)
        if not call.sent:
            return ProviderError(
                Kind.NOT_SENT,
                f"{name} could not be reached{_why(error)}. Nothing was {_safe(paid)}. "
                f"Check {_cure(call)}.",
                transient=True,
            )
        if paid:
            return ProviderError(
                Kind.AMBIGUOUS,
                f"The connection to {name} broke after the order had gone out. It may have been "
                "carried out and charged there. Decide in History whether it runs again.",
            )
        return ProviderError(
            Kind.PROVIDER,
            f"The connection to {name} broke. Nothing was lost.",
            transient=True,
        )

    def answer(
        self, response: "requests.Response", body: bytes = b"", paid: bool = False
    ) -> Answer:
        """Return a received answer as the value that adapters and rules read."""
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(self.access.name, response.status_code, headers, body, paid)

    def judged(self, answer: Answer) -> ProviderError:
        """Return the error for an answer that is no success, by the service's rules, then ours."""
        return self.access.judge(answer) or judge(answer, self.secrets())

    def _proof(self) -> Mapping[str, str]:
        """Return the service's own headers, refusing a key that could never travel in one."""
        proof = self.access.credentials()
        for value in proof.values():
            if not value.isascii() or not value.isprintable():
                raise ProviderError(
                    Kind.AUTH,
                    f"The key of {self.access.name} holds characters that no key has. Nothing was "
                    "sent. Enter it again in Settings.",
                )
        return proof

    def secrets(self) -> tuple[str, ...]:
        """Return what must never be shown."""
        return tuple(self.access.credentials().values())

    def _origin(self, url: str) -> Origin:
        """Return where `url` leads, refusing hosts that this service has no business with."""
        try:
            origin = origin_of(url)
        except ValueError as error:
            raise self._astray() from error
        if origin == self.origin:
            return origin
        allowed = (
            origin.secure
            and origin.port == 443
            and any(
                origin.host == host or (host.startswith(".") and origin.host.endswith(host))
                for host in self.access.also
            )
        )
        if not allowed:
            raise self._astray()
        return origin

    def _astray(self) -> ProviderError:
        return ProviderError(
            Kind.PROVIDER,
            f"{self.access.name} points to an address that doesn't belong to it. It was not "
            "opened, for your safety. Try again, or choose another service.",
        )


def _cure(call: Call) -> str:
    """Say what to check: a server of one's own is seldom cut off, but was not started or moved."""
    return "that it runs there, and its address in Settings" if call.nearby else "the network"


def _safe(paid: bool) -> str:
    """Say what a failed connection leaves safe: an earlier order may well have been charged."""
    return "sent or charged" if paid else "lost"


def _why(error: Exception | None) -> str:
    """Say in words what kept a connection from being made."""
    text = repr(error)
    if "NameResolution" in text or "gaierror" in text:
        return ": its name was not found"
    if "CERTIFICATE" in text.upper() or "SSL" in text:
        return ": the secure connection failed, perhaps because of this computer's clock or network"
    if "imed out" in text or "Timeout" in text or "ETIMEDOUT" in text:
        return ": it does not answer"
    return ""
