"""Judges requests by the types of the services' official SDKs; it runs where these are installed.

Reads lines of JSON, each `[kind, body]`, and answers each with a list of what is wrong with it.
"""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, Required, get_origin, get_type_hints

from fashn.types import prediction_run_params
from google.genai import models as gemini
from google.genai import types as google
from openai.types import image_edit_params, image_generate_params
from openai.types.responses import response_create_params
from pydantic import TypeAdapter, ValidationError

FILES = ("image", "mask")


def fields(params: Any, body: Mapping[str, Any], skipped: tuple[str, ...] = ()) -> list[str]:
    """Judge each field by its hint: no unknown one, none missing, each of its type."""
    hints, marked = get_type_hints(params), get_type_hints(params, include_extras=True)
    needed = [name for name, hint in marked.items() if get_origin(hint) is Required]
    wrong = [f"unknown: {name}" for name in body if name not in hints]
    wrong += [f"missing: {name}" for name in needed if name not in body]
    for name in body.keys() & hints.keys() - set(skipped):
        wrong += typed(hints[name], body[name], name)
    return wrong


def typed(hint: Any, value: Any, name: str) -> list[str]:
    try:
        TypeAdapter(hint).validate_python(value)
    except ValidationError as error:
        return [f"{name}: {one['msg']} at {one['loc']}" for one in error.errors()[:3]]
    return []


def openai_edit(body: Mapping[str, Any]) -> list[str]:
    return fields(image_edit_params.ImageEditParamsNonStreaming, body, FILES)


def openai_generate(body: Mapping[str, Any]) -> list[str]:
    return fields(image_generate_params.ImageGenerateParamsNonStreaming, body)


def openai_response(body: Mapping[str, Any]) -> list[str]:
    return fields(response_create_params.ResponseCreateParamsNonStreaming, body)


def fashn(body: Mapping[str, Any]) -> list[str]:
    """Judge by the one kind of request that its model has."""
    for one in prediction_run_params.PredictionRunParams.__args__:
        names = get_type_hints(one)["model_name"]
        if not typed(names, body.get("model_name"), ""):
            inputs = get_type_hints(one)["inputs"]
            return fields(one, body, ("inputs",)) + fields(inputs, body["inputs"])
    return [f"no such model: {body.get('model_name')}"]


def gemini_content(body: Mapping[str, Any]) -> list[str]:
    """Have the SDK read our request and write it again: it must come out as it went in."""
    try:
        config = google.GenerateContentConfig.model_validate(body["generationConfig"])
        contents = [google.Content.model_validate(one) for one in body["contents"]]
    except ValidationError as error:
        return [f"{one['msg']} at {one['loc']}" for one in error.errors()[:3]]
    made: dict[str, Any] = {}
    made = gemini._GenerateContentConfig_to_mldev(None, config, made) | made
    again = [one.model_dump(by_alias=True, exclude_none=True, mode="json") for one in contents]
    wrong = [] if made == body["generationConfig"] else [f"generationConfig is written as {made}"]
    for part in (part for one in again for part in one["parts"] if "inlineData" in part):
        data = part["inlineData"]["data"]  # the SDK writes the other alphabet of base64
        part["inlineData"]["data"] = data.translate(str.maketrans("-_", "+/"))
    return wrong + ([] if again == body["contents"] else [f"contents are written as {again}"[:300]])


JUDGES: dict[str, Callable[[Mapping[str, Any]], list[str]]] = {
    "openai edit": openai_edit,
    "openai generate": openai_generate,
    "openai response": openai_response,
    "fashn": fashn,
    "gemini": gemini_content,
}

if __name__ == "__main__":
    for line in sys.stdin:
        kind, body = json.loads(line)
        print(json.dumps(JUDGES[kind](body)), flush=True)
