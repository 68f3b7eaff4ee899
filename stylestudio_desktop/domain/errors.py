"""Errors that carry the user's sentence: what happened, what is safe, what to do next."""

from enum import Enum


class Code(str, Enum):
    """Stable names of what went wrong, stored with rows and printed by the command line."""

    BAD_INPUT = "bad_input"
    NOT_FOUND = "not_found"
    NOT_ENOUGH_TOKENS = "not_enough_tokens"
    BUDGET_REACHED = "budget_reached"
    ILLEGAL_STEP = "illegal_step"
    SERVICE_FAILED = "service_failed"
    SERVICE_REFUSED = "service_refused"
    SERVICE_BUSY = "service_busy"
    NEEDS_KEY = "needs_key"
    NEEDS_PAYMENT = "needs_payment"
    NEEDS_CONSENT = "needs_consent"
    NEEDS_SETUP = "needs_setup"
    NO_NETWORK = "no_network"
    OUTCOME_UNKNOWN = "outcome_unknown"
    RESULT_EXPIRED = "result_expired"
    CRASHED_TWICE = "crashed_twice"
    RESTORED = "restored"
    PHOTO_UNSUITABLE = "photo_unsuitable"
    CANCELLED = "cancelled"
    FILE_MISSING = "file_missing"
    FILE_DAMAGED = "file_damaged"
    STORAGE_FULL = "storage_full"
    STORAGE_BROKEN = "storage_broken"
    STORAGE_BUSY = "storage_busy"
    STORAGE_NEWER = "storage_newer"
    STORAGE_AWAY = "storage_away"
    BOOKS_WRONG = "books_wrong"
    PROFILE_LOCKED = "profile_locked"
    PAYMENT_FAILED = "payment_failed"
    PAYMENT_KEY = "payment_key"


class Remedy(str, Enum):
    """The action that helps; a face turns it into a button or a hint."""

    NONE = "none"
    RETRY = "retry"
    TOP_UP = "top_up"
    CHANGE_INPUT = "change_input"
    CHANGE_PROVIDER = "change_provider"
    OPEN_SETTINGS = "open_settings"
    FREE_SPACE = "free_space"
    DECIDE = "decide"
    REVEAL_FILES = "reveal_files"
    CHECK_LIBRARY = "check_library"
    BRING_BACK = "bring_back"
    ALLOW_WRITING = "allow_writing"


class StudioError(Exception):
    """Base of every error a user may meet.

    `sentence` is plain language for people; `code` is stable for programs; `remedy` names the
    action that helps. Nothing secret is ever put into a sentence.
    """

    code: Code = Code.BAD_INPUT
    remedy: Remedy = Remedy.NONE

    def __init__(
        self, sentence: str, *, code: Code | None = None, remedy: Remedy | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if code is not None:
            self.code = code
        if remedy is not None:
            self.remedy = remedy


class BadInput(StudioError):
    """What was given cannot be used; nothing was changed."""

    code = Code.BAD_INPUT
    remedy = Remedy.CHANGE_INPUT


class NotFound(BadInput):
    """No such row, file or choice for this user."""

    code = Code.NOT_FOUND


class IllegalStep(BadInput):
    """A state change that the table of transitions does not allow."""

    code = Code.ILLEGAL_STEP
    remedy = Remedy.NONE


class NotEnoughTokens(StudioError):
    """The balance does not cover the quoted price; nothing was started."""

    code = Code.NOT_ENOUGH_TOKENS
    remedy = Remedy.TOP_UP

    def __init__(self, needed: int, available: int) -> None:
        super().__init__(
            f"This costs {needed} tokens and {available} are available. "
            "Nothing was started and nothing was charged. Get tokens, or ask for fewer pictures."
        )
        self.needed = needed
        self.available = available


class BudgetReached(StudioError):
    """Going on would cost more than the batch's budget; nothing more is started."""

    code = Code.BUDGET_REACHED
    remedy = Remedy.NONE


class MonthReached(BudgetReached):
    """Going on would cost more than the month's budget; nothing more is started."""

    def __init__(self, budget: int, spent: int) -> None:
        super().__init__(
            f"This would go beyond the monthly budget of {budget} tokens ({spent} are spent). "
            "Nothing was started and nothing was charged. Raise the budget in the wallet, or wait "
            "for the next month."
        )


class Stopped(StudioError):
    """The person stopped it; what was finished before stays."""

    code = Code.CANCELLED

    def __init__(self, sentence: str = "You stopped it. What was finished before stays.") -> None:
        super().__init__(sentence)


class ProfileLocked(StudioError):
    """The profile at the desk is locked, or the passphrase given for one is not its own."""

    code = Code.PROFILE_LOCKED


class WalletReadOnly(StudioError):
    """The ledger's check found it broken; nothing new is booked until a person has decided."""

    code = Code.BOOKS_WRONG

    def __init__(self, found: str) -> None:
        super().__init__(
            f"The wallet is read-only, because the ledger's check found: {found} Nothing was "
            "changed, and what runs is finished. Restore a backup, or accept the ledger as it "
            "stands: in the wallet, or with “stylestudio ledger anchor --reason …”."
        )
        self.found = found


class ServiceError(StudioError):
    """A picture-making service failed, refused or could not be reached."""

    code = Code.SERVICE_FAILED
    remedy = Remedy.RETRY


class PaymentError(StudioError):
    """The payment service refused, or could not be reached.

    `again` says that the same request may be sent again, with the same key.
    """

    code = Code.PAYMENT_FAILED
    remedy = Remedy.RETRY

    def __init__(self, sentence: str, *, code: Code | None = None, again: bool = False) -> None:
        super().__init__(
            sentence,
            code=code,
            remedy=Remedy.OPEN_SETTINGS if code is Code.PAYMENT_KEY else None,
        )
        self.again = again


class NeedsConsent(BadInput):
    """Photos of people would go to a third party, and nobody has agreed to that yet."""

    code = Code.NEEDS_CONSENT
    remedy = Remedy.OPEN_SETTINGS

    def __init__(self, sentence: str, provider: str) -> None:
        super().__init__(sentence)
        self.provider = provider


class CeilingReached(BadInput):
    """A service has made as many pictures this month as its user allows it."""

    code = Code.BUDGET_REACHED
    remedy = Remedy.OPEN_SETTINGS


class StorageError(StudioError):
    """The disk or the database could not do what was asked; the change was rolled back."""

    code = Code.STORAGE_BROKEN
    remedy = Remedy.REVEAL_FILES


class StorageFull(StorageError):
    """The disk is full."""

    code = Code.STORAGE_FULL
    remedy = Remedy.FREE_SPACE


class StorageBusy(StorageError):
    """Another process held the database for longer than we wait."""

    code = Code.STORAGE_BUSY
    remedy = Remedy.RETRY


class StorageNewer(StorageError):
    """The database was written by a newer version of the program."""

    code = Code.STORAGE_NEWER
    remedy = Remedy.NONE
