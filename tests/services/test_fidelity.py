"""Every finished picture is compared with its product photos, once, and the report is kept."""

import base64
import io
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PIL import Image

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain import fidelity as reports
from stylestudio_desktop.domain.errors import BadInput, NotFound
from stylestudio_desktop.domain.fidelity import FidelityRow, Heat, Verdict
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.providers.protocol import Kind, ProviderError
from stylestudio_desktop.services import fidelity, finishing, generate, history, library, masks
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import fidelity as kept
from tests.factories import FakeProvider, brief_for, import_photo, open_test_studio
from tests.store.machines import results, stored_result, work_until_processing


def report(verdict: str = "drifted", reasons: Sequence[str] = ("colour",)) -> dict[str, Any]:
    """Return a report as the engine gives it."""
    levels = base64.b64encode(zlib.compress(bytes(range(6)))).decode()
    return {
        "verdict": verdict,
        "products": [
            {
                "verdict": verdict, "reasons": list(reasons), "colour_median": 4.5,
                "colour_p95": 7, "matched": 12,
            }
        ],
        "heat": {"width": 3, "height": 2, "levels": levels},
    }  # fmt: skip


@dataclass
class Examining(FakeProvider):
    """A service that compares pictures as it is told to."""

    answers: list[Any] = field(default_factory=list)
    examined: list[tuple[list[Path], Path]] = field(default_factory=list)
    grades: list[str] = field(default_factory=list)
    drawn: list[Path | None] = field(default_factory=list)
    worn: bool = False

    def examine(
        self,
        products: Sequence[Path],
        picture: Path,
        grade: str,
        cancelled: Event,
        masks: Sequence[Path | None] = (),
        *,
        worn: bool = False,
    ) -> Mapping[str, Any]:
        self.drawn, self.worn = list(masks), worn
        self.examined.append((list(products), picture))
        self.grades.append(grade)
        answer = self.answers.pop(0) if self.answers else report()
        if isinstance(answer, ProviderError):
            raise answer
        return answer


@pytest.fixture
def service() -> Examining:
    """The service that makes and compares."""
    return Examining()


@pytest.fixture
def studio(tmp_path: Path, service: Examining) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path, {"local": service})
    yield opened
    close_studio(opened)


def finished(studio: Studio, folder: Path, pictures: int = 2) -> list[int]:
    """Finish a generation and return its pictures."""
    product = import_photo(studio, folder)
    made = generate.start(studio, brief_for(product, count=pictures))
    row = work_until_processing(studio, made)
    return finishing.complete(studio, row, results(stored_result(studio, folder), pictures))


def test_a_finished_picture_is_due_and_then_compared_once(
    studio: Studio, service: Examining, tmp_path: Path
) -> None:
    ids = finished(studio, tmp_path)
    assert fidelity.of_pictures(studio, ids) == {}
    assert fidelity.study(studio, Event()) == 2
    assert fidelity.study(studio, Event()) == 0
    found = fidelity.of_pictures(studio, ids)
    assert {one.verdict for one in found.values()} == {Verdict.DRIFTED}
    one = found[ids[0]]
    assert one.reasons == ("colour",)
    assert one.heat == Heat(3, 2, bytes(range(6)))
    assert (one.products[0].colour_median, one.products[0].facts["matched"]) == (4.5, 12)
    products, picture = service.examined[0]
    assert [path.is_file() for path in products] == [True]
    assert picture == library.location(studio, library.picture(studio, ids[0]))


def test_a_photo_is_compared_as_it_was_cut_out(
    studio: Studio, service: Examining, tmp_path: Path
) -> None:
    ids = finished(studio, tmp_path, 1)
    fidelity.compare(studio, ids[0])
    assert service.drawn == [None]
    story = history.story(studio, library.picture(studio, ids[0]).generation_id or 0)
    (product,) = (one.file_id for one in story.inputs)
    white = io.BytesIO()
    Image.new("L", (64, 48), 255).save(white, "PNG")
    masks.keep(studio, product, white.getvalue(), "mask.png")
    fidelity.compare(studio, ids[0])
    (drawn,) = service.drawn
    assert drawn is not None
    assert drawn.read_bytes() == masks.png(studio, product)


def test_a_picture_with_a_person_is_compared_as_one(
    studio: Studio, service: Examining, tmp_path: Path
) -> None:
    fidelity.compare(studio, finished(studio, tmp_path, 1)[0])
    assert not service.worn
    person = import_photo(studio, tmp_path, "navy", Category.MODEL)
    brief = brief_for(import_photo(studio, tmp_path), models=(person,))
    row = work_until_processing(studio, generate.start(studio, brief))
    (made,) = finishing.complete(studio, row, results(stored_result(studio, tmp_path), 1))
    fidelity.compare(studio, made)
    assert service.worn
    assert len(service.examined[-1][0]) == 1


def test_a_comparison_asked_for_replaces_the_kept_one(
    studio: Studio, service: Examining, tmp_path: Path
) -> None:
    ids = finished(studio, tmp_path, 1)
    service.answers = [report("same", ()), report("different", ("other_colour",))]
    assert fidelity.compare(studio, ids[0]).verdict is Verdict.SAME
    assert fidelity.study(studio, Event()) == 0
    assert fidelity.compare(studio, ids[0]).verdict is Verdict.DIFFERENT
    assert fidelity.of_pictures(studio, ids)[ids[0]].verdict is Verdict.DIFFERENT


def test_what_cannot_be_compared_is_told_and_not_tried_again(
    studio: Studio, service: Examining, tmp_path: Path
) -> None:
    ids = finished(studio, tmp_path, 1)
    service.answers = [ProviderError(Kind.PROVIDER, "It crashed.", transient=True)]
    assert fidelity.study(studio, Event()) == 1
    found = fidelity.of_pictures(studio, ids)[ids[0]]
    assert (found.verdict, found.reasons, found.heat) == (Verdict.UNKNOWN, ("failed",), None)
    assert fidelity.study(studio, Event()) == 0


def test_a_stopped_study_leaves_the_picture_due(
    studio: Studio, service: Examining, tmp_path: Path
) -> None:
    finished(studio, tmp_path, 1)
    service.answers = [ProviderError(Kind.CANCELLED, "Stopped.")]
    assert fidelity.study(studio, Event()) == 0
    stopped = Event()
    stopped.set()
    assert fidelity.study(studio, stopped) == 0
    assert fidelity.study(studio, Event()) == 1


def test_pictures_without_a_product_photo_have_nothing_to_be_compared_with(
    studio: Studio, tmp_path: Path
) -> None:
    photo = import_photo(studio, tmp_path, "navy")
    with pytest.raises(NotFound, match="nothing to compare"):
        fidelity.compare(studio, photo)
    with studio.database.write():
        kept.mark_due(studio.database, studio.user_id, [photo])
    assert fidelity.study(studio, Event()) == 1
    assert fidelity.of_pictures(studio, [photo])[photo].reasons == ("failed",)
    assert fidelity.of_pictures(studio, []) == {}


def test_without_the_engine_pictures_stay_due(tmp_path: Path) -> None:
    studio = open_test_studio(tmp_path)
    try:
        ids = finished(studio, tmp_path, 1)
        assert fidelity.study(studio, Event()) == 0
        with pytest.raises(BadInput, match="not installed"):
            fidelity.compare(studio, ids[0])
    finally:
        close_studio(studio)


def test_a_purged_picture_takes_its_report_along(studio: Studio, tmp_path: Path) -> None:
    ids = finished(studio, tmp_path, 2)
    fidelity.study(studio, Event())
    library.trash(studio, ids[:1])
    library.purge(studio, 2**62)
    assert list(fidelity.of_pictures(studio, ids)) == ids[1:]


def test_a_report_spoilt_in_the_database_is_as_good_as_none(
    studio: Studio, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ids = finished(studio, tmp_path, 1)
    with studio.database.write():
        kept.keep(studio.database, studio.user_id, ids[0], "same", 1, '{"verdict": "same"}')
    assert fidelity.of_pictures(studio, ids) == {}
    assert "can't be read" in caplog.text


def test_hostile_reports_are_refused() -> None:
    bomb = base64.b64encode(zlib.compress(bytes(10_000_000))).decode()
    spoilt: list[Any] = [
        {}, {"verdict": "fine", "products": []}, {"verdict": "same", "products": [{}]},
        report(reasons=["<b>bold</b>"]), {**report(), "heat": {"width": 3, "height": 2}},
        {**report(), "heat": {"width": 3, "height": 2, "levels": bomb}},
        {**report(), "heat": {"width": 3, "height": 2, "levels": "AAAA"}},
        {**report(), "heat": {"width": 3000, "height": 2, "levels": bomb}},
    ]  # fmt: skip
    for one in spoilt:
        with pytest.raises(BadInput):
            reports.read(one)
    with pytest.raises(BadInput):
        reports.kept(FidelityRow(1, 1, "same", 1, "[not json"))
    assert reports.kept(FidelityRow(1, 1, None, None, None)) is None
    read = reports.kept(FidelityRow(1, 1, "drifted", 1, json.dumps(report())))
    assert read is not None
    assert read.verdict is Verdict.DRIFTED
    assert set(reports.VERDICTS) == set(Verdict)


def test_the_engine_is_told_in_which_style_it_developed_a_picture_itself(
    studio: Studio, service: Examining, tmp_path: Path
) -> None:
    """What the engine said of its picture comes back to it; a picture of before goes by style."""
    (told,) = finished(studio, tmp_path, 1)
    other = import_photo(studio, tmp_path)
    for said, provider, expected in (
        ('{"grade": "vintage"}', "local", "vintage"),
        ('{"grade": ""}', "local", ""),
        ("{}", "local", "realistic"),
        ('{"grade": "vintage"}', "elsewhere", ""),
    ):
        with studio.database.write():
            studio.database.run(
                "UPDATE files SET facts = ?, provider = ? WHERE id = ?", (said, provider, told)
            )
        fidelity.compare(studio, told)
        assert service.grades[-1] == expected
    with pytest.raises(NotFound):
        fidelity.compare(studio, other)
