"""What was found in a photo serves the next picture of it, and never goes stale or grows."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.faults import Cancelled
from stylestudio_desktop.engine.kept import Kept
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.painted import cut_as

from .conftest import no_check


@dataclass(frozen=True)
class Plain:
    plane: NDArray[np.uint8]
    note: str = ""


def thing(size: int = 10) -> Plain:
    return Plain(np.zeros(size, np.uint8))


def test_found_once_and_not_to_be_written_on() -> None:
    kept = Kept()
    first = kept.of("a", thing)
    assert kept.of("a", lambda: pytest.fail("looked for again")) is first
    with pytest.raises(ValueError, match="read-only"):
        first.plane[0] = 1


def test_the_oldest_goes_and_what_is_too_large_is_not_kept() -> None:
    kept = Kept(most=25)
    one, two = kept.of("one", thing), kept.of("two", thing)
    assert kept.of("one", thing) is one  # asked for last, so it stays
    kept.of("three", thing)
    assert kept.of("one", thing) is one
    assert kept.of("two", thing) is not two
    large = kept.of("large", lambda: thing(26))
    assert kept.of("large", lambda: thing(26)) is not large


def test_what_was_stopped_is_not_kept() -> None:
    kept = Kept()

    def stopped() -> Plain:
        raise Cancelled

    with pytest.raises(Cancelled):
        kept.of("a", stopped)
    assert kept.of("a", thing).note == ""


def test_a_photo_is_cut_out_once_for_each_size_and_care(
    tee: Path, bare_networks: Networks, tmp_path: Path
) -> None:
    networks = Networks(bare_networks.folder, 1)

    def found(side: int, *, swift: bool = False) -> object:
        return cut_as(photo.read(tee, side), None, networks, no_check, swift=swift)

    first = found(240)
    assert found(240) is first
    assert found(200) is not first
    assert found(240, swift=True) is not first
    other = tmp_path / "other.jpg"
    other.write_bytes(tee.read_bytes() + b" ")  # another file, though it shows the same
    assert cut_as(photo.read(other, 240), None, networks, no_check) is not first
    drawn = photo.Photo(photo.read(tee, 240).rgb, None, "no file")
    assert cut_as(drawn, None, networks, no_check) is not first
