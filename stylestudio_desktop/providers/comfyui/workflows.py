"""Builds what ComfyUI is asked to run: our own graphs, and people's own with our values set in."""

import copy
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stylestudio_desktop.providers.protocol import Kind, Prepared, ProviderError

Graph = dict[str, dict[str, Any]]
Photo = tuple[str, tuple[int, int]]
"""The name of an uploaded file and its pixels."""

MARK = "studio:"
"""A node of a person's own workflow takes part by a title such as “studio:prompt”."""
_LARGEST_FILE = 5_000_000
_DEEPEST = 50
_LARGEST_SEED = 2**31
# One calm ground for each style; the catalogue's words don't reach a graph without a model.
_GROUNDS = {
    "realistic": 0xF4F4F2,
    "fashion": 0xC8B6A6,
    "artistic": 0xE4B363,
    "vintage": 0xD8C3A5,
    "minimalist": 0xEAE7E1,
}
# For each name: the inputs that a node may have for it, the first one found being set.
_PLACES: Mapping[str, tuple[str, ...]] = {
    "product": ("image",),
    "model": ("image",),
    "prompt": ("text", "prompt", "string", "value"),
    "negative": ("text", "prompt", "string", "value"),
    "seed": ("seed", "noise_seed", "value"),
    "width": ("width", "value"),
    "height": ("height", "value"),
    "steps": ("steps", "value"),
    "guidance": ("cfg", "guidance", "value"),
    "strength": ("denoise", "strength", "value"),
}


def prefix(intent_id: str, number: int) -> str:
    """Return the name under which ComfyUI saves picture `number`: it can be found again by it."""
    return f"stylestudio/{intent_id}/{number}"


def seed_of(job: Prepared, number: int) -> int:
    """Return the seed of picture `number`, within what all services take."""
    return (job.seed + number) % _LARGEST_SEED


def composite(job: Prepared, product: Photo, person: Photo | None) -> Graph:
    """Return a graph without any model: the product on a plain ground, or before a person.

    A clear part of the product's photo stays clear. Each further picture sets it a little
    elsewhere.
    """
    graph: Graph = {"product": _node("LoadImage", image=product[0])}
    graph["clear"] = _node("InvertMask", mask=["product", 1])
    if person:
        graph |= _before(job, *person)
    else:
        colour = _GROUNDS.get(job.brief.style, _GROUNDS["realistic"])
        graph["ground"] = _node(
            "EmptyImage", width=job.width, height=job.height, batch_size=1, color=colour
        )
    share = 0.42 if person else 0.76
    scale = share * min(job.width / product[1][0], job.height / product[1][1])
    width, height = (max(8, round(side * scale)) for side in product[1])
    graph["fitted"] = _scaled(["product", 0], width, height, "disabled")
    for number in range(job.brief.count):
        x, y = _place(job, number, width, height, person is not None)
        graph[f"set{number}"] = _node(
            "ImageCompositeMasked",
            destination=["ground", 0],
            source=["fitted", 0],
            mask=["clear", 0],
            x=x,
            y=y,
            resize_source=False,
        )
        graph[f"save{number}"] = _save([f"set{number}", 0], job, number)
    return graph


def _before(job: Prepared, name: str, size: tuple[int, int]) -> Graph:
    """Return the nodes that fill the ground with a person, of whom the head is never cut off."""
    scale = max(job.width / size[0], job.height / size[1])
    width, height = (math.ceil(side * scale) for side in size)
    cropped = _node(
        "ImageCrop",
        image=["wide", 0],
        width=job.width,
        height=job.height,
        x=(width - job.width) // 2,
        y=0,
    )
    return {
        "person": _node("LoadImage", image=name),
        "wide": _scaled(["person", 0], width, height, "disabled"),
        "ground": cropped,
    }


def _place(job: Prepared, number: int, width: int, height: int, worn: bool) -> tuple[int, int]:
    free_x, free_y = job.width - width, job.height - height
    if not worn:
        # The middle, a little low as a product stands, moved a little from picture to picture.
        sway = (seed_of(job, number) % 5 - 2) / 40 if number else 0.0
        return round(free_x * (0.5 + sway)), round(free_y * 0.55)
    left = number % 2 == 1
    return round(free_x * (0.06 if left else 0.94)), round(free_y * 0.9)


def restyle(job: Prepared, products: Sequence[str], checkpoint: str, negative: str) -> Graph:
    """Return a graph that paints the product's photo anew with a checkpoint."""
    brief = job.brief
    graph: Graph = {
        "load": _node("CheckpointLoaderSimple", ckpt_name=checkpoint),
        "wish": _node("CLIPTextEncode", clip=["load", 1], text=job.prompt),
        "avoid": _node("CLIPTextEncode", clip=["load", 1], text=negative),
        "product": _node("LoadImage", image=products[0]),
        "fitted": _scaled(["product", 0], job.width // 8 * 8, job.height // 8 * 8, "center"),
        "start": _node("VAEEncode", pixels=["fitted", 0], vae=["load", 2]),
    }
    for number in range(brief.count):
        graph[f"paint{number}"] = _node(
            "KSampler",
            model=["load", 0],
            positive=["wish", 0],
            negative=["avoid", 0],
            latent_image=["start", 0],
            seed=seed_of(job, number),
            steps=brief.num_inference_steps or 25,
            cfg=brief.guidance_scale or 6.5,
            sampler_name="dpmpp_2m",
            scheduler="karras",
            denoise=brief.strength or 0.55,
        )
        graph[f"show{number}"] = _node("VAEDecode", samples=[f"paint{number}", 0], vae=["load", 2])
        graph[f"save{number}"] = _save([f"show{number}", 0], job, number)
    return graph


def own(
    job: Prepared, file: Path, products: Sequence[str], people: Sequence[str], negative: str
) -> Graph:
    """Return the person's workflow once for each picture, with our values in the named nodes.

    Nodes are named by their titles: studio:product, studio:product2…, studio:model, prompt,
    negative, seed, width, height, steps, guidance, strength, result. Raises ProviderError.
    """
    plan = _read(file)
    brief = job.brief
    values: dict[str, Any] = {"prompt": job.prompt, "negative": negative}
    values |= {"width": job.width, "height": job.height}
    values |= {f"product{number or ''}": name for number, name in _numbered(products)}
    values |= {f"model{number or ''}": name for number, name in _numbered(people)}
    for name, given in (
        ("steps", brief.num_inference_steps),
        ("guidance", brief.guidance_scale),
        ("strength", brief.strength),
    ):
        if given is not None:
            values[name] = given
    if not any(_title(node) == "product" for node in plan.values()):
        raise _unfit(file, "no node is titled “studio:product”, so your photo has no place in it")
    graph: Graph = {}
    for number in range(brief.count):
        _set_in(graph, plan, {**values, "seed": seed_of(job, number)}, job, number, file)
    return graph


def _set_in(
    graph: Graph, plan: Graph, values: Mapping[str, Any], job: Prepared, number: int, file: Path
) -> None:
    saves = [key for key, node in plan.items() if node.get("class_type") == "SaveImage"]
    named = [key for key in saves if _title(plan[key]) == "result"]
    if not saves:
        raise _unfit(file, "no SaveImage node gives a result")
    chosen = (named or saves)[-1]
    for key, node in plan.items():
        if key in saves and key != chosen:
            continue  # one picture a run: the price counts pictures
        made = copy.deepcopy(node)
        for name, value in made["inputs"].items():
            if _is_link(value, plan):
                made["inputs"][name] = [f"{number}.{value[0]}", value[1]]
        title = _title(node)
        if title in values:
            place = next(
                (p for p in _PLACES[title.rstrip("0123456789")] if p in node["inputs"]), ""
            )
            if not place:
                raise _unfit(file, f"the node titled “studio:{title}” has no input for it")
            made["inputs"][place] = values[title]
        if key == chosen:
            made["inputs"]["filename_prefix"] = prefix(job.intent_id, number)
        graph[f"{number}.{key}"] = made


def _read(file: Path) -> Graph:
    try:
        if file.stat().st_size > _LARGEST_FILE:
            raise ValueError("it is too large")
        found = json.loads(file.read_text("utf-8"), parse_constant=_refuse)
        if _is_deep(found):
            raise ValueError("it is nested too deep")
    except (OSError, ValueError, RecursionError) as error:
        raise _unfit(file, "it can't be read") from error
    sound = isinstance(found, dict) and all(
        isinstance(node, dict)
        and isinstance(node.get("class_type"), str)
        and isinstance(node.get("inputs"), dict)
        for node in found.values()
    )
    if not sound or not found:
        raise _unfit(file, "it is not in API format; save it in ComfyUI with “Export (API)”")
    return dict(found)


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")  # ComfyUI would not take it either


def _is_deep(found: Any) -> bool:
    """Say whether lists and objects lie in each other deeper than any workflow has them."""
    level = [found] if isinstance(found, dict | list) else []
    for _ in range(_DEEPEST):
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _title(node: Mapping[str, Any]) -> str:
    meta = node.get("_meta")
    title = meta.get("title") if isinstance(meta, dict) else None
    text = title.strip().lower() if isinstance(title, str) else ""
    name = text.removeprefix(MARK).replace(" ", "")
    return name if text.startswith(MARK) and _known(name) else ""


def _known(name: str) -> bool:
    return name == "result" or name.rstrip("0123456789") in _PLACES


def _is_link(value: Any, plan: Graph) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str)
        and value[0] in plan
        and isinstance(value[1], int)
    )


def _numbered(names: Sequence[str]) -> list[tuple[int, str]]:
    return [(number + 1 if number else 0, name) for number, name in enumerate(names)]


def _node(class_type: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs}


def _scaled(image: list[Any], width: int, height: int, crop: str) -> dict[str, Any]:
    return _node(
        "ImageScale", image=image, upscale_method="lanczos", width=width, height=height, crop=crop
    )


def _save(image: list[Any], job: Prepared, number: int) -> dict[str, Any]:
    return _node("SaveImage", images=image, filename_prefix=prefix(job.intent_id, number))


def _unfit(file: Path, why: str) -> ProviderError:
    return ProviderError(
        Kind.SETUP,
        f"The workflow “{file.name}” can't be used: {why}. Nothing was sent. Mend it, or choose "
        "another way in Settings.",
    )
