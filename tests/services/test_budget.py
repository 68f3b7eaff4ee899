"""The monthly budget stops new work, says so, and takes no token for what it stopped."""

from dataclasses import replace
from pathlib import Path

import pytest

from stylestudio_desktop.domain.errors import Code, MonthReached
from stylestudio_desktop.services import budget, finishing, generate, profiles, steering, wallet
from stylestudio_desktop.services.studio import Studio
from tests.factories import brief_for, import_photo
from tests.services.test_around import service, studio
from tests.store.machines import results, stored_result, work_until_processing

__all__ = ["service", "studio"]


def test_new_work_stops_at_the_budget(studio: Studio, tmp_path: Path) -> None:
    product = import_photo(studio, tmp_path)
    studio.settings.change(monthly_budget=4)
    row = generate.start(studio, brief_for(product, count=2))
    finishing.complete(
        studio, work_until_processing(studio, row), results(stored_result(studio, tmp_path), 2)
    )
    generate.start(studio, brief_for(product))
    now = budget.month(studio)
    assert (now.spent, now.held, now.budget, now.left) == (2, 1, 4, 1)
    before = wallet.summary(studio).user.token_balance
    with pytest.raises(MonthReached, match="monthly budget of 4 tokens") as told:
        generate.start(studio, brief_for(product, count=2))
    assert told.value.code is Code.BUDGET_REACHED
    assert wallet.summary(studio).user.token_balance == before
    assert budget.month(studio) == now
    generate.start(studio, brief_for(product))
    studio.settings.change(monthly_budget=0)
    generate.start(studio, brief_for(product, count=2))


def test_a_retry_is_new_work(studio: Studio, tmp_path: Path) -> None:
    row = generate.start(studio, brief_for(import_photo(studio, tmp_path)))
    finishing.fail(studio, row.id, Code.SERVICE_FAILED, "It went wrong.")
    generate.start(studio, brief_for(import_photo(studio, tmp_path, "red")))
    studio.settings.change(monthly_budget=1)
    with pytest.raises(MonthReached):
        steering.retry(studio, row.id)


def test_each_person_has_a_budget_of_their_own(studio: Studio, tmp_path: Path) -> None:
    ben = replace(studio, user_id=profiles.add(studio, "Ben").id)
    studio.settings.change(monthly_budget=7)  # from before people had their own
    assert (budget.month(studio).budget, budget.month(ben).budget) == (7, 7)
    budget.set_budget(studio, 1)
    budget.set_budget(ben, 0)
    assert (budget.month(studio).budget, budget.month(ben).budget) == (1, 0)
    generate.start(ben, brief_for(import_photo(ben, tmp_path), count=2))
    with pytest.raises(MonthReached):
        generate.start(studio, brief_for(import_photo(studio, tmp_path), count=2))
    studio.settings.change(monthly_budgets={str(studio.user_id): "nonsense"})
    assert budget.month(studio).budget == 7
