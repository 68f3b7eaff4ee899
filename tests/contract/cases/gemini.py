"""Gemini's generateContent as Google documents it."""

import base64
import time
from typing import Any

from stylestudio_desktop.providers.gemini import Gemini
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.protocol import Provider
from tests.contract.case import KEY, Case, entry_of, kind_of, png
from tests.contract.standin import Reply, Seen


class GeminiService(Case):
    name = "gemini"
    model = "gemini-3.1-flash-image"
    order = "POST /v1beta/models/"
    expires = False
    most = 1

    def provider(self, http: Http, key: str | None = KEY) -> Provider:
        settings = {"base_url": f"{self.server.url}/v1beta"}
        return Gemini(entry_of("gemini"), lambda: key, http, settings)

    def key_of(self, seen: Seen) -> str:
        return str(seen.headers.get("x-goog-api-key", ""))

    def reply(self, seen: Seen) -> Reply:
        if seen.path == "/v1beta/models":
            listed = [{"name": "models/gemini-3.1-flash-image"}, {"name": "models/gemini-x"}]
            return Reply(200, {"models": listed})
        assert seen.path.endswith(":generateContent")
        assert "key" not in seen.query
        self.check_body(seen.json)
        if self.fate == "failed":
            return error(500, "INTERNAL", "An internal error has occurred.")
        if self.fate == "refused":
            return Reply(200, {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}})
        self.accepted.append(seen.path)
        deadline = time.monotonic() + 20
        while self.held and time.monotonic() < deadline:
            time.sleep(0.01)
        return Reply(200, answer([image()]))

    def check_body(self, body: dict[str, Any]) -> None:
        assert set(body) == {"contents", "generationConfig"}
        (content,) = body["contents"]
        assert content["role"] == "user"
        words, *photos = content["parts"]
        assert set(words) == {"text"}
        for photo in photos:
            content = base64.b64decode(photo["inlineData"]["data"])
            assert photo["inlineData"]["mimeType"] == kind_of(content)
        assert body["generationConfig"]["responseModalities"] == ["IMAGE"]


def image(colour: str = "teal", **more: Any) -> dict[str, Any]:
    data = base64.b64encode(png(colour)).decode()
    return {"inlineData": {"mimeType": "image/png", "data": data}, **more}


def answer(parts: list[dict[str, Any]], reason: str = "STOP") -> dict[str, Any]:
    content = {"role": "model", "parts": parts}
    candidates = [{"content": content, "finishReason": reason, "index": 0}]
    return {"candidates": candidates, "usageMetadata": {"totalTokenCount": 1290}}


def error(status: int, name: str, message: str, details: list[Any] | None = None) -> Reply:
    body = {"code": status, "message": message, "status": name, "details": details or []}
    return Reply(status, {"error": body})


CASES = [GeminiService]
