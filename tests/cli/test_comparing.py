"""The comparison with the product photo, asked for from the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PIL import Image

from stylestudio_desktop.domain.fidelity import tone
from tests.cli.conftest import Shell
from tests.factories import FakeProvider, photo

DRIFTED = {
    "verdict": "drifted",
    "products": [
        {
            "verdict": "drifted", "reasons": ["colour", "missing"], "colour_median": 5.2,
            "colour_p95": 8.1, "points": 40, "matched": 31,
        }
    ],
    "heat": {"width": 2, "height": 1, "levels": "eJxj+A8AAQEBAA=="},
}  # fmt: skip


@dataclass
class Examining(FakeProvider):
    """A service that finds the same in every picture."""

    asked_for: list[Path] = field(default_factory=list)

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
        self.asked_for.append(picture)
        return DRIFTED


@pytest.fixture
def service(shell: Shell) -> Examining:
    shell.provider = Examining()
    return shell.provider


def test_a_generations_pictures_are_compared_once(
    shell: Shell, service: Examining, tmp_path: Path
) -> None:
    made = shell.json("generate", "--product", str(photo(tmp_path)))
    generation, picture = made["generation"]["id"], made["files"][0]["id"]
    found = shell.json("fidelity", generation)["items"]
    assert [one["file_id"] for one in found] == [picture]
    assert (found[0]["verdict"], found[0]["reasons"]) == ("drifted", ["colour", "missing"])
    assert found[0]["products"][0]["matched"] == 31
    assert found[0]["heat"] == {"width": 2, "height": 1, "levels": "00ff"}
    assert shell.run("fidelity", picture) == 0
    assert "The product has drifted" in shell.out
    assert "Details of the product are missing." in shell.out
    assert "5.2 in the middle" in shell.out
    assert len(service.asked_for) == 1
    assert shell.run("fidelity", picture, "--again") == 0
    assert len(service.asked_for) == 2


def test_where_it_differs_is_drawn_into_a_folder(
    shell: Shell, service: Examining, tmp_path: Path
) -> None:
    made = shell.json("generate", "--product", str(photo(tmp_path)))
    picture, kept = made["files"][0]["id"], made["files"][0]
    into = tmp_path / "looked at"
    assert shell.run("fidelity", picture, "--to", str(into)) != 0
    assert "cannot be used" in shell.err
    into.mkdir()
    assert shell.run("fidelity", picture, "--to", str(into)) == 0
    (first,) = into.iterdir()
    assert first.name == f"differences-{picture}.png"
    assert f"Where it differs: {first}" in shell.out
    again = shell.json("fidelity", picture, "--to", str(into))["items"][0]["map"]
    assert again != str(first)
    assert Path(again).read_bytes() == first.read_bytes()
    assert "map" not in shell.json("fidelity", picture)["items"][0]
    with Image.open(first) as drawn:
        assert drawn.width * kept["height"] == pytest.approx(drawn.height * kept["width"], rel=0.02)
        dim, glowing = (drawn.getpixel((x, drawn.height // 2)) for x in (1, drawn.width - 2))
    assert isinstance(dim, tuple)
    assert isinstance(glowing, tuple)
    assert max(dim) < 110  # the left half is the same: only dimmed
    assert glowing == tone(255)[:3]


def test_where_nothing_differs_nothing_is_drawn(
    shell: Shell, service: Examining, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DRIFTED, "heat", None)
    picture = shell.json("generate", "--product", str(photo(tmp_path)))["files"][0]["id"]
    into = tmp_path / "looked at"
    into.mkdir()
    assert shell.json("fidelity", picture, "--to", str(into))["items"][0]["map"] is None
    assert shell.run("fidelity", picture, "--to", str(into)) == 0
    assert "nothing was drawn" in shell.out
    assert list(into.iterdir()) == []


def test_a_photo_has_nothing_to_be_compared_with(
    shell: Shell, service: Examining, tmp_path: Path
) -> None:
    taken = shell.json("import", str(photo(tmp_path)), "--as", "product")
    assert shell.run("fidelity", taken["files"][0]["id"]) != 0
    assert "nothing to compare" in shell.err
