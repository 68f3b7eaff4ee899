"""Stands in for a service that can't be used now, and says why instead of breaking lists."""

from pathlib import Path
from typing import NoReturn

from stylestudio_desktop.providers.protocol import (
    CancelOutcome,
    Capabilities,
    Context,
    Finished,
    Kind,
    Lost,
    ModelCard,
    Output,
    Prepared,
    ProviderError,
    Readiness,
    RemoteRef,
    ServiceCard,
    Update,
)

_NOTHING = Capabilities(max_products=0, max_models=0, ratios=(), qualities=(), max_count=1)


class Unusable:
    """A service whose address, catalogue entry or package is broken; `sentence` says which."""

    def __init__(self, name: str, title: str, sentence: str) -> None:
        self.sentence = sentence
        model = ModelCard("none", title, _NOTHING, refusal=sentence)
        self._card = ServiceCard(name, title, sentence, (model,), remote=True, needs_key=False)

    @property
    def card(self) -> ServiceCard:
        """A card that offers nothing."""
        return self._card

    def check(self) -> Readiness:
        """Say why it can't be used."""
        return Readiness(False, self.sentence)

    def submit(self, job: Prepared, context: Context) -> RemoteRef | Finished:
        """Refuse."""
        self._refuse()

    def poll(self, ref: RemoteRef, context: Context) -> Update:
        """Refuse for now: what was accepted is asked for again when it is mended."""
        self._refuse()

    def fetch(self, output: Output, sink: Path, context: Context) -> None:
        """Refuse for now."""
        self._refuse()

    def cancel(self, ref: RemoteRef, context: Context) -> CancelOutcome:
        """Nothing can be asked of it."""
        return CancelOutcome.UNSUPPORTED

    def find_lost(self, job: Prepared, submitted_at: int, context: Context) -> RemoteRef | Lost:
        """Nobody can say."""
        return Lost.UNKNOWN

    def close(self) -> None:
        """Nothing is held open."""

    def _refuse(self) -> NoReturn:
        raise ProviderError(Kind.AUTH, self.sentence)
