"""FASHN: which model a brief leads to, what its errors mean, and its SDK's types as the judge."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.providers.fashn import Fashn
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.protocol import (
    CancelOutcome,
    Kind,
    Provider,
    ProviderError,
    RemoteRef,
    State,
)
from tests.contract.case import KEY, carried, context_in, entry_of, job
from tests.contract.cases.fashn import FashnService
from tests.contract.judges import prism
from tests.contract.standin import Reply

MODELS = [one.id for one in entry_of("fashn").models]
NEEDS_PERSON = ("tryon-max", "tryon-v1.6")


@pytest.fixture
def service() -> Iterator[FashnService]:
    made = FashnService()
    yield made
    made.close()


@pytest.fixture
def provider(service: FashnService, http: Http) -> Provider:
    return service.provider(http)


def ordered(service: FashnService) -> dict[str, Any]:
    body: dict[str, Any] = next(one.json for one in service.server.seen if "run" in one.path)
    return body


@pytest.mark.parametrize(
    ("model", "people", "chosen"),
    [
        ("auto", 0, "packshot"),
        ("auto", 1, "tryon-max"),
        (None, 0, "packshot"),
        ("tryon-v1.6", 1, "tryon-v1.6"),
        ("product-to-model", 0, "product-to-model"),
        ("background-change", 0, "background-change"),
        ("model-swap", 0, "model-swap"),
    ],
)
def test_the_brief_chooses_the_model(
    service: FashnService,
    provider: Provider,
    tmp_path: Path,
    model: str | None,
    people: int,
    chosen: str,
) -> None:
    work = job(tmp_path, people=people, model=model)

    outputs = carried(provider, work, context_in(tmp_path / "job"))

    assert ordered(service)["model_name"] == chosen
    assert outputs[0].facts["model"] == chosen
    assert outputs[0].facts["seed"] == 11
    assert outputs[0].facts["credits_used"] == "1"


def test_what_a_model_cannot_do_is_told_and_not_sent(
    service: FashnService, provider: Provider, tmp_path: Path
) -> None:
    whole = job(tmp_path, 2, people=1, model="tryon-v1.6")
    work = replace(whole, brief=replace(whole.brief, negative_prompt="blur", quality="draft"))

    outputs = carried(provider, work, context_in(tmp_path / "job"))

    assert set(outputs[0].facts["dropped"]) == {"negative_prompt", "prompt", "aspect_ratio"}
    assert "seed" not in outputs[0].facts  # which of the two is the seed's own is not known
    inputs = ordered(service)["inputs"]
    assert "prompt" not in inputs
    assert (inputs["num_samples"], inputs["mode"], inputs["seed"]) == (2, "performance", 11)


@pytest.mark.parametrize(
    ("model", "count", "people"),
    [
        ("tryon-max", 1, 0),
        ("packshot", 1, 1),
        ("auto", 1, 2),
        ("product-to-model", 2, 0),
    ],
)
def test_what_fashn_would_refuse_is_not_sent(
    service: FashnService, provider: Provider, tmp_path: Path, model: str, count: int, people: int
) -> None:
    with pytest.raises(ProviderError) as caught:
        provider.submit(job(tmp_path, count, people, model), context_in(tmp_path / "job"))

    assert caught.value.kind is Kind.INPUT
    assert not service.server.seen


@pytest.mark.parametrize(
    ("status", "name", "kind", "transient"),
    [
        (429, "OutOfCredits", Kind.PAYMENT, False),
        (429, "RateLimitExceeded", Kind.RATE, True),
        (429, "ConcurrencyLimitExceeded", Kind.RATE, True),
        (400, "BadRequest", Kind.INPUT, False),
        (401, "UnauthorizedAccess", Kind.AUTH, False),
        (404, "NotFound", Kind.INPUT, False),
        (500, "InternalServerError", Kind.PROVIDER, True),
        (500, "SomethingElse", Kind.AMBIGUOUS, False),
    ],
)
def test_refusals_before_an_id(
    service: FashnService,
    provider: Provider,
    tmp_path: Path,
    status: int,
    name: str,
    kind: Kind,
    transient: bool,
) -> None:
    service.server.fail_next("/run", Reply(status, {"error": name, "message": "No."}))

    with pytest.raises(ProviderError) as caught:
        provider.submit(job(tmp_path), context_in(tmp_path / "job"))

    assert (caught.value.kind, caught.value.transient) == (kind, transient)
    assert not service.accepted


def test_a_second_server_error_ends_the_trying(
    service: FashnService, http: Http, tmp_path: Path
) -> None:
    """Photos that are too large end as 500 there; four tries would help nobody."""
    work, context = job(tmp_path), context_in(tmp_path / "job")
    told = []
    for _ in range(2):
        broken = Reply(500, {"error": "InternalServerError", "message": "Too large."})
        service.server.fail_next("/run", broken)
        with pytest.raises(ProviderError) as caught:
            service.provider(http).submit(work, context)  # a new start of the program each time
        told.append(caught.value.transient)

    assert told == [True, False]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ImageLoadError", Kind.INPUT),
        ("PoseError", Kind.INPUT),
        ("InputValidationError", Kind.INPUT),
        ("ContentModerationError", Kind.CONTENT),
        ("ThirdPartyError", Kind.PROVIDER),
        ("Brand new error", Kind.PROVIDER),
    ],
)
def test_a_failed_run_says_why(
    service: FashnService, provider: Provider, tmp_path: Path, name: str, kind: Kind
) -> None:
    error = {"name": name, "message": "See \u202e<b>here</b> Bearer abcdefghijkl"}
    body = {"id": "x", "status": "failed", "output": None, "error": error}
    service.server.fail_next("/status", Reply(200, body))

    update = provider.poll(RemoteRef("x"), context_in(tmp_path / "job"))

    assert update.state is State.FAILED
    assert update.error is not None
    assert (update.error.kind, update.error.transient) == (kind, False)
    assert "abcdefghijkl" not in update.error.sentence
    assert "\u202e" not in update.error.sentence


@pytest.mark.parametrize(
    ("status", "state"), [("canceled", State.CANCELLED), ("time_out", State.FAILED)]
)
def test_the_rarer_ends(
    service: FashnService, provider: Provider, tmp_path: Path, status: str, state: State
) -> None:
    body = {"id": "x", "status": status, "output": None, "error": None}
    service.server.fail_next("/status", Reply(200, body))

    assert provider.poll(RemoteRef("x"), context_in(tmp_path / "job")).state is state


def test_finished_without_a_picture_is_a_failure(
    service: FashnService, provider: Provider, tmp_path: Path
) -> None:
    body = {"id": "x", "status": "completed", "output": [], "error": None}
    service.server.fail_next("/status", Reply(200, body))

    assert provider.poll(RemoteRef("x"), context_in(tmp_path / "job")).state is State.FAILED


@pytest.mark.parametrize(
    "url", ["https://evil.example/a.png", "http://cdn.fashn.ai/a.png", "file:///etc/passwd"]
)
def test_pictures_come_from_fashn_alone(
    service: FashnService, provider: Provider, tmp_path: Path, url: str
) -> None:
    context = context_in(tmp_path / "job")
    body = {"id": "x", "status": "completed", "output": [url], "error": None}
    service.server.fail_next("/status", Reply(200, body))
    outputs = provider.poll(RemoteRef("x"), context).outputs

    with pytest.raises(ProviderError) as caught:
        provider.fetch(outputs[0], tmp_path / "a.part", context)

    assert caught.value.kind is Kind.PROVIDER
    assert not (tmp_path / "a.part").exists()


def test_no_credits_left_is_told_beforehand(service: FashnService, provider: Provider) -> None:
    assert provider.check().details["credits"] == "234"
    service.credits = 0
    assert not provider.check().ready


def test_there_is_no_way_to_stop(provider: Provider, tmp_path: Path) -> None:
    outcome = provider.cancel(RemoteRef("x"), context_in(tmp_path / "job"))

    assert outcome is CancelOutcome.UNSUPPORTED


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    service = FashnService()
    try:
        folder = tmp_path_factory.mktemp("prism")
        with prism("fashn-from-sdk.json", service.server.url, folder) as url:
            yield url
    finally:
        service.close()


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("quality", ["draft", "standard", "high"])
def test_orders_keep_to_the_document(
    http: Http, judged: str, tmp_path: Path, model: str, quality: str
) -> None:
    made = Fashn(entry_of("fashn"), lambda: KEY, http, {"base_url": f"{judged}/v1"})
    whole = job(tmp_path, people=int(model in NEEDS_PERSON), model=model)
    work = replace(whole, brief=replace(whole.brief, quality=quality, aspect_ratio="3:4"))
    context = context_in(tmp_path / "job")

    ref = made.submit(work, context)

    assert made.poll(ref, context).state is State.QUEUED
    assert made.check().ready


def test_the_judge_judges(http: Http, judged: str, tmp_path: Path) -> None:
    entry = entry_of("fashn")
    broken = replace(entry.model("packshot"), quality_names={"standard": "very good"})
    made = Fashn(replace(entry, models=(broken,)), lambda: KEY, http, {"base_url": f"{judged}/v1"})

    with pytest.raises(ProviderError):
        made.submit(job(tmp_path, model="packshot"), context_in(tmp_path / "job"))
