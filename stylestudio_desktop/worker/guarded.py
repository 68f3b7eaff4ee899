"""Keeps an adapter that breaks down from taking a paid picture with it.

Adapters promise to raise ProviderError and nothing else. One of another package, or one that meets
an answer nobody thought of, may break that promise: what it was asked to make is not lost for it.
"""

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.providers.protocol import (
    CancelOutcome,
    Context,
    Finished,
    Kind,
    Lost,
    Output,
    Prepared,
    Provider,
    ProviderError,
    Readiness,
    RemoteRef,
    ServiceCard,
    Update,
)

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


def guarded(provider: Provider) -> Provider:
    """Return `provider` behind a guard; what is part of this program needs none."""
    return provider if provider.card.originals else Guarded(provider)


class Guarded:
    """An adapter whose faults are errors: AMBIGUOUS for an order, passing ones for the rest."""

    def __init__(self, inner: Provider) -> None:
        """Guard `inner`."""
        self._inner = inner

    @property
    def card(self) -> ServiceCard:
        """The service's description."""
        return self._inner.card

    def check(self) -> Readiness:
        """Say whether work would be taken now."""
        return self._inner.check()

    def submit(self, job: Prepared, context: Context) -> RemoteRef | Finished:
        """Hand the job over; where the adapter breaks, nobody knows what became of the order."""
        with self._telling(Kind.AMBIGUOUS):
            return _of_kind(self._inner.submit(job, context), (RemoteRef, Finished))

    def poll(self, ref: RemoteRef, context: Context) -> Update:
        """Say how the job stands."""
        with self._telling(Kind.PROVIDER):
            return _of_kind(self._inner.poll(ref, context), (Update,))

    def fetch(self, output: Output, sink: Path, context: Context) -> None:
        """Write the picture's bytes to `sink`."""
        with self._telling(Kind.PROVIDER):
            self._inner.fetch(output, sink, context)

    def cancel(self, ref: RemoteRef, context: Context) -> CancelOutcome:
        """Ask the service to stop."""
        with self._telling(Kind.PROVIDER):
            return self._inner.cancel(ref, context)

    def find_lost(self, job: Prepared, submitted_at: int, context: Context) -> RemoteRef | Lost:
        """Look for a job whose answer was lost; where the adapter breaks, nobody can say."""
        try:
            with self._telling(Kind.AMBIGUOUS):
                return _of_kind(
                    self._inner.find_lost(job, submitted_at, context), (RemoteRef, Lost)
                )
        except ProviderError as error:
            if error.kind is Kind.AMBIGUOUS:
                return Lost.UNKNOWN
            raise

    def close(self) -> None:
        """Let go of what the adapter holds."""
        self._inner.close()

    @contextlib.contextmanager
    def _telling(self, kind: Kind) -> Iterator[None]:
        try:
            yield
        except (ProviderError, StudioError, OSError):
            raise
        except Exception as error:
            name = self.card.name
            _log.exception("the adapter of %s broke", name)
            raise ProviderError(
                kind,
                f"The program's part for {name} broke down ({type(error).__name__}). What was "
                "ordered there is not given up.",
                transient=kind is Kind.PROVIDER,
            ) from error


def _of_kind(value: _T, kinds: tuple[type, ...]) -> _T:
    if not isinstance(value, kinds):
        raise TypeError(f"it answered with {type(value).__name__}")
    return value
