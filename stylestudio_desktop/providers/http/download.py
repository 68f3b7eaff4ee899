"""Brings a picture home: streamed, bounded, resumed after a break, never half of one."""

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from stylestudio_desktop.providers.http.call import STOPPED
from stylestudio_desktop.providers.http.sessions import chunks_of
from stylestudio_desktop.providers.protocol import Context, Kind, ProviderError

if TYPE_CHECKING:
    import requests

    from stylestudio_desktop.providers.http.line import Line

STALL_S = 30.0
TOTAL_S = 600.0
_TRIES = 4
_MOST_HOPS = 5
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM")


class Download:
    """One picture on its way to `sink`.

    Until it is whole it lies beside `sink` as “NAME.load”, with a note of what it is part of, so
    that a later call, in a later process too, can go on where this one ended.
    """

    def __init__(self, line: "Line", url: str, sink: Path, context: Context, largest: int) -> None:
        self._line = line
        self._url = url
        self._sink = sink
        self._context = context
        self._largest = largest
        self._part = sink.with_name(f"{sink.name}.load")
        self._note = sink.with_name(f"{sink.name}.note")

    def run(self) -> None:
        """Fetch the whole picture. Raises ProviderError, or OSError for our own disk."""
        for number in range(1, _TRIES + 1):
            try:
                self._stream()
                break
            except ProviderError as error:
                if not error.transient or error.kind is Kind.RATE or number == _TRIES:
                    raise
                if self._line.network.offline():
                    raise
            if self._context.cancelled.wait(self._line.network.pause_s * 2**number):
                raise ProviderError(Kind.CANCELLED, STOPPED)
        self._check()
        self._part.replace(self._sink)
        self._note.unlink(missing_ok=True)

    def _stream(self) -> None:
        have, validator = self._kept()
        url = self._url
        for _ in range(_MOST_HOPS + 1):
            headers = {"Range": f"bytes={have}-", "If-Range": validator} if have else {}
            with self._line.exchange(
                "GET", url, self._context.cancelled, {}, headers, STALL_S, TOTAL_S
            ) as (response, guard):
                status = response.status_code
                target = response.headers.get("Location")
                if status in (301, 302, 303, 307, 308) and target:
                    url = self._line.url(urljoin(url, target))
                    continue
                if status == 416:
                    self._forget()
                    raise self._trouble("sent less than it promised")
                if status not in (200, 206):
                    raise self._refused(response)
                resumed = status == 206 and _goes_on(response, have)
                if status == 206 and not resumed:
                    self._forget()
                    raise self._trouble("sent another part than was asked for")
                if not resumed:
                    self._write_note(response)
                self._append(guard(chunks_of(response)), have if resumed else 0)
                return
        raise ProviderError(
            Kind.PROVIDER,
            f"{self._name} sends the picture's address round in a circle. Try again, or choose "
            "another service.",
        )

    def _append(self, chunks: Iterator[bytes], have: int) -> None:
        size = have
        with self._part.open("ab" if have else "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > self._largest:
                    file.close()
                    self._forget()
                    raise ProviderError(
                        Kind.PROVIDER,
                        f"{self._name} sent a picture larger than {self._largest // 1_000_000} MB, "
                        "which is not taken. Your tokens are back. Ask for a smaller one.",
                    )
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())

    @property
    def _name(self) -> str:
        return self._line.access.name

    def _refused(self, response: "requests.Response") -> ProviderError:
        if response.status_code in (403, 404, 410):
            return ProviderError(
                Kind.GONE,
                f"{self._name} no longer has this picture. Try again to have it made anew.",
            )
        return self._line.judged(self._line.answer(response))

    def _trouble(self, what: str) -> ProviderError:
        return ProviderError(
            Kind.PROVIDER, f"{self._name} {what}. Nothing was kept.", transient=True
        )

    def _kept(self) -> tuple[int, str]:
        """Return the bytes that lie here already and what ties them to the picture at the URL."""
        try:
            note = json.loads(self._note.read_text("utf-8"))
            size = self._part.stat().st_size
            if note["of"] == self._digest() and isinstance(note["is"], str) and note["is"]:
                return size, note["is"]
        except (OSError, ValueError, KeyError, TypeError):
            pass  # nothing usable lies here: the download begins anew
        return 0, ""

    def _write_note(self, response: "requests.Response") -> None:
        tag = response.headers.get("ETag", "")
        # A weak tag does not promise equal bytes (RFC 9110 13.1.5), a date does well enough.
        strong = tag if tag and not tag.startswith("W/") else ""
        note = {"of": self._digest(), "is": strong or response.headers.get("Last-Modified", "")}
        self._note.write_text(json.dumps(note), "utf-8")

    def _forget(self) -> None:
        for path in (self._part, self._note):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()

    def _digest(self) -> str:
        return hashlib.sha256(self._url.encode()).hexdigest()

    def _check(self) -> None:
        """Refuse what surely is no picture; whether it is a good one is found when it is kept."""
        with self._part.open("rb") as file:
            head = file.read(32)
        known = head.startswith(_SIGNATURES) or head[8:12] == b"WEBP" or head[4:8] == b"ftyp"
        if not known:
            self._forget()
            raise ProviderError(
                Kind.PROVIDER,
                f"{self._name} sent something that is not a picture. Nothing was kept.",
                transient=True,
            )


def _goes_on(response: "requests.Response", have: int) -> bool:
    found = re.match(r"bytes (\d{1,15})-", response.headers.get("Content-Range", ""))
    return bool(have) and found is not None and int(found[1]) == have
