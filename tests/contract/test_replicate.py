"""Replicate: bounded runs, lost orders found by their photos, results of one hour."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.protocol import (
    Context,
    Kind,
    Lost,
    ProviderError,
    RemoteRef,
    State,
)
from stylestudio_desktop.providers.replicate import Replicate
from tests.contract.case import KEY, carried, context_in, entry_of, followed, job
from tests.contract.cases.replicate import ReplicateService
from tests.contract.judges import prism
from tests.contract.standin import Reply

KONTEXT = "black-forest-labs/flux-kontext-pro"


@pytest.fixture
def service() -> Iterator[ReplicateService]:
    made = ReplicateService()
    yield made
    made.close()


@pytest.fixture
def provider(service: ReplicateService, http: Http) -> Replicate:
    made = service.provider(http)
    assert isinstance(made, Replicate)
    return made


def ran(service: ReplicateService) -> dict[str, Any]:
    (run,) = service.runs.values()
    return run


def test_the_models_own_fields_are_filled(
    service: ReplicateService, provider: Replicate, tmp_path: Path, context: Context
) -> None:
    outputs = carried(provider, job(tmp_path, model=KONTEXT), context)

    inputs = ran(service)["input"]
    assert inputs["input_image"] == service.uploads[0]
    assert (inputs["seed"], inputs["aspect_ratio"]) == (11, "1:1")
    assert outputs[0].facts["seed"] == 11
    assert outputs[0].facts["predict_time_s"] == 3.5


def test_several_photos_go_as_a_list(
    service: ReplicateService, provider: Replicate, tmp_path: Path, context: Context
) -> None:
    outputs = carried(provider, job(tmp_path, people=2, model="google/nano-banana"), context)

    assert ran(service)["input"]["image_input"] == service.uploads
    assert len(set(service.uploads)) == 3
    assert "seed" in outputs[0].facts["dropped"]


@pytest.mark.parametrize(
    ("model", "count", "people"),
    [
        (KONTEXT, 1, 1),
        ("google/nano-banana", 2, 0),
        ("../account", 1, 0),
        ("a/b/../../c", 1, 0),
        ("https://evil.example/x", 1, 0),
    ],
)
def test_what_cannot_be_ordered_is_not_even_uploaded(
    service: ReplicateService,
    provider: Replicate,
    tmp_path: Path,
    context: Context,
    model: str,
    count: int,
    people: int,
) -> None:
    with pytest.raises(ProviderError) as caught:
        provider.submit(job(tmp_path, count, people, model), context)

    assert caught.value.kind is Kind.INPUT
    assert not service.server.seen


def test_a_model_with_a_version_goes_to_the_common_place(
    service: ReplicateService, provider: Replicate, tmp_path: Path, context: Context
) -> None:
    version = f"somebody/model:{'ab' * 32}"
    provider.submit(job(tmp_path, model=version), context)

    order = next(one for one in service.server.seen if one.path == "/v1/predictions")
    assert set(order.json) == {"version", "input"}
    assert order.json["version"] == version


def test_a_lost_order_is_told_from_others_on_later_pages(
    service: ReplicateService, provider: Replicate, http: Http, tmp_path: Path, context: Context
) -> None:
    service.page = 2
    moment, work = now_ms(), job(tmp_path, model="google/nano-banana")
    service.break_next("order", "lost")
    with pytest.raises(ProviderError):
        provider.submit(work, context)
    mine = service.accepted[0]
    for number in range(5):  # the same wish with the same photos, but other orders
        provider.submit(work, context_in(tmp_path / f"other-{number}"))

    found = service.provider(http).find_lost(work, moment, context)

    assert isinstance(found, RemoteRef)
    assert found.id == mine
    assert "seed" in found.data["facts"]["dropped"]


@pytest.mark.parametrize("note", [None, "", "{}", "[1, null]", '["https://elsewhere/x"]'])
def test_without_a_trace_the_outcome_stays_unknown(
    service: ReplicateService, provider: Replicate, tmp_path: Path, context: Context, note: str
) -> None:
    work = job(tmp_path, model="google/nano-banana")
    provider.submit(work, context)
    kept = context.workdir / "uploaded.json"
    if note is None:
        kept.unlink()
    else:
        kept.write_text(note)

    assert provider.find_lost(work, now_ms(), context) is Lost.UNKNOWN


def test_the_list_leads_nowhere_else(
    service: ReplicateService, provider: Replicate, tmp_path: Path, context: Context
) -> None:
    work = job(tmp_path, model="google/nano-banana")
    provider.submit(work, context)
    service.runs.clear()
    page = {"next": "https://evil.example/v1/predictions", "previous": None, "results": []}
    service.server.fail_next("GET /v1/predictions", Reply(200, page))

    with pytest.raises(ProviderError) as caught:
        provider.find_lost(work, now_ms(), context)

    assert caught.value.kind is Kind.PROVIDER


def test_results_older_than_an_hour_are_gone(
    service: ReplicateService, provider: Replicate, tmp_path: Path, context: Context
) -> None:
    ref = provider.submit(job(tmp_path, model="google/nano-banana"), context)
    followed(provider, ref, context)
    ran(service).update(output=None, data_removed=True)

    assert provider.poll(ref, context).state is State.GONE


@pytest.mark.parametrize(
    ("change", "state", "kind"),
    [
        ({"status": "aborted"}, State.FAILED, Kind.PROVIDER),
        ({"status": "canceled"}, State.CANCELLED, None),
        (
            {
                "status": "canceled",
                "deadline": "2026-11-22T09:10:00Z",
                "completed_at": "2026-11-22T09:10:01.5Z",
            },
            State.FAILED,
            Kind.PROVIDER,
        ),
        ({"status": "succeeded", "output": []}, State.FAILED, Kind.PROVIDER),
        ({"status": "failed", "error": "NSFW content detected"}, State.FAILED, Kind.CONTENT),
    ],
)
def test_the_rarer_ends(
    service: ReplicateService,
    provider: Replicate,
    tmp_path: Path,
    context: Context,
    change: dict[str, Any],
    state: State,
    kind: Kind | None,
) -> None:
    ref = provider.submit(job(tmp_path, model="google/nano-banana"), context)
    service.held = True
    ran(service).update(change)

    update = provider.poll(ref, context)

    assert update.state is state
    assert (update.error.kind if update.error else None) is kind


@pytest.mark.parametrize(
    "url", ["https://evil.example/a.png", "https://replicate.delivery.evil.example/a.png"]
)
def test_pictures_come_from_replicates_own_hosts(
    service: ReplicateService, provider: Replicate, tmp_path: Path, context: Context, url: str
) -> None:
    ref = provider.submit(job(tmp_path, model="google/nano-banana"), context)
    ran(service).update(status="succeeded", output=[url])
    (output,) = provider.poll(ref, context).outputs

    with pytest.raises(ProviderError):
        provider.fetch(output, tmp_path / "a.part", context)

    assert not (tmp_path / "a.part").exists()


def test_a_throttled_account_waits_as_long_as_the_words_say(
    service: ReplicateService, provider: Replicate, tmp_path: Path, context: Context
) -> None:
    words = {"detail": "Request was throttled. Your rate limit resets in ~30s."}
    service.server.fail_next(service.order, Reply(429, words))

    with pytest.raises(ProviderError) as caught:
        provider.submit(job(tmp_path, model="google/nano-banana"), context)

    assert (caught.value.kind, caught.value.retry_after_s) == (Kind.RATE, 30)


def test_an_upload_that_breaks_is_no_order(
    service: ReplicateService, provider: Replicate, tmp_path: Path, context: Context
) -> None:
    service.server.fail_next("POST /v1/files", Reply(reset=True))

    with pytest.raises(ProviderError) as caught:
        provider.submit(job(tmp_path, model="google/nano-banana"), context)

    assert (caught.value.kind, caught.value.transient) == (Kind.PROVIDER, True)
    assert not service.accepted


@pytest.fixture
def judged(service: ReplicateService, tmp_path: Path) -> Iterator[str]:
    with prism("replicate-predictions.overlay.json", service.server.url, tmp_path) as url:
        yield url


def test_all_calls_keep_to_the_document(
    service: ReplicateService, http: Http, judged: str, tmp_path: Path, context: Context
) -> None:
    made = Replicate(entry_of("replicate"), lambda: KEY, http, {"base_url": f"{judged}/v1"})
    assert made.check().ready
    for model, people in (("google/nano-banana", 1), (KONTEXT, 0), (f"x/y:{'0' * 64}", 0)):
        work = job(tmp_path, people=people, model=model)
        ref = made.submit(work, context)
        found = made.find_lost(work, now_ms(), context)
        assert isinstance(found, RemoteRef)
        assert found.id == ref.id
        made.cancel(ref, context)
        assert made.poll(ref, context).state is State.CANCELLED


def test_the_judge_judges(
    service: ReplicateService,
    http: Http,
    judged: str,
    tmp_path: Path,
    context: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = Replicate(entry_of("replicate"), lambda: KEY, http, {"base_url": f"{judged}/v1"})
    whole = service.reply
    broken = {"id": "abc", "status": "starting"}  # most of what the document requires is missing

    def reply(seen: Any) -> Reply:
        return Reply(201, broken) if seen.path.endswith("/predictions") else whole(seen)

    monkeypatch.setattr(service.server, "reply", reply)
    work = job(tmp_path, model="google/nano-banana")

    with pytest.raises(ProviderError):
        made.submit(replace(work), context)
