"""A garment that somebody wears is judged by its colours and its print, not by how it falls."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from stylestudio_desktop.domain import fidelity
from stylestudio_desktop.engine.fidelity.report import examine
from stylestudio_desktop.engine.fidelity.verdict import Found, on_a_person
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.order import Order
from stylestudio_desktop.engine.render import Made, render
from tests.engine.conftest import SAMPLES

TEE = SAMPLES / "products" / "tee-print.jpg"
PLACE = [0.2, 0.2, 0.8, 0.2, 0.8, 0.8, 0.2, 0.8]


def quiet(_stage: str, _progress: float) -> None:
    """Take reports and say nothing."""


@pytest.fixture(scope="module")
def dressed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, Networks]:
    """A mannequin in a printed tee."""
    folder = tmp_path_factory.mktemp("dressed")
    networks = Networks(folder / "no-weights", 2)
    person = SAMPLES / "people" / "mannequin-narrow.jpg"
    message = {
        "products": [TEE], "people": [person], "width": 768, "height": 1024, "seed": 3,
        "options": {"garment": "top"},
    }  # fmt: skip
    (made,) = render(Order.read(message), folder, networks, quiet)
    return made, networks


def told(made: Made, networks: Networks, photo: Path, picture: Path | None = None) -> list[str]:
    shown = picture or Path(made.path)
    report = examine([photo], shown, networks, quiet, made.grade, worn=True)
    found = fidelity.read(report)
    return [found.verdict.value, *found.reasons]


def test_a_tee_on_a_mannequin_is_the_same(dressed: tuple[Made, Networks]) -> None:
    assert told(*dressed, TEE) == ["same", "worn"]


def test_another_garment_on_it_is_found(dressed: tuple[Made, Networks]) -> None:
    other = SAMPLES / "products" / "tee-black.jpg"
    assert told(*dressed, other)[0] != "same"
    assert told(*dressed, SAMPLES / "products" / "jeans-blue.jpg")[0] != "same"


def test_a_mirrored_print_on_it_is_found(dressed: tuple[Made, Networks], tmp_path: Path) -> None:
    with Image.open(TEE) as shot:
        photo = np.asarray(shot.convert("RGB"))[:, ::-1]
    Image.fromarray(np.ascontiguousarray(photo)).save(tmp_path / "mirrored.png")
    assert told(*dressed, tmp_path / "mirrored.png")[:2] == ["drifted", "mirrored"]


def test_a_dye_that_was_turned_on_it_is_found(
    dressed: tuple[Made, Networks], tmp_path: Path
) -> None:
    with Image.open(dressed[0].path) as shot:
        lab = cv2.cvtColor(np.asarray(shot.convert("RGB")), cv2.COLOR_RGB2LAB).astype(np.int16)
    lab[..., 2] += 12
    picture = cv2.cvtColor(lab.clip(0, 255).astype(np.uint8), cv2.COLOR_LAB2RGB)
    Image.fromarray(picture).save(tmp_path / "yellow.png")
    assert told(*dressed, TEE, tmp_path / "yellow.png")[:2] == ["drifted", "colour"]


@pytest.mark.parametrize(
    ("changes", "verdict", "reasons"),
    [
        ({"reasons": ["missing", "added", "outline"], "print_match": 0.6}, "same", ["worn"]),
        ({"reasons": ["missing"], "outline_overlap": 0.95}, "same", ["worn"]),
        ({"reasons": ["colour", "outline"], "outline_overlap": 0.7}, "unknown", ["worn"]),
        ({"reasons": ["colour"], "print_match": 0.6}, "drifted", ["colour", "worn"]),
        ({"reasons": ["mirrored"], "print_match": 0.1}, "drifted", ["mirrored", "worn"]),
        ({"reasons": ["print_lost"], "print_match": 0.1}, "unknown", ["worn"]),
        (
            {"reasons": ["print_lost"], "print_match": 0.1, "outline_overlap": 0.95},
            "drifted",
            ["print_lost", "worn"],
        ),
        ({"reasons": ["other_colour", "other_outline"]}, "drifted", ["other_colour"]),
        ({"reasons": ["nowhere"], "place": []}, "drifted", ["nowhere"]),
    ],
)
def test_only_what_a_body_leaves_as_it_is_counts(
    changes: dict, verdict: str, reasons: list[str]
) -> None:
    found = Found(**{"verdict": "drifted", "place": PLACE, **changes})
    judged = on_a_person(found)
    assert (judged.verdict, judged.reasons) == (verdict, reasons)
