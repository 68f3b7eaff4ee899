"""Every failure of a service says what happened, what is safe, and what to do next."""

import pytest

from stylestudio_desktop.providers.http import judging
from stylestudio_desktop.providers.http.answer import Answer
from stylestudio_desktop.providers.local.process import CRASHED
from stylestudio_desktop.providers.protocol import ProviderError
from tests.contract.sentences import NEXT, SAFE, Saying, sayings

FOUND = sayings()


def test_the_table_holds_every_service() -> None:
    rooms = {one.place.partition("/")[0].partition(".py")[0] for one in FOUND}
    assert {"comfyui", "fal", "fashn", "gemini", "http", "openai", "replicate"} <= rooms
    assert len(FOUND) > 50


@pytest.mark.parametrize("one", FOUND, ids=lambda one: one.place)
def test_a_sentence_leaves_nobody_alone(one: Saying) -> None:
    assert one.complete, one.text


@pytest.mark.parametrize("paid", [True, False])
@pytest.mark.parametrize(
    "body", [b"", b"<html>Bad gateway</html>", b'{"error": {"message": "It broke down"}}']
)
@pytest.mark.parametrize(
    "status", [301, 400, 401, 402, 403, 404, 408, 409, 410, 413, 418, 422, 425, 429, 500, 502, 503]
)
def test_so_does_every_status_of_every_service(status: int, body: bytes, paid: bool) -> None:
    told = judging.judge(Answer("Pixel Works", status, {}, body, paid))
    assert told.sentence.startswith("Pixel Works ")
    assert (SAFE if told.transient and status != 429 else NEXT).search(told.sentence) or (
        status == 429 and "by itself" in told.sentence
    ), told.sentence
    assert "” It" not in told.sentence


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": {"code": "moderation_blocked", "message": "No"}}',
        b'{"detail": "content_policy_violation"}',
    ],
)
def test_a_refusal_offers_another_way(body: bytes) -> None:
    told: ProviderError = judging.judge(Answer("Pixel Works", 400, {}, body, True))
    assert "Choose another service, or other photos or words." in told.sentence


def test_the_engine_that_stopped_says_what_is_safe() -> None:
    assert SAFE.search(CRASHED)
    assert NEXT.search(CRASHED)
