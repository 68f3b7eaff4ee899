"""Hostile and odd pictures: the first refused by a sentence, the second taken."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from stylestudio_desktop.domain.errors import BadInput, NotFound
from stylestudio_desktop.files.probe import Limits, probe
from stylestudio_desktop.files.scaling import render
from tests.files import hostile


def put(folder: Path, data: bytes, name: str = "picture.jpg") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_content_decides_and_not_the_name(tmp_path: Path, kind: str) -> None:
    data = hostile.encoded(hostile.drawing(), kind)
    found = probe(put(tmp_path, data, "wrong.gif"), decode=True)
    assert (found.format, found.width, found.height) == (kind, 320, 240)
    assert found.content_type == f"image/{kind.lower()}"
    assert (found.size, found.frames, found.orientation) == (len(data), 1, 1)
    assert not found.icc
    assert not found.alpha


@pytest.mark.parametrize("name", hostile.odd_but_good())
def test_odd_pictures_are_taken(tmp_path: Path, name: str) -> None:
    data = hostile.odd_but_good()[name]
    found = probe(put(tmp_path, data), decode=True)
    with Image.open(tmp_path / "picture.jpg") as opened:
        assert (found.width, found.height) == opened.size
    assert found.icc is (name == "icc")


@pytest.mark.parametrize("name", hostile.refused())
def test_hostile_pictures_are_refused_before_decoding(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a decoder was asked")

    monkeypatch.setattr("stylestudio_desktop.files.probe.open_picture", never)
    data, reason = hostile.refused()[name]
    with pytest.raises(BadInput) as caught:
        probe(put(tmp_path, data), decode=True)
    assert reason in caught.value.sentence
    assert "picture.jpg" in caught.value.sentence


@pytest.mark.parametrize("kind", hostile.KINDS)
def test_cut_anywhere_is_refused_without_decoding(tmp_path: Path, kind: str) -> None:
    data = hostile.KINDS[kind]()
    for tenth in range(10):
        with pytest.raises(BadInput):
            probe(put(tmp_path, data[: len(data) * tenth // 10]))
    with pytest.raises(BadInput):
        probe(put(tmp_path, data[:-2]))
    assert probe(put(tmp_path, data)).width == 320


@pytest.mark.parametrize("name", hostile.lying_but_sized())
def test_a_full_decode_finds_what_headers_hide(tmp_path: Path, name: str) -> None:
    path = put(tmp_path, hostile.lying_but_sized()[name])
    probe(path)
    with pytest.raises(BadInput, match="pixels cannot be read"):
        probe(path, decode=True)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_size_is_after_the_exif_turn(tmp_path: Path, orientation: int, kind: str) -> None:
    found = probe(put(tmp_path, hostile.with_orientation(orientation, kind)))
    assert (found.orientation, found.width, found.height) == (orientation, 320, 240)


def test_limits_are_the_callers(tmp_path: Path) -> None:
    data = hostile.encoded(hostile.drawing())
    path = put(tmp_path, data)
    assert probe(path, Limits(len(data), 320 * 240))
    with pytest.raises(BadInput, match="MB"):
        probe(path, Limits(len(data) - 1, 320 * 240))
    with pytest.raises(BadInput, match="million"):
        probe(path, Limits(len(data), 320 * 240 - 1))


def test_a_limit_above_pillows_own_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert probe(put(tmp_path, hostile.encoded(hostile.drawing())), decode=True)


def test_only_ordinary_files_and_never_a_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "one").symlink_to(tmp_path / "two")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    for odd in (tmp_path / "pipe", tmp_path, Path("/dev/zero"), tmp_path / "one"):
        with pytest.raises(BadInput, match="not an ordinary file"):
            probe(odd)
    with pytest.raises(NotFound):
        probe(tmp_path / "absent")
    with pytest.raises(BadInput, match="not a usable"):
        probe(tmp_path / "nul\0")


def test_a_link_to_a_photo_is_the_photo(tmp_path: Path) -> None:
    path = put(tmp_path, hostile.encoded(hostile.drawing()))
    (tmp_path / "link").symlink_to(path)
    assert probe(tmp_path / "link").width == 320


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), kind=st.sampled_from(sorted(hostile.KINDS)))
def test_any_change_of_bytes_ends_in_a_probe_or_a_sentence(
    tmp_path: Path, data: st.DataObject, kind: str
) -> None:
    picture = bytearray(hostile.KINDS[kind]())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(picture) - 1))
        picture[at] = data.draw(st.integers(0, 255))
    path = put(tmp_path, bytes(picture))
    for work in (lambda: probe(path, decode=True), lambda: render(path)):
        sentence = refusal(work)
        assert sentence is None or "Nothing was changed" in sentence


def refusal(work: Callable[[], object]) -> str | None:
    try:
        work()
    except BadInput as error:
        return error.sentence
    return None
