"""What became of a run at Replicate, in words: refusals, and runs cut short."""

from datetime import datetime

from stylestudio_desktop.providers.http import Fields, plain
from stylestudio_desktop.providers.http.sayings import quoted, refused
from stylestudio_desktop.providers.protocol import Kind, ProviderError

CANCEL_AFTER_S = 600
"""Replicate ends a run after this time by itself: it bounds the cost of one we lost track of."""
_REFUSALS = ("nsfw", "sensitive", "safety", "moderation", "content policy", "prohibited")


def ran_out(run: Fields) -> bool:
    """Say whether a cancelled run had reached its deadline, which nobody had wished for."""
    try:
        end = datetime.fromisoformat(run.maybe_text("completed_at"))
        return end >= datetime.fromisoformat(run.maybe_text("deadline"))
    except (ValueError, TypeError):
        return False


def failure(run: Fields) -> ProviderError:
    """Return a failed run in words."""
    said = plain(run.maybe_text("error"), longest=240).strip(" .")
    if any(word in said.lower() for word in _REFUSALS):
        return refused("The model at Replicate", said)
    if run.maybe_text("status") == "aborted":
        return ProviderError(
            Kind.PROVIDER,
            "Replicate had no machine free in time, so the run never began. Nothing was "
            "charged. Try again later.",
        )
    if run.maybe_text("status") == "canceled":
        return ProviderError(
            Kind.PROVIDER,
            f"The run took longer than {CANCEL_AFTER_S // 60} minutes, so Replicate ended it. The "
            "time may have been charged there. Try again, or choose a faster model.",
        )
    return ProviderError(
        Kind.PROVIDER, f"The run at Replicate ended without a picture.{quoted(said)} Try again."
    )
