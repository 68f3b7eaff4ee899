"""Reads from a model's own schema what it takes, so that models we have never heard of work too."""

from collections.abc import Mapping
from typing import Any

_MANY = ("image_input", "input_images", "reference_images", "images", "image_urls")
_ONE = ("input_image", "image", "image_url", "reference_image")
_KNOBS = ("negative_prompt", "num_inference_steps", "guidance_scale")


def facts_of(model: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `GET /models/{owner}/{name}` says of a model, as the catalogue merges it.

    The schema is the model author's (OpenAPI); what is odd in it is passed over. An empty result
    means that nothing could be learned.
    """
    schemas = _at(model, "latest_version", "openapi_schema", "components", "schemas")
    inputs = _at(schemas, "Input", "properties")
    if not inputs:
        return {}
    facts: dict[str, Any] = {"seed": "seed" in inputs}
    settings: dict[str, str] = {"images": "", "image": "", "ratio": ""}
    for kind, names in (("images", _MANY), ("image", _ONE)):
        found = [name for name in names if _is_list(inputs.get(name)) == (kind == "images")]
        found = [name for name in found if name in inputs]
        if found:
            settings[kind] = found[0]
            break
    if "aspect_ratio" in inputs:
        settings["ratio"] = "aspect_ratio"
        ratios = _choices(inputs["aspect_ratio"], schemas)
        if ratios:
            facts["ratios"] = ratios
    if not settings["images"] and not settings["image"]:
        facts["refusal"] = "This model takes no photo, so it can't show your product."
    elif "prompt" not in inputs:
        facts["refusal"] = "This model takes no words in the usual way, so it can't be used here."
    else:
        facts["refusal"] = ""
    # What the adapter does not send, the model is not said to have.
    facts |= dict.fromkeys(_KNOBS, False)
    return facts | {"settings": settings}


def _at(value: Any, *keys: str) -> Mapping[str, Any]:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _is_list(field: Any) -> bool:
    return isinstance(field, Mapping) and field.get("type") == "array"


def _choices(field: Any, schemas: Mapping[str, Any]) -> list[str]:
    """Return a field's allowed values, which may stand in a schema of their own."""
    places: list[Any] = [field]
    if isinstance(field, Mapping):
        places += field["allOf"] if isinstance(field.get("allOf"), list) else []
    for place in places:
        if not isinstance(place, Mapping):
            continue
        reference = place.get("$ref")
        if isinstance(reference, str):
            place = _at(schemas, reference.rpartition("/")[2])
        values = place.get("enum")
        if isinstance(values, list):
            return [one for one in values if isinstance(one, str)]
    return []
