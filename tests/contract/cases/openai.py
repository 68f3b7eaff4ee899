"""OpenAI by its official documents: pictures in one answer, and the resumable way."""

import base64
import time
import uuid
from typing import Any

from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.openai import OpenAI
from stylestudio_desktop.providers.protocol import Provider
from tests.contract.case import KEY, Case, entry_of, png
from tests.contract.standin import Reply, Seen


class OpenAIAtOnce(Case):
    name = "openai"
    model = "gpt-image-2"
    order = "POST /v1/images/"
    expires = False

    def provider(self, http: Http, key: str | None = KEY) -> Provider:
        return OpenAI(entry_of("openai"), lambda: key, http, self.settings())

    def settings(self) -> dict[str, str]:
        return {"base_url": f"{self.server.url}/v1"}

    def reply(self, seen: Seen) -> Reply:
        if seen.path == "/v1/models":
            listed = [{"id": "gpt-image-2", "object": "model", "created": 1, "owned_by": "x"}]
            return Reply(200, {"object": "list", "data": listed})
        if self.fate == "refused":
            return error(
                400, "moderation_blocked", "Your request was rejected by the safety system."
            )
        if self.fate == "failed":
            return error(500, "server_error", "The server had an error.")
        count = self.count(seen)
        self.accepted.append(seen.path)
        deadline = time.monotonic() + 20
        while self.held and time.monotonic() < deadline:
            time.sleep(0.01)
        data = [{"b64_json": encoded(number)} for number in range(count)]
        usage = {
            "input_tokens": 50,
            "output_tokens": 50,
            "total_tokens": 100,
            "input_tokens_details": {"text_tokens": 10, "image_tokens": 40},
        }
        body: dict[str, Any] = {"created": 1713833628, "data": data, "usage": usage}
        body |= {"output_format": "png", "size": "1024x1024", "quality": "high"}
        return Reply(200, body, {"x-request-id": "req_1"})

    def count(self, seen: Seen) -> int:
        if seen.path.endswith("generations"):
            return int(seen.json["n"])
        parts = {name: value for name, _, value in seen.form()}
        assert parts.get("image") or parts.get("image[]")
        assert "moderation" not in parts
        return int(parts["n"])


class OpenAIResumable(OpenAIAtOnce):
    name = "openai, resumable"
    order = "POST /v1/responses"
    asks = "GET /v1/responses/"
    cancels = True
    most = 1

    def __init__(self) -> None:
        super().__init__()
        self.runs: dict[str, str] = {}
        self.polls = 0

    def settings(self) -> dict[str, str]:
        extra = {"resumable": "yes", "responses_model": "gpt-test"}
        return {**super().settings(), **extra}

    def reply(self, seen: Seen) -> Reply:
        if seen.path == "/v1/models":
            return super().reply(seen)
        if seen.method == "POST" and seen.path == "/v1/responses":
            assert seen.json["background"]
            assert seen.json["store"]
            identity = f"resp_{uuid.uuid4().hex}"
            self.runs[identity] = "queued"
            self.accepted.append(identity)
            return Reply(200, response(identity, "queued"))
        identity = seen.path.split("/")[3]
        if identity not in self.runs or self.gone:
            return error(404, "not_found", "No response found.")
        if seen.path.endswith("/cancel"):
            if self.runs[identity] == "completed":
                return error(400, "invalid", "Cannot cancel a completed response.")
            self.runs[identity] = "cancelled"
        elif self.runs[identity] == "queued" and not self.held:
            self.runs[identity] = "in_progress"
        elif self.runs[identity] == "in_progress" and not self.held:
            self.runs[identity] = "failed" if self.fate in ("failed", "refused") else "completed"
        return Reply(200, response(identity, self.runs[identity], self.fate))


def response(identity: str, status: str, fate: str = "") -> dict[str, Any]:
    """Return a response object with all that the document calls required."""
    body: dict[str, Any] = {
        "id": identity,
        "object": "response",
        "created_at": 1741476777,
        "status": status,
        "background": True,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": "gpt-test",
        "output": [],
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": {"type": "image_generation"},
        "tools": [],
        "top_p": 1.0,
    }
    if status == "completed":
        call = {"type": "image_generation_call", "id": "ig_1", "status": "completed"}
        body["output"] = [{**call, "result": encoded(0)}]
    if status == "failed":
        code = "image_content_policy_violation" if fate == "refused" else "server_error"
        code = "content_policy_violation" if fate == "refused" else code
        body["error"] = {"code": code, "message": "It did not work."}
    return body


def error(status: int, code: str, message: str) -> Reply:
    return Reply(status, {"error": {"message": message, "type": "x", "code": code, "param": None}})


def encoded(number: int) -> str:
    colours = ("teal", "red", "navy", "olive")
    return base64.b64encode(png(colours[number])).decode()


CASES = [OpenAIAtOnce, OpenAIResumable]
