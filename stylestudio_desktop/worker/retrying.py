"""When a call to a service is tried again, how long that waits, and what an end is called."""

import random

from stylestudio_desktop.domain.errors import BadInput, Code
from stylestudio_desktop.providers.protocol import Charges, Kind, ProviderError

BACK = "Your tokens are back."
SENDS_ALLOWED = 4
"""How often one attempt is sent when the service says “not now” before it has accepted it."""
FAULTS_ALLOWED = 8
"""Passing faults in a row that a poll or a download survives."""
LONGEST_WAIT_S = 120.0
_OWN_CAUSES = (
    Code.FILE_MISSING,
    Code.FILE_DAMAGED,
    Code.NEEDS_CONSENT,
    Code.PHOTO_UNSUITABLE,
)


def code_of(error: BadInput) -> Code:
    """Return what a job that can't be made is kept as: by its own cause, else as the service's."""
    return error.code if error.code in _OWN_CAUSES else Code.SERVICE_FAILED


def backed_off(base: float, tries: int) -> float:
    """Return the seconds to wait after `tries` failures: `base` doubled each time, with jitter."""
    # Jitter keeps several jobs from coming back in step; it needs no secret randomness.
    spread = random.uniform(0.8, 1.2)  # noqa: S311
    return min(LONGEST_WAIT_S, base * 2.0 ** max(0, tries - 1)) * spread


def last_word(error: ProviderError | None, charges: Charges) -> ProviderError:
    """Return why a service gave a job up, as what may be sent anew or what is final.

    To ask for that job again would only bring the same answer. One that may have been billed is
    not sent a second time by itself.
    """
    said = error or ProviderError(Kind.PROVIDER, FAILED)
    if charges is not Charges.NO and (said.transient or said.kind in WAITING_KINDS):
        return ProviderError(Kind.PROVIDER, said.sentence, request_id=said.request_id)
    return said


def ended(sentence: str) -> str:
    """Return the words for a failure that is final, which gives the tokens back."""
    return sentence if BACK in sentence else f"{sentence} {BACK}"


def given_up(sentence: str, tries: int) -> str:
    """Return the words for what failed `tries` times; the last time it said `sentence`."""
    return (
        f"{sentence} It was tried {tries} times. Your tokens are back. Try again later, or choose "
        "another service."
    )


def overdue(seconds: float) -> ProviderError:
    """Return the error for a picture made here, where nobody bills what was given up."""
    minutes = max(1, round(seconds / 60))
    return ProviderError(
        Kind.PROVIDER,
        f"The picture was not done after {minutes} minutes, so it was stopped. Your tokens are "
        "back. Try again when this computer has less to do, or choose a lower quality.",
    )


def unusable(name: str, error: BadInput) -> BadInput:
    """Return the error for a picture of the service `name` that stays damaged."""
    fact = error.sentence.partition(". Nothing was changed")[0]
    return BadInput(
        f"{name} sent a picture that can't be used: {fact}. Your tokens are back. Try again, or "
        "choose another service."
    )


GONE = (
    "The service no longer has this picture. Your tokens are back. Try again to have it made anew."
)
FAILED = "The service could not make this picture. Your tokens are back. Try again."
WAITING_KINDS = (Kind.RATE, Kind.NOT_SENT)
CODES = {
    Kind.AUTH: Code.NEEDS_KEY,
    Kind.PAYMENT: Code.NEEDS_PAYMENT,
    Kind.SETUP: Code.NEEDS_SETUP,
    Kind.INPUT: Code.PHOTO_UNSUITABLE,
    Kind.CONTENT: Code.SERVICE_REFUSED,
    Kind.GONE: Code.RESULT_EXPIRED,
    Kind.NOT_SENT: Code.NO_NETWORK,
}
