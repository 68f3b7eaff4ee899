"""What a picture carries comes back whole, and not one pixel changes on the way."""

import dataclasses
import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.files.containers import with_xmp, xmp_of
from stylestudio_desktop.files.metadata import (
    Description,
    DigitalSource,
    described,
    description_in,
    description_of,
    packet_of,
)
from stylestudio_desktop.files.probe import probe
from tests.files import hostile

FULL = Description(
    source=DigitalSource.PARTLY_GENERATED,
    prompt='linen & "silk" <dress>, 20 °C, 裙子 👗\r\nsecond line',
    negative_prompt="hands; ]]> -- ",
    parameters={"seed": 7, "style": "vintage", "strength": 0.5, "model": None},
    sources=("a" * 64, "b" * 64),
    label="Made with AI from photos of the product.",
    title="Linen dress",
    system="On this computer",
    version="1.2",
    generation="123456789",
    made_at=1_793_000_000_123,
)

PICTURES = {
    "JPEG": hostile.encoded(hostile.drawing()),
    "progressive": hostile.encoded(hostile.drawing(), progressive=True),
    "exif": hostile.with_orientation(6),
    "icc": hostile.encoded(hostile.drawing(), icc_profile=hostile.foreign_profile()),
    "two": hostile.encoded(
        hostile.drawing(), "MPO", save_all=True, append_images=[hostile.drawing(99, 77)]
    ),
    "PNG": hostile.encoded(hostile.drawing(), "PNG"),
    "palette": hostile.encoded(hostile.drawing(mode="P"), "PNG"),
    "WEBP": hostile.encoded(hostile.drawing(), "WEBP"),
    "lossless": hostile.encoded(hostile.cut_out(321, 241), "WEBP", lossless=True),
    "alpha": hostile.encoded(hostile.cut_out(), "WEBP"),
    "webp exif": hostile.with_orientation(6, "WEBP"),
}

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=200)


def pixels(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("kind", PICTURES)
def test_carried_and_read_back_without_touching_a_pixel(tmp_path: Path, kind: str) -> None:
    before = PICTURES[kind]
    after = with_xmp(with_xmp(before, b"<old/>"), packet_of(FULL))
    assert b"<old/>" not in after
    assert xmp_of(after) == packet_of(FULL)
    one, other = pixels(before), pixels(after)
    assert (one.mode, one.size) == (other.mode, other.size)
    assert ImageChops.difference(one, other).getbbox() is None
    assert other.info.get("icc_profile") == one.info.get("icc_profile")
    assert other.getexif().get(0x0112) == one.getexif().get(0x0112)
    assert getattr(other, "n_frames", 1) == getattr(one, "n_frames", 1)
    path = tmp_path / "picture"
    path.write_bytes(after)
    assert probe(path, decode=True).width
    assert description_in(path) == FULL


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_other_readers_find_it(kind: str) -> None:
    image = pixels(with_xmp(PICTURES[kind], packet_of(FULL)))
    packet = image.info["xmp"]
    assert b"digitalsourcetype/compositeWithTrainedAlgorithmicMedia" in packet


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="needs exiftool")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_exiftool_finds_it(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"picture.{kind.lower()}"
    path.write_bytes(with_xmp(PICTURES[kind], packet_of(FULL)))
    said = subprocess.run(
        ["exiftool", "-s", "-G1", "-validate", "-all", str(path)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert re.search(r"Validate +: OK", said)
    assert "compositeWithTrainedAlgorithmicMedia" in said
    assert "AISystemUsed" in said


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    prompt=texts,
    label=texts,
    parameters=st.dictionaries(texts, st.none() | st.integers() | texts | st.booleans()),
    moment=st.none() | st.integers(0, 4_000_000_000_000),
    source=st.sampled_from(DigitalSource),
)
def test_any_words_survive(
    prompt: str,
    label: str,
    parameters: dict[str, object],
    moment: int | None,
    source: DigitalSource,
) -> None:
    given_words = Description(
        source, prompt=prompt, label=label, parameters=parameters, made_at=moment
    )
    found = description_of(packet_of(given_words))
    assert found is not None
    writable = "".join(sign for sign in prompt if sign not in "\ufffe\uffff")
    assert found.prompt == writable
    assert found.parameters == parameters
    assert (found.made_at, found.source) == (moment, source)


def test_control_characters_are_left_out() -> None:
    found = description_of(
        packet_of(Description(DigitalSource.GENERATED, prompt="a\x00b\x1fc\ud800"))
    )
    assert found is not None
    assert found.prompt == "abc"


def test_photos_put_together_claim_no_machine() -> None:
    packet = packet_of(Description(DigitalSource.COMPOSITE, prompt="x", system="y"))
    assert b"AISystemUsed" not in packet
    assert b"AIPromptInformation" not in packet


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"<x",
        b"\xff\xfe\x00",
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + packet_of(FULL).replace(b"linen", b"&b;"),
        packet_of(FULL).replace(b"<x:xmpmeta", b"<!DOCTYPE x:xmpmeta><x:xmpmeta"),
        b"<a/>",
        b"<a>" * 200_000,
        packet_of(FULL).replace(b"Style Studio Desktop", b"Something else"),
        packet_of(FULL).replace(b"compositeWith", b"unheardOf"),
        packet_of(FULL).replace(b'{"', b'["'),
        packet_of(FULL).replace(b"2026-", b"20266-"),
    ],
)
def test_what_others_wrote_is_judged(packet: bytes) -> None:
    assert description_of(packet) is None


def test_a_description_too_long_for_a_jpeg_is_refused_and_fits_a_png() -> None:
    packet = packet_of(Description(DigitalSource.GENERATED, prompt="x" * 80_000))
    with pytest.raises(BadInput, match="export it as PNG"):
        with_xmp(PICTURES["JPEG"], packet)
    assert xmp_of(with_xmp(PICTURES["PNG"], packet)) == packet


def test_the_longest_prompts_of_a_brief_fit() -> None:
    longest = Description(DigitalSource.GENERATED, prompt="裙" * 4000, negative_prompt="é" * 4000)
    assert with_xmp(PICTURES["JPEG"], packet_of(longest))


def test_no_picture_no_description() -> None:
    for data in (b"", b"text", PICTURES["PNG"][:100], b"\xff\xd8\xff\xd9"):
        with pytest.raises(BadInput):
            with_xmp(data, b"x")
        with pytest.raises(BadInput):
            xmp_of(data)
    assert xmp_of(PICTURES["JPEG"]) is None


@pytest.mark.parametrize("words", ["衣" * 4000, "👗" * 4000, "a & b < c " * 400, "é\u0301" * 2000])
def test_the_longest_words_fit_into_a_jpeg(words: str) -> None:
    said = dataclasses.replace(
        FULL,
        prompt=f"{words}, studio light, soft shadow",
        negative_prompt=words,
        parameters={"prompt": words, "seed": 7, "options": {"backdrop": "gel"}},
    )
    found = description_of(xmp_of(described(PICTURES["JPEG"], said)) or b"")
    assert found == said


def test_words_for_which_there_is_no_room_are_shortened_and_the_rest_is_kept() -> None:
    words = "&" * 4000
    said = dataclasses.replace(
        FULL,
        prompt=words * 4,
        negative_prompt=words,
        parameters={"prompt": words, "seed": 7, "s": "x"},
    )
    found = description_of(xmp_of(described(PICTURES["JPEG"], said)) or b"")
    assert found is not None
    assert found.parameters == {"seed": 7, "s": "x"}
    assert (found.prompt, found.negative_prompt) == (words[:1000], words[:1000])
    assert (found.source, found.sources, found.label) == (said.source, said.sources, said.label)
    whole = description_of(xmp_of(described(PICTURES["PNG"], said)) or b"")
    assert whole == said, "a PNG has room for all of it"
