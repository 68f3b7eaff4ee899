"""What services say of their own models is believed within bounds, and laid over the catalogue."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.providers.catalogue import ServiceEntry
from stylestudio_desktop.providers.catalogue.merging import merged, own
from stylestudio_desktop.providers.comfyui import ComfyUI
from stylestudio_desktop.providers.fal import Fal
from stylestudio_desktop.providers.gemini import Gemini
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.openai import OpenAI
from stylestudio_desktop.providers.protocol import Learns, ProviderError
from stylestudio_desktop.providers.replicate import Replicate
from stylestudio_desktop.providers.replicate.schema import facts_of
from tests.contract.case import KEY, entry_of
from tests.contract.standin import Reply, Seen, Standin


def model(inputs: Any, **schemas: Any) -> dict[str, Any]:
    body = {"schemas": {"Input": {"properties": inputs}, **schemas}}
    return {"latest_version": {"openapi_schema": {"components": body}}}


def learned(adapter: Any, name: str, reply: Any, **settings: str) -> ServiceEntry:
    """Return the entry as it is after a test of the service."""
    entry = merged(entry_of(name), settings, {})
    with Standin(reply) as server:
        base = {key: value.replace("HERE", server.url) for key, value in settings.items()}
        http = Http(pause_s=0.001)
        made = adapter(entry, lambda: KEY, http, base)
        assert isinstance(made, Learns)
        facts = made.learn()
        http.close()
    return merged(entry_of(name), settings, facts)


def test_replicates_schema_tells_what_a_typed_model_takes() -> None:
    answers = {
        "/models/google/nano-banana": model(
            {"prompt": {}, "image_input": {"type": "array"}, "aspect_ratio": {"enum": ["1:1", 7]}}
        ),
        "/models/me/mine": model(
            {
                "prompt": {},
                "seed": {},
                "input_image": {"type": "string"},
                "aspect_ratio": {"allOf": [{"$ref": "#/components/schemas/aspect_ratio"}]},
            },
            aspect_ratio={"enum": ["1:1", "3:4", "odd"]},
        ),
    }

    def reply(seen: Seen) -> Reply:
        found = answers.get(seen.path)
        return Reply(404, {"detail": "no"}) if found is None else Reply(200, found)

    entry = learned(
        Replicate, "replicate", reply, base_url="HERE", models=f"me/mine {'a' * 64} bad/gone"
    )

    mine = entry.model("me/mine")
    assert mine.capabilities.seed
    assert mine.capabilities.ratios == ("1:1", "3:4")
    assert (mine.settings["image"], mine.settings["images"]) == ("input_image", "")
    assert mine.refusal == ""
    assert entry.model("google/nano-banana").capabilities.ratios == ("1:1",)
    assert "no such model" in entry.model("bad/gone").refusal
    assert [one.id for one in entry.card().models][:2] == ["google/nano-banana", "me/mine"]
    last = {one.id: one.refusal for one in entry.card().models[2:]}
    assert "no such model" in last["black-forest-labs/flux-kontext-pro"]


def test_replicate_that_fails_teaches_nothing() -> None:
    with pytest.raises(ProviderError):
        learned(Replicate, "replicate", lambda seen: Reply(401, {}), base_url="HERE")


@pytest.mark.parametrize(
    ("found", "refusal"),
    [
        (model({"prompt": {}}), "takes no photo"),
        (model({"image": {"type": "string"}}), "takes no words"),
        (model({"prompt": 3, "image": "x", "aspect_ratio": 5}), ""),
        (model({"prompt": {}, "images": {"type": "array"}, "aspect_ratio": {"allOf": [3]}}), ""),
    ],
)
def test_odd_schemas_are_read_as_far_as_they_go(found: Any, refusal: str) -> None:
    facts = facts_of(found)

    assert refusal in facts["refusal"]
    assert bool(refusal) == bool(facts["refusal"])


@pytest.mark.parametrize("found", [{}, {"latest_version": None}, model([]), model("x")])
def test_no_schema_teaches_nothing(found: Mapping[str, Any]) -> None:
    assert facts_of(found) == {}


def test_fals_price_list_prices_what_the_catalogue_does_not() -> None:
    def reply(seen: Seen) -> Reply:
        (name,) = seen.query["endpoint_id"]
        line = {"endpoint_id": name, "unit_price": 0.05, "unit": "image", "currency": "USD"}
        return Reply(200, {"prices": [line, {**line, "unit": "megapixel"}, {"endpoint_id": "x"}]})

    place = {"base_url": "HERE", "api_url": "HERE/v1", "rest_url": "HERE"}
    entry = learned(Fal, "fal", reply, models="fal-ai/new/edit odd", **place)

    price = entry.model("fal-ai/new/edit").price("draft")
    assert price is not None
    assert price.words().startswith("0.05 USD (20")
    card = next(one for one in entry.card().models if one.id == "fal-ai/new/edit")
    assert card.bills["high"].startswith("0.05 USD")
    assert str(entry.model("fal-ai/nano-banana-2/edit").prices[2].amount) == "0.12"


@pytest.mark.parametrize("names", [["base.safetensors"], []])
def test_comfyui_offers_what_it_can_do(tmp_path: Path, names: list[str]) -> None:
    body = {"CheckpointLoaderSimple": {"input": {"required": {"ckpt_name": [names]}}}}
    if names:
        (tmp_path / "mine.json").write_text("{}")

    entry = learned(
        ComfyUI, "comfyui", lambda seen: Reply(200, body), base_url="HERE", workflows=str(tmp_path)
    )

    assert bool(entry.model("restyle").refusal) == (not names)
    assert bool(entry.model("workflow").refusal) == (not names)
    assert entry.model("composite").refusal == ""


def test_what_was_kept_is_judged_again() -> None:
    odd = {
        "models": {
            "google/nano-banana": {
                "seed": "yes", "max_count": 99, "ratios": ["9:1"], "refusal": 3, "settings": [],
                "prices": [{"amount": "x", "currency": "USD"}, {"amount": "-1"}, 4],
            },
            "unknown/model": {"seed": True},
            "black-forest-labs/flux-kontext-pro": 7,
        }
    }  # fmt: skip

    entry = merged(entry_of("replicate"), {}, odd)

    assert entry == merged(entry_of("replicate"), {}, {"models": 3})


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("http://127.0.0.1:1", True), ("http://localhost", True), ("http://nas.local/x", True),
        ("http://192.168.1.7", True), ("http://[::1]:8188", True), ("https://169.254.1.1", False),
        ("https://api.openai.com/v1", False), ("http://[broken", False), ("", False),
    ],
)  # fmt: skip
def test_what_is_ones_own(address: str, ours: bool) -> None:
    assert own(address) is ours


@pytest.mark.parametrize(
    ("adapter", "name", "listing"),
    [
        (OpenAI, "openai", {"data": [{"id": "gpt-image-2"}]}),
        (Gemini, "gemini", {"models": [{"name": "models/gemini-3-pro-image"}]}),
    ],
)
def test_models_that_a_key_does_not_have_are_not_offered(
    adapter: Any, name: str, listing: Any
) -> None:
    entry = learned(adapter, name, lambda _seen: Reply(200, listing), base_url="HERE")

    usable = [one.id for one in entry.models if not one.refusal]
    assert usable in (["gpt-image-2"], ["gemini-3-pro-image"])
    assert all("does not give" in one.refusal for one in entry.models if one.id not in usable)
