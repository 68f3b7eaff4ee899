"""Servers that speak OpenAI's interface in their own ways."""

import time
from typing import Any

from stylestudio_desktop.providers.custom import CustomServer
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.protocol import Provider
from tests.contract.case import KEY, Case, entry_of, png
from tests.contract.cases.openai import encoded, error
from tests.contract.standin import Reply, Seen


class Compatible(Case):
    """Takes photos as JSON and answers with base64, as LocalAI does."""

    name = "custom"
    model = "default"
    order = "POST /v1/images/"
    needs_key = False
    expires = False

    def provider(self, http: Http, key: str | None = KEY) -> Provider:
        return CustomServer(entry_of("custom"), lambda: key, http, self.settings())

    def settings(self) -> dict[str, str]:
        return {"base_url": f"{self.server.url}/v1"}

    def reply(self, seen: Seen) -> Reply:
        if seen.path == "/v1/models":
            return Reply(200, {"object": "list", "data": [{"id": "sd-3.5"}]})
        if seen.path.startswith("/generated-images/"):
            return self.picture()
        if self.fate == "refused":
            return error(400, "content_policy_violation", "Not that.")
        if self.fate == "failed":
            return error(500, "server_error", "It broke.")
        self.accepted.append(seen.path)
        deadline = time.monotonic() + 20
        while self.held and time.monotonic() < deadline:
            time.sleep(0.01)
        return Reply(200, {"created": 1, "data": self.data(self.count(seen))})

    def picture(self) -> Reply:
        if self.gone:
            return Reply(404, b"")
        if self.fate == "html":
            return Reply(200, b"<html>not here</html>", {"Content-Type": "text/html"})
        return Reply(200, png(), {"Content-Type": "image/png"})

    def count(self, seen: Seen) -> int:
        assert seen.path == "/v1/images/generations"
        assert seen.json["ref_images"]
        assert isinstance(seen.json["seed"], int)
        return int(seen.json["n"])

    def data(self, count: int) -> list[dict[str, Any]]:
        return [{"b64_json": encoded(number)} for number in range(count)]


class CompatibleByAddress(Compatible):
    """Takes a form and answers with addresses under a name of its own."""

    name = "custom, by address"
    expires = True

    def settings(self) -> dict[str, str]:
        switches = {"edits": "yes", "image_field": "image[]", "response_format": "none"}
        return {**super().settings(), **switches, "seed": "no"}

    def count(self, seen: Seen) -> int:
        assert seen.path == "/v1/images/edits"
        parts = {name: value for name, _, value in seen.form()}
        assert parts["image[]"].startswith((b"\x89PNG", b"\xff\xd8"))
        assert "seed" not in parts
        assert "response_format" not in parts
        return int(parts["n"])

    def data(self, count: int) -> list[dict[str, Any]]:
        inside = "http://localai.internal:8080/generated-images"
        return [{"url": f"{inside}/{number}.png"} for number in range(count)]


CASES = [Compatible, CompatibleByAddress]
