"""The history is narrowed by style and service together with everything else, batch or not."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.services import history, synthetic, timeline
from stylestudio_desktop.services.studio import Studio
from tests.factories import open_test_studio


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """400 generations, some of them said to be another service's or a batch's."""
    opened = open_test_studio(Path(tmp_path_factory.mktemp("looks")))
    synthetic.fill(opened, 400, seed=9)
    with opened.database.write():
        opened.database.run("UPDATE generations SET provider = 'other' WHERE id % 3 = 0")
    yield opened
    close_studio(opened)


def test_every_combination_gives_what_the_rows_say(studio: Studio) -> None:
    for status, style, provider, trashed in itertools.product(
        (None, "completed"), (None, "vintage", "fashion", "none"), (None, "local", "other"), (0, 1)
    ):
        bare = GenerationFilter(status=status, trashed=bool(trashed))
        wanted = bare._replace(style=style, provider=provider)
        rows = [history.story(studio, one).generation for one in history.ids(studio, bare)]
        fits = [
            row.id
            for row in rows
            if style in (None, row.style) and provider in (None, row.provider)
        ]
        assert list(timeline.ids(studio, wanted)) == fits
        page = timeline.rows(studio, wanted, limit=7)
        assert [row.card.id for row in page.items] == fits[:7]
        if page.next is not None:
            more = timeline.rows(studio, wanted, page.next, limit=7)
            assert [row.card.id for row in more.items] == fits[7:14]


@pytest.mark.parametrize(
    ("wanted", "folded"),
    [
        (GenerationFilter(), True),
        (GenerationFilter(since=5), True),
        (GenerationFilter(style="vintage"), False),
        (GenerationFilter(provider="local"), False),
        (GenerationFilter(search=" "), True),
        (GenerationFilter(search="tee"), False),
        (GenerationFilter(batch=5), False),
    ],
)
def test_batches_are_one_row_until_single_pictures_are_picked_out(
    wanted: GenerationFilter, folded: bool
) -> None:
    assert timeline.folds(wanted) is folded
