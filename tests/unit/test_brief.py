"""A brief is taken exactly within its bounds, and a refusal names what is wrong."""

import dataclasses
import json
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylestudio_desktop.domain.brief import Brief, check
from stylestudio_desktop.domain.errors import BadInput, Code, Remedy
from stylestudio_desktop.domain.ids import FileId


def asks(**changes: object) -> Brief:
    return dataclasses.replace(Brief(products=(FileId(1),)), **changes)  # type: ignore[arg-type]


def accepted(brief: Brief) -> bool:
    try:
        check(brief)
    except BadInput:
        return False
    return True


def test_a_refusal_says_what_to_change() -> None:
    with pytest.raises(BadInput, match="1 to 10 pictures") as caught:
        check(asks(count=11))
    assert (caught.value.code, caught.value.remedy) == (Code.BAD_INPUT, Remedy.CHANGE_INPUT)
    assert caught.value.sentence == str(caught.value)


@given(st.integers(0, 9))
def test_one_to_five_products(number: int) -> None:
    products = tuple(range(100, 100 + number))
    assert accepted(asks(products=products)) == (1 <= number <= 5)


@given(st.integers(0, 6))
def test_up_to_three_models(number: int) -> None:
    assert accepted(asks(models=tuple(range(200, 200 + number)))) == (number <= 3)


@given(st.integers(-5, 20))
def test_one_to_ten_pictures(count: int) -> None:
    assert accepted(asks(count=count)) == (1 <= count <= 10)


@given(st.one_of(st.none(), st.integers(-(2**33), 2**33), st.sampled_from([0, 2**31 - 1, 2**31])))
def test_seed_bounds(seed: int | None) -> None:
    assert accepted(asks(seed=seed)) == (seed is None or 0 <= seed < 2**31)


@given(st.one_of(st.none(), st.floats(), st.sampled_from([0.1, 1.0])))
def test_strength_bounds(strength: float | None) -> None:
    assert accepted(asks(strength=strength)) == (strength is None or 0.1 <= strength <= 1.0)


@given(st.one_of(st.none(), st.floats(), st.sampled_from([1.0, 20.0])))
def test_guidance_bounds(guidance: float | None) -> None:
    wanted = guidance is None or 1.0 <= guidance <= 20.0
    assert accepted(asks(guidance_scale=guidance)) == wanted


@given(st.one_of(st.none(), st.integers(-10, 400)))
def test_step_bounds(steps: int | None) -> None:
    assert accepted(asks(num_inference_steps=steps)) == (steps is None or 1 <= steps <= 150)


@pytest.mark.parametrize("field", ["prompt", "negative_prompt"])
@pytest.mark.parametrize(("length", "fits"), [(0, True), (4000, True), (4001, False)])
def test_prompt_length(field: str, length: int, fits: bool) -> None:
    assert accepted(asks(**{field: "a" * length})) is fits


@pytest.mark.parametrize("field", ["prompt", "negative_prompt"])
@pytest.mark.parametrize("sign", ["\x00", "\ud800"])
def test_signs_that_no_database_and_no_service_takes(field: str, sign: str) -> None:
    assert not accepted(asks(**{field: f"linen{sign}shirt"}))


@pytest.mark.parametrize("field", ["products", "models"])
def test_the_same_photo_twice(field: str) -> None:
    with pytest.raises(BadInput, match="twice"):
        check(asks(**{field: (FileId(4), FileId(4))}))


@given(st.text(max_size=200), st.text(max_size=200))
def test_texts_are_trimmed_and_nothing_else_changes(prompt: str, negative: str) -> None:
    brief = asks(prompt=prompt, negative_prompt=negative, seed=7)
    if "\x00" in prompt + negative:
        assert not accepted(brief)
        return
    checked = check(brief)
    assert checked == dataclasses.replace(
        brief, prompt=prompt.strip(), negative_prompt=negative.strip()
    )


def test_parameters_are_plain_json_without_files_and_words() -> None:
    brief = asks(prompt="secret words", seed=3, options=MappingProxyType({"kind": "top"}))
    parameters = brief.parameters()
    assert json.loads(json.dumps(parameters)) == parameters
    assert parameters["seed"] == 3
    assert parameters["options"] == {"kind": "top"}
    assert not {"prompt", "negative_prompt", "products", "models"} & set(parameters)
    named = {field.name for field in dataclasses.fields(Brief)}
    assert set(parameters) == named - {
        "prompt",
        "negative_prompt",
        "products",
        "models",
        "background",
    }


def test_a_brief_never_changes() -> None:
    brief = asks()
    with pytest.raises(dataclasses.FrozenInstanceError):
        brief.count = 4  # type: ignore[misc]
    with pytest.raises(TypeError):
        brief.options["kind"] = "top"  # type: ignore[index]
