"""Gemini: what is asked, why an answer may hold no picture, and how Google says no."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from stylestudio_desktop.providers.gemini import Gemini
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.protocol import (
    CancelOutcome,
    Context,
    Finished,
    Kind,
    Provider,
    ProviderError,
    RemoteRef,
    State,
)
from tests.contract.case import KEY, carried, entry_of, job
from tests.contract.cases.gemini import GeminiService, answer, error, image
from tests.contract.standin import Reply


@pytest.fixture
def service() -> Iterator[GeminiService]:
    made = GeminiService()
    yield made
    made.close()


@pytest.fixture
def provider(service: GeminiService, http: Http) -> Provider:
    return service.provider(http)


def answering(service: GeminiService, reply: Reply) -> None:
    service.server.fail_next(service.order, reply)


def refused(provider: Provider, folder: Path, context: Context) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        provider.submit(job(folder), context)
    assert not list(context.workdir.glob("answer*"))  # no half of an answer is kept
    return caught.value


def test_words_photos_and_settings_go_along(
    service: GeminiService, provider: Provider, tmp_path: Path, context: Context
) -> None:
    whole = job(tmp_path, people=2)
    brief = replace(whole.brief, quality="high", aspect_ratio="9:16", negative_prompt="blur")

    (output,) = carried(provider, replace(whole, brief=brief), context)

    (seen,) = service.server.seen
    assert len(seen.json["contents"][0]["parts"]) == 4
    settings = seen.json["generationConfig"]
    assert settings["imageConfig"] == {"aspectRatio": "9:16", "imageSize": "2K"}
    assert settings["seed"] == 11
    assert output.facts["seed"] == 11
    assert output.facts["dropped"] == ["negative_prompt"]
    assert output.facts["usage"] == {"totalTokenCount": 1290}


def test_drafts_of_a_thinking_model_are_not_the_result(
    service: GeminiService, provider: Provider, tmp_path: Path, context: Context
) -> None:
    draft = image("red", thought=True)
    answering(service, Reply(200, answer([{"text": "Well."}, draft, image("blue"), image()])))

    sent = provider.submit(job(tmp_path), context)

    assert isinstance(sent, Finished)
    (output,) = sent.outputs
    provider.fetch(output, tmp_path / "a.part", context)
    with Image.open(io.BytesIO((tmp_path / "a.part").read_bytes())) as picture:
        assert picture.convert("RGB").getpixel((0, 0)) == (0, 0, 255)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"promptFeedback": {"blockReason": "SAFETY"}}, Kind.CONTENT),
        ({"promptFeedback": {"blockReason": "OTHER"}}, Kind.CONTENT),
        ({"promptFeedback": {"blockReason": "A_NEW_REASON"}, "candidates": []}, Kind.CONTENT),
        (answer([], "IMAGE_SAFETY"), Kind.CONTENT),
        (answer([], "IMAGE_PROHIBITED_CONTENT"), Kind.CONTENT),
        (answer([], "IMAGE_RECITATION"), Kind.CONTENT),
        (answer([], "PROHIBITED_CONTENT"), Kind.CONTENT),
        (answer([], "NO_IMAGE"), Kind.PROVIDER),
        (answer([], "IMAGE_OTHER"), Kind.PROVIDER),
        (answer([{"text": "I can't draw \u202ethis."}]), Kind.PROVIDER),
        ({"candidates": [{"finishReason": "NO_IMAGE"}]}, Kind.PROVIDER),
        ({"candidates": []}, Kind.AMBIGUOUS),
        ({}, Kind.AMBIGUOUS),
        ([], Kind.AMBIGUOUS),
        ({"candidates": {"a": 1}}, Kind.AMBIGUOUS),
        ({"candidates": [{"content": {"parts": [{"inlineData": "x"}]}}]}, Kind.AMBIGUOUS),
        (answer([{"inlineData": {"data": "%%%"}}]), Kind.AMBIGUOUS),
        ({"candidates": [{"finishReason": 7}]}, Kind.AMBIGUOUS),
    ],
)
def test_an_answer_without_a_picture_is_told_by_its_reason(
    service: GeminiService,
    provider: Provider,
    tmp_path: Path,
    context: Context,
    body: Any,
    kind: Kind,
) -> None:
    answering(service, Reply(200, body))

    told = refused(provider, tmp_path, context)

    assert told.kind is kind
    assert told.transient == ("NO_IMAGE" in str(body) or "IMAGE_OTHER" in str(body))
    assert "\u202e" not in told.sentence


def test_bad_luck_is_tried_again_once(
    service: GeminiService, http: Http, tmp_path: Path, context: Context
) -> None:
    told = []
    for _ in range(3):
        answering(service, Reply(200, answer([], "NO_IMAGE")))
        provider = service.provider(http)  # a new start of the program each time
        told.append(refused(provider, tmp_path, context).transient)

    assert told == [True, False, False]


@pytest.mark.parametrize(
    ("reply", "kind", "wait"),
    [
        (
            error(
                429,
                "RESOURCE_EXHAUSTED",
                "Quota exceeded.",
                [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "12.5s"}],
            ),
            Kind.RATE,
            12.5,
        ),
        (error(400, "INVALID_ARGUMENT", "Bad.", [{"reason": "API_KEY_INVALID"}]), Kind.AUTH, None),
        (error(400, "INVALID_ARGUMENT", "Unsupported ratio."), Kind.INPUT, None),
        (error(403, "PERMISSION_DENIED", "No."), Kind.AUTH, None),
        (error(404, "NOT_FOUND", "No such model."), Kind.INPUT, None),
        (error(500, "INTERNAL", "Oh."), Kind.AMBIGUOUS, None),
        (error(504, "DEADLINE_EXCEEDED", "Slow."), Kind.AMBIGUOUS, None),
        (error(503, "UNAVAILABLE", "The model is overloaded."), Kind.PROVIDER, None),
    ],
)
def test_googles_errors(
    service: GeminiService,
    provider: Provider,
    tmp_path: Path,
    context: Context,
    reply: Reply,
    kind: Kind,
    wait: float | None,
) -> None:
    answering(service, reply)

    told = refused(provider, tmp_path, context)

    assert (told.kind, told.retry_after_s) == (kind, wait)


@pytest.mark.parametrize(
    ("count", "model"), [(2, None), (1, "../x"), (1, "a:b"), (1, "https://evil.example/x")]
)
def test_what_google_would_refuse_is_not_sent(
    service: GeminiService,
    provider: Provider,
    tmp_path: Path,
    context: Context,
    count: int,
    model: str | None,
) -> None:
    with pytest.raises(ProviderError) as caught:
        provider.submit(job(tmp_path, count, model=model), context)

    assert caught.value.kind is Kind.INPUT
    assert not service.server.seen


def test_too_much_for_one_request_is_told_before(
    service: GeminiService, provider: Provider, tmp_path: Path, context: Context
) -> None:
    work = job(tmp_path)
    with work.products[0].open("ab") as file:
        file.truncate(16_000_000)

    with pytest.raises(ProviderError) as caught:
        provider.submit(work, context)

    assert caught.value.kind is Kind.INPUT
    assert not service.server.seen


def test_a_model_without_a_seed_says_so(
    service: GeminiService, http: Http, tmp_path: Path, context: Context
) -> None:
    entry = entry_of("gemini")
    first = entry.models[0]
    seedless = replace(
        first,
        capabilities=replace(first.capabilities, seed=False),
        quality_names=dict.fromkeys(first.quality_names, ""),
    )
    made = Gemini(
        replace(entry, models=(seedless,)),
        lambda: KEY,
        http,
        {"base_url": f"{service.server.url}/v1beta"},
    )

    (output,) = carried(made, job(tmp_path), context)

    settings = service.server.seen[0].json["generationConfig"]
    assert "seed" not in settings
    assert "imageSize" not in settings["imageConfig"]
    assert output.facts["dropped"] == ["seed"]


def test_a_key_without_these_models_is_not_ready(
    service: GeminiService, provider: Provider
) -> None:
    assert provider.check().details["models"] == "gemini-3.1-flash-image"
    service.server.fail_next("GET", Reply(200, {"models": [{"name": "models/other"}]}))

    assert not provider.check().ready


def test_there_is_nothing_to_stop_or_to_ask(provider: Provider, context: Context) -> None:
    assert provider.cancel(RemoteRef("x"), context) is CancelOutcome.UNSUPPORTED
    assert provider.poll(RemoteRef("x"), context).state is State.GONE
