"""What a window remembers is its person's: a draft, a search, a selection."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.account import Profile
from stylestudio_desktop.services import budget, leaving, profiles, sitting
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.vault.asking import Person
from tests.factories import open_test_studio

MINE, THEIRS = {"draft": "mine"}, {"draft": "theirs"}


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path)
    yield opened
    close_studio(opened)


@pytest.fixture
def ben(studio: Studio) -> Profile:
    return profiles.add(studio, "Ben")


def at_desk(studio: Studio) -> tuple[str, dict[str, object]]:
    value = studio.settings.value
    return value.profile, value.window


@pytest.mark.parametrize("go", [profiles.switch, profiles.leave_to])
def test_everybody_finds_their_own_window_again(studio: Studio, ben: Profile, go: object) -> None:
    assert callable(go)
    sitting.remember_window(studio, MINE)
    go(studio, ben.id)
    assert at_desk(studio) == (str(ben.id), {})
    sitting.remember_window(studio, MINE | {"more": 1})  # the window closes after the switch
    assert at_desk(studio) == (str(ben.id), {})
    theirs = replace(studio, user_id=ben.id)
    sitting.remember_window(theirs, THEIRS)
    go(theirs, studio.user_id)
    assert at_desk(studio) == (str(studio.user_id), MINE | {"more": 1})
    go(studio, studio.user_id)
    assert at_desk(studio) == (str(studio.user_id), MINE | {"more": 1})
    # Somebody is chosen before a window opens: by themselves, as it were.
    go(theirs, ben.id)
    assert at_desk(studio) == (str(ben.id), THEIRS)


def test_who_signs_in_finds_no_other_window(studio: Studio, ben: Profile) -> None:
    from stylestudio_desktop.services import signing_in

    profiles.set_email(studio, "mine@example.com")
    sitting.remember_window(studio, MINE)
    found = signing_in.arrive(studio, Person("https://id", "sub", "eve@example.com", "Eve", None))
    assert found.id not in (studio.user_id, ben.id)
    assert at_desk(studio) == (str(found.id), {})


def test_a_deleted_profile_s_window_is_forgotten(studio: Studio, ben: Profile) -> None:
    theirs = replace(studio, user_id=ben.id)
    sitting.remember_window(studio, MINE)
    profiles.switch(studio, ben.id)
    sitting.remember_window(theirs, THEIRS)
    leaving.delete(theirs, ben.id)
    assert at_desk(studio) == ("", MINE)
    sitting.remember_window(theirs, THEIRS)  # the window closes after the end
    assert at_desk(studio) == ("", MINE)
    assert studio.settings.value.windows == {}

    eve = profiles.add(studio, "Eve")
    studio.settings.change(windows={str(eve.id): THEIRS})
    leaving.delete(studio, eve.id)  # not the one at the desk
    assert at_desk(studio) == ("", MINE)
    assert studio.settings.value.windows == {}
    ann = profiles.add(studio, "Ann")
    studio.settings.change(windows={str(ann.id): "odd"})
    leaving.delete(studio, studio.user_id)  # the first, who needs no choice
    assert at_desk(studio) == ("", {})
    leaving.delete(replace(studio, user_id=ann.id), ann.id)
    assert at_desk(studio) == ("", {})
    assert studio.settings.value.windows == {}


def test_another_is_deleted_while_somebody_chosen_sits_there(studio: Studio, ben: Profile) -> None:
    profiles.switch(studio, ben.id)
    theirs = replace(studio, user_id=ben.id)
    sitting.remember_window(theirs, THEIRS)
    leaving.delete(theirs, studio.user_id)
    assert at_desk(studio) == (str(ben.id), THEIRS)


@pytest.mark.parametrize("at_the_desk", [True, False])
def test_who_is_deleted_leaves_no_budget_behind(
    studio: Studio, ben: Profile, at_the_desk: bool
) -> None:
    theirs = replace(studio, user_id=ben.id)
    budget.set_budget(theirs, 5)
    budget.set_budget(studio, 6)
    if at_the_desk:
        profiles.switch(studio, ben.id)
    leaving.delete(studio, ben.id)
    assert studio.settings.value.monthly_budgets == {str(studio.user_id): 6}
