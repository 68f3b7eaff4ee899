"""The list of services: what ships is sound, what people edit is taken with care."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.domain.errors import BadInput, NotFound
from stylestudio_desktop.providers.catalogue import Services, load_services
from stylestudio_desktop.providers.protocol import Charges, Reattach

SHIPPED = resources() / "services" / "catalogue.json"


def written(folder: Path, **content: Any) -> Path:
    path = folder / "services.json"
    path.write_text(json.dumps({"dated": "2027-01", **content}), "utf-8")
    return path


@pytest.fixture(scope="module")
def shipped() -> Services:
    return load_services(SHIPPED)


def test_what_ships_is_whole(shipped: Services) -> None:
    assert not shipped.problems
    assert {one.id for one in shipped.services} == {
        "comfyui",
        "openai",
        "fashn",
        "fal",
        "replicate",
        "gemini",
        "custom",
    }
    for service in shipped.services:
        assert service.models
        assert service.dated
        card = service.card()
        assert card.remote == (service.id != "comfyui")
        for model in service.models:
            assert set(model.quality_names) == {"draft", "standard", "high"}
            assert set(model.modes) <= {"text", "product", "person"}
            assert all(price.source and price.dated for price in model.prices)


def test_prices_are_exact_and_unknown_stays_unknown(shipped: Services) -> None:
    openai = shipped.service("openai")

    assert openai.model("gpt-image-1.5").prices[0].amount == Decimal("0.009")
    assert openai.model("gpt-image-2.6-flare").prices == ()
    assert openai.model("gpt-image-2").capabilities.charges_on_failure is Charges.UNKNOWN


def test_a_newer_model_can_be_typed(shipped: Services) -> None:
    made = shipped.service("openai").model("gpt-image-9")

    assert made.id == "gpt-image-9"
    assert made.prices == ()
    assert shipped.service("openai").model(None) == shipped.service("openai").models[0]


def test_a_users_file_adds_and_replaces(tmp_path: Path) -> None:
    own = written(
        tmp_path,
        services=[
            {
                "id": "openai",
                "models": [
                    {"id": "gpt-image-3", "max_products": 2},
                    {"id": "gpt-image-2", "name": "Mine", "reattach": "by_magic"},
                ],
            },
            {
                "id": "house",
                "name": "House",
                "summary": "Ours.",
                "base_url": "http://gpu.lan:8188",
                "models": [{"id": "m"}],
            },
        ],
    )

    found = load_services(SHIPPED, own)

    assert not found.problems
    assert found.dated == "2027-01"
    openai = found.service("openai")
    assert openai.base_url == "https://api.openai.com/v1"
    assert openai.model("gpt-image-3").capabilities.max_products == 2
    assert openai.model("gpt-image-2").name == "Mine"
    assert openai.model("gpt-image-2").capabilities.reattach is Reattach.NONE
    assert len(openai.models) == 8
    assert found.service("house").models[0].id == "m"


@pytest.mark.parametrize(
    ("model", "named"),
    [
        ({"max_products": "two"}, "max_products"),
        ({"max_products": 0}, "max_products"),
        ({"max_count": True}, "max_count"),
        ({"seed": "yes"}, "seed"),
        ({"ratios": "1:1"}, "ratios"),
        ({"prices": [{"amount": "much", "currency": "USD"}]}, "price"),
        ({"prices": [{"amount": "NaN", "currency": "USD"}]}, "price"),
        ({"prices": [{"currency": "USD"}]}, "amount"),
        ({"qualities": []}, "qualities"),
        ({"upload_max_side": 1e400}, "upload_max_side"),
    ],
)
def test_a_wrong_entry_is_left_out_and_named(
    tmp_path: Path, model: dict[str, Any], named: str
) -> None:
    own = written(
        tmp_path, services=[{"id": "openai", "models": [{"id": "bad", **model}, {"id": "good"}]}]
    )

    found = load_services(SHIPPED, own)

    assert len(found.problems) == 1
    assert named in found.problems[0]
    assert "openai / bad" in found.problems[0]
    ids = [one.id for one in found.service("openai").models]
    assert "good" in ids
    assert "bad" not in ids


@pytest.mark.parametrize("text", ["", "[]", "{", '{"services": 3}', "[" * 100_000, '{"dated": 1}'])
def test_a_useless_file_of_the_users_changes_nothing(tmp_path: Path, text: str) -> None:
    own = tmp_path / "services.json"
    own.write_text(text)

    found = load_services(SHIPPED, own)

    assert found.services == load_services(SHIPPED).services
    assert len(found.problems) == 1
    with pytest.raises(BadInput):
        load_services(own)


def test_an_unknown_service_is_named(shipped: Services) -> None:
    with pytest.raises(NotFound, match="nothing"):
        shipped.service("nothing")
