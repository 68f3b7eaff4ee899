"""What a service answered, read with suspicion: a wrong type becomes a sentence, not a crash."""

import base64
import binascii
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stylestudio_desktop.providers.protocol import Kind, ProviderError

_MOST_ITEMS = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in whole. `headers` has lower-case names; `paid` marks the answer to an order."""

    service: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    paid: bool = False

    @property
    def request_id(self) -> str | None:
        """Return the name the service gave to this exchange, for its support staff."""
        for name in ("x-request-id", "x-fal-request-id", "request-id", "cf-ray"):
            if self.headers.get(name):
                return self.headers[name][:100]
        return None

    def json(self) -> Any:
        """Return the body as JSON. Raises ProviderError when it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise self.unreadable("its answer was not in the agreed form") from error

    def fields(self) -> "Fields":
        """Return the body as a JSON object. Raises ProviderError when it is none."""
        return Fields(self.json(), self.unreadable)

    def unreadable(self, problem: str) -> ProviderError:
        """Return the error for an answer that can't be understood, `problem` saying why.

        After an order this leaves open whether it was accepted and charged.
        """
        if self.paid:
            return ProviderError(
                Kind.AMBIGUOUS,
                f"{self.service} took the order, but {problem}. It may have been charged "
                "there. Decide in History whether it runs again.",
                request_id=self.request_id,
            )
        return ProviderError(
            Kind.PROVIDER,
            f"{self.service} could not be understood: {problem}. Nothing was lost.",
            transient=True,
            request_id=self.request_id,
        )


class Fields:
    """A JSON object; each getter checks the type and raises ProviderError naming the field."""

    def __init__(self, value: Any, wrong: Callable[[str], ProviderError], name: str = "it") -> None:
        """Wrap `value`; `wrong` makes the error out of the words for what is wrong."""
        self._wrong = wrong
        self._name = name
        if not isinstance(value, dict):
            raise wrong(f"{name} is not an object")
        self._value: dict[str, Any] = value

    def __contains__(self, key: str) -> bool:
        return self._value.get(key) is not None

    @property
    def raw(self) -> Mapping[str, Any]:
        """The object itself, unchecked."""
        return self._value

    def text(self, key: str) -> str:
        """Return a text that must be there."""
        found = self._value.get(key)
        if not isinstance(found, str) or not found:
            raise self._wrong(f"“{key}” is missing or not a text")
        return found

    def maybe_text(self, key: str) -> str:
        """Return a text, empty where there is none."""
        found = self._value.get(key)
        if found is None:
            return ""
        if not isinstance(found, str):
            raise self._wrong(f"“{key}” is not a text")
        return found

    def maybe_number(self, key: str) -> float | None:
        """Return a finite number, None where there is none."""
        found = self._value.get(key)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise self._wrong(f"“{key}” is not a number")
        try:
            number = float(found)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self._wrong(f"“{key}” is not a usable number")
        return number

    def child(self, key: str) -> "Fields":
        """Return an object inside this one, an empty one where there is none."""
        found = self._value.get(key)
        return Fields({} if found is None else found, self._wrong, f"“{key}”")

    def items(self, key: str) -> list[Any]:
        """Return a list, an empty one where there is none."""
        found = self._value.get(key)
        if found is None:
            return []
        if not isinstance(found, list) or len(found) > _MOST_ITEMS:
            raise self._wrong(f"“{key}” is not a list of reasonable length")
        return found

    def children(self, key: str) -> list["Fields"]:
        """Return a list of objects."""
        return [Fields(one, self._wrong, f"an entry of “{key}”") for one in self.items(key)]

    def texts(self, key: str) -> list[str]:
        """Return a list of texts."""
        found = self.items(key)
        if not all(isinstance(one, str) for one in found):
            raise self._wrong(f"“{key}” holds something else than texts")
        return found

    def picture(self, key: str) -> bytes:
        """Return the bytes of a picture given as base64, with or without a data: prefix."""
        text = self.text(key)
        if text.startswith("data:"):
            text = text.partition(",")[2]
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise self._wrong(f"“{key}” is not a picture") from error

    def wrong(self, problem: str) -> ProviderError:
        """Return the error for something in this object that can't be right."""
        return self._wrong(problem)
