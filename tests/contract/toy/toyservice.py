"""A picture service of another package: it draws a plain square, and needs a key to do so."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image

from stylestudio_desktop.providers.catalogue import ServiceEntry
from stylestudio_desktop.providers.http import Http, inline
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
    RemoteRef,
    ServiceCard,
    State,
    Update,
)


class Toy:
    """Settings: colour."""

    catalogue = Path(__file__).with_name("toyservice.json")

    def __init__(
        self,
        entry: ServiceEntry,
        secret: Callable[[], str | None],
        http: Http,
        settings: Mapping[str, str],
    ) -> None:
        self._entry = entry
        self._secret = secret
        self._colour = settings.get("colour") or "teal"

    @property
    def card(self) -> ServiceCard:
        return self._entry.card()

    def check(self) -> Readiness:
        return Readiness(self._secret() is not None, "The toy is here.")

    def submit(self, job: Prepared, context: Context) -> RemoteRef | Finished:
        if not self._secret():
            raise ProviderError(Kind.AUTH, "The toy needs a key. Enter one in Settings.")
        out = io.BytesIO()
        Image.new("RGB", (64, 64), self._colour).save(out, "PNG")
        return Finished(inline.keep([(out.getvalue(), {"toy": True})], context))

    def poll(self, ref: RemoteRef, context: Context) -> Update:
        outputs = inline.kept(context)
        return Update(State.SUCCEEDED, 1.0, "Done", outputs) if outputs else Update(State.GONE)

    def fetch(self, output: Output, sink: Path, context: Context) -> None:
        inline.hand_over(output, sink, context)

    def cancel(self, ref: RemoteRef, context: Context) -> CancelOutcome:
        return CancelOutcome.UNSUPPORTED

    def find_lost(self, job: Prepared, submitted_at: int, context: Context) -> RemoteRef | Lost:
        return RemoteRef(inline.KEPT_ID) if inline.kept(context) else Lost.NOT_SENT

    def close(self) -> None:
        """Nothing is held open."""
