"""States change as the data rules draw them, and in no other way."""

import itertools

import pytest

from stylestudio_desktop.domain.errors import (
    BadInput,
    Code,
    IllegalStep,
    NotEnoughTokens,
    NotFound,
    Remedy,
    ServiceError,
    StorageBusy,
    StorageError,
    StorageFull,
    StorageNewer,
    StudioError,
)
from stylestudio_desktop.domain.generation import (
    CLOSED,
    OPEN,
    ROLE_CATEGORY,
    STEPS,
    Category,
    Review,
    Role,
    Status,
    check_step,
)
from stylestudio_desktop.domain.purchase import PURCHASE_STEPS, PurchaseStatus
from tests.unit.diagram import PURCHASE_ARROWS, RUN_ARROWS


@pytest.mark.parametrize(("old", "new"), list(itertools.product(Status, repeat=2)))
def test_every_pair_of_states(old: Status, new: Status) -> None:
    legal = (old.value, new.value) in RUN_ARROWS
    assert (new in STEPS[old]) is legal
    if legal:
        check_step(old, new)
    else:
        with pytest.raises(IllegalStep, match="Nothing was changed"):
            check_step(old, new)


@pytest.mark.parametrize(("old", "new"), list(itertools.product(PurchaseStatus, repeat=2)))
def test_every_pair_of_purchase_states(old: PurchaseStatus, new: PurchaseStatus) -> None:
    assert (new in PURCHASE_STEPS[old]) is ((old.value, new.value) in PURCHASE_ARROWS)


def test_open_and_closed_share_nothing_and_miss_nothing() -> None:
    assert {status.value for status in OPEN} == {"pending", "uploading", "processing"}
    assert set(Status) == OPEN | CLOSED
    assert not OPEN & CLOSED


def test_roles_take_the_category_of_their_kind() -> None:
    assert {role.value: category.value for role, category in ROLE_CATEGORY.items()} == {
        "product": "product_image",
        "model": "model_image",
        "background": "background_image",
        "result": "generated_image",
    }
    assert set(ROLE_CATEGORY) == set(Role)
    assert Category.PROFILE not in ROLE_CATEGORY.values()


def test_reasons_for_a_decision_are_error_codes_too() -> None:
    assert {Code(reason.value) for reason in Review} == {
        Code.OUTCOME_UNKNOWN,
        Code.CRASHED_TWICE,
        Code.RESTORED,
    }


def test_an_error_carries_sentence_code_and_remedy() -> None:
    plain = ServiceError("It is down.")
    assert (str(plain), plain.code, plain.remedy) == (
        "It is down.",
        Code.SERVICE_FAILED,
        Remedy.RETRY,
    )
    special = ServiceError("No key.", code=Code.NEEDS_KEY, remedy=Remedy.OPEN_SETTINGS)
    assert (special.code, special.remedy) == (Code.NEEDS_KEY, Remedy.OPEN_SETTINGS)
    assert ServiceError("again").code is Code.SERVICE_FAILED


def test_too_few_tokens_says_how_many() -> None:
    error = NotEnoughTokens(6, 4)
    assert (error.needed, error.available) == (6, 4)
    assert "6 tokens and 4" in error.sentence
    assert error.remedy is Remedy.TOP_UP


@pytest.mark.parametrize(
    ("kind", "code", "base"),
    [
        (BadInput, Code.BAD_INPUT, StudioError),
        (NotFound, Code.NOT_FOUND, BadInput),
        (IllegalStep, Code.ILLEGAL_STEP, BadInput),
        (StorageError, Code.STORAGE_BROKEN, StudioError),
        (StorageFull, Code.STORAGE_FULL, StorageError),
        (StorageBusy, Code.STORAGE_BUSY, StorageError),
        (StorageNewer, Code.STORAGE_NEWER, StorageError),
    ],
)
def test_programs_tell_errors_by_their_code(
    kind: type[StudioError], code: Code, base: type[StudioError]
) -> None:
    assert kind("sentence").code is code
    assert issubclass(kind, base)
