"""Turns what a picture says about itself into a generation; anybody may have written it."""

import json
from typing import Any

from stylestudio_desktop.domain import brief as briefs
from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.domain.ids import LARGEST_ID, FileId, new_id
from stylestudio_desktop.domain.records import Generation
from stylestudio_desktop.files.metadata import Description


def generation(
    said: Description, moment: int, products: tuple[FileId, ...], models: tuple[FileId, ...]
) -> Generation | None:
    """Return the finished generation that a picture tells of, None where it can't be true.

    `moment` is when it was made (UTC milliseconds).
    """
    given = said.parameters
    try:
        brief = briefs.check(
            Brief(
                products=products,
                models=models,
                prompt=text(said, "prompt", said.prompt),
                negative_prompt=said.negative_prompt,
                style=text(said, "style", "realistic"),
                quality=text(said, "quality", "standard"),
                aspect_ratio=text(said, "aspect_ratio", "1:1"),
                count=_number(given.get("count"), int) or 1,
                provider=text(said, "provider", said.system or "local"),
                model=text(said, "model", "") or None,
                seed=_number(given.get("seed"), int),
                strength=_number(given.get("strength"), float),
                guidance_scale=_number(given.get("guidance_scale"), float),
                num_inference_steps=_number(given.get("num_inference_steps"), int),
            )
        )
    except BadInput:
        return None
    options = given.get("options")
    plain = {
        _clean(str(key))[:100]: _clean(str(value))[:1000]
        for key, value in (options.items() if isinstance(options, dict) else ())
    }
    return briefs.asked_for(brief, _known_id(said.generation), moment)._replace(
        status=Status.COMPLETED.value,
        full_prompt=said.prompt[: 4 * briefs.MAX_PROMPT],
        options=json.dumps(plain),
        completed_at=moment,
    )


def _known_id(word: str) -> int:
    return int(word) if is_id(word) else new_id()


def is_id(word: str) -> bool:
    """Say whether a word is an id as this program gives them."""
    return word.isascii() and word.isdigit() and len(word) < 20 and 0 < int(word) <= LARGEST_ID


def text(said: Description, name: str, usual: str) -> str:
    """Return a parameter that is text, or what is usual."""
    value = said.parameters.get(name)
    return _clean(value) if isinstance(value, str) else usual


def _clean(text: str) -> str:
    """Leave out what no database takes: halves of characters, and NUL."""
    return text.encode("utf-8", "ignore").decode().replace("\0", "")[: briefs.MAX_PROMPT]


def _number(value: Any, kind: type) -> Any:
    if kind is float and type(value) is int:
        return float(value)
    return value if type(value) is kind else None
