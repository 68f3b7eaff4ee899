"""The one door to the network: every byte to and from a service passes here, by one set of rules.

Which address, with whose key, for how long, how much, and what a failure means is decided here;
an adapter only knows its service's words.
"""

import contextlib
import random
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import Any

from stylestudio_desktop.providers.http.answer import Answer
from stylestudio_desktop.providers.http.call import STOPPED
from stylestudio_desktop.providers.http.download import Download
from stylestudio_desktop.providers.http.line import Access, Line
from stylestudio_desktop.providers.http.sessions import Network, chunks_of
from stylestudio_desktop.providers.protocol import Context, Kind, ProviderError

READ_S = 60.0
LARGEST_ANSWER = 4_000_000
LARGEST_PICTURE = 64_000_000
"""What a service may send as one answer, and as one picture, in bytes."""
REPEATS = 4
_REPEATED_FOR_S = 20.0

File = tuple[str, bytes | Path, str]
"""One file of a form: the name the service sees, bytes or a path, and the content type."""


class Http(Network):
    """What all services share; an adapter is given it and opens the door of its service."""

    def door(self, access: Access) -> "Door":
        """Return the door of one service. Raises ProviderError if its address can't be one."""
        return Door(self, access)


class Door(Line):
    """The way to one service; safe to use from any number of threads."""

    def get(
        self,
        place: str,
        context: Context,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        read_s: float = READ_S,
        largest: int = LARGEST_ANSWER,
    ) -> Answer:
        """Ask for something; repeated up to four times within seconds, as this changes nothing.

        Raises ProviderError for every status but 2xx.
        """
        begun = time.monotonic()
        for number in range(REPEATS + 1):
            try:
                return self._once(
                    "GET", self.url(place), context, {"params": params}, headers, read_s, largest
                )
            except ProviderError as error:
                tired = number == REPEATS or time.monotonic() - begun > _REPEATED_FOR_S
                if not error.transient or error.kind is Kind.RATE or tired:
                    raise
                if self.network.offline():
                    raise
            spread = random.uniform(1.0, 1.3)  # noqa: S311 - only keeps calls out of step
            pause = self.network.pause_s * 2**number * spread
            if context.cancelled.wait(pause):
                raise ProviderError(Kind.CANCELLED, STOPPED)
        raise AssertionError("unreachable: the last round returns or raises")

    def send(
        self,
        method: str,
        place: str,
        context: Context,
        *,
        paid: bool,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        files: Sequence[tuple[str, File]] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        read_s: float = READ_S,
        largest: int = LARGEST_ANSWER,
        stoppable: bool = True,
    ) -> Answer:
        """Send something, once, whatever happens.

        `paid` marks an order: a lost or unreadable answer to it is AMBIGUOUS. `files` become a
        multipart form together with `form`. With `stoppable` false a wish to cancel waits for the
        answer: right for orders that are answered at once with an id, which must not be lost.
        Raises ProviderError for every status but 2xx.
        """
        if context.cancelled.is_set():
            raise ProviderError(Kind.CANCELLED, STOPPED)
        with contextlib.ExitStack() as opened:
            content: dict[str, Any] = {"json": json, "data": body if form is None else form}
            if files:
                content["files"] = [(name, _open(opened, file)) for name, file in files]
            url = self.url(place)
            return self._once(
                method, url, context, content, headers, read_s, largest, paid, stoppable
            )

    def _once(
        self,
        method: str,
        url: str,
        context: Context,
        content: Mapping[str, Any],
        headers: Mapping[str, str] | None,
        read_s: float,
        largest: int,
        paid: bool = False,
        stoppable: bool = True,
    ) -> Answer:
        cancelled = context.cancelled if stoppable else Event()
        with self.exchange(method, url, cancelled, content, headers, read_s, paid=paid) as (
            response,
            guard,
        ):
            body = bytearray()
            for chunk in guard(chunks_of(response)):
                body += chunk
                if len(body) > largest:
                    answer = self.answer(response, b"", paid)
                    raise answer.unreadable("it sent far more than was asked for")
            answer = self.answer(response, bytes(body), paid)
        if not 200 <= answer.status < 300:
            raise self.judged(answer)
        return answer

    def download(
        self,
        place: str,
        sink: Path,
        context: Context,
        *,
        largest: int = LARGEST_PICTURE,
    ) -> None:
        """Stream a picture to the new file `sink`; what came before a break is not asked for again.

        Raises ProviderError; OSError where this computer's own disk fails.
        """
        Download(self, self.url(place), sink, context, largest).run()


def _open(opened: contextlib.ExitStack, file: File) -> tuple[str, Any, str]:
    name, content, kind = file
    if isinstance(content, Path):
        return name, opened.enter_context(content.open("rb")), kind
    return name, content, kind
