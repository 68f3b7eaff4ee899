"""fal: checked addresses, completed jobs that failed, lost orders found by their photos."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.providers.fal import Fal
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.protocol import (
    CancelOutcome,
    Context,
    Kind,
    Lost,
    ProviderError,
    RemoteRef,
    State,
)
from tests.contract.case import KEY, carried, context_in, entry_of, followed, job, stored
from tests.contract.cases.fal import TOKEN, FalService
from tests.contract.judges import aimock
from tests.contract.standin import Reply, Seen

MODEL = "fal-ai/nano-banana-2/edit"


@pytest.fixture
def service() -> Iterator[FalService]:
    made = FalService()
    yield made
    made.close()


@pytest.fixture
def provider(service: FalService, http: Http) -> Fal:
    made = service.provider(http)
    assert isinstance(made, Fal)
    return made


def ordered(service: FalService) -> dict[str, Any]:
    (run,) = service.runs.values()
    inputs: dict[str, Any] = run["input"]
    return inputs


def test_the_models_own_fields_are_filled(
    service: FalService, provider: Fal, tmp_path: Path, context: Context
) -> None:
    whole = job(tmp_path, 2, people=1)
    work = replace(whole, brief=replace(whole.brief, quality="high", aspect_ratio="3:4"))

    outputs = carried(provider, work, context)

    inputs = ordered(service)
    assert inputs["image_urls"] == service.uploads
    assert len(set(service.uploads)) == 2
    assert (inputs["num_images"], inputs["resolution"]) == (2, "2K")
    assert (inputs["aspect_ratio"], inputs["output_format"]) == ("3:4", "png")
    assert outputs[0].facts["billable_units"] == "2"
    assert outputs[0].facts["dropped"] == ["seed"]


def test_the_storages_token_goes_to_the_storage_alone(
    service: FalService, provider: Fal, tmp_path: Path, context: Context
) -> None:
    carried(provider, job(tmp_path), context)

    for seen in service.server.seen:
        proof = str(seen.headers["Authorization"])
        assert (TOKEN in proof) == seen.path.startswith("/cdn/")
        assert (KEY in proof) != seen.path.startswith("/cdn/")


@pytest.mark.parametrize(
    "base", ["https://evil.example", "http://v3.fal.media", "https://fal.media.evil.example", ""]
)
def test_photos_go_to_fals_own_storage_only(
    service: FalService, provider: Fal, tmp_path: Path, context: Context, base: str
) -> None:
    grant = {"token": TOKEN, "token_type": "Bearer", "base_url": base}
    service.server.fail_next("auth/token", Reply(200, grant))

    with pytest.raises(ProviderError) as caught:
        provider.submit(job(tmp_path), context)

    assert caught.value.kind is Kind.PROVIDER
    assert service.server.count("upload") == 0
    assert not service.accepted


@pytest.mark.parametrize(
    "url", ["https://evil.example/x", "http://127.0.0.1:1/x", 7, "http://[", None]
)
def test_addresses_that_are_not_fals_are_not_opened(
    service: FalService, provider: Fal, tmp_path: Path, context: Context, url: Any
) -> None:
    """The order was accepted and paid for, so its place is found by fal's own rule instead."""
    whole = service.accept

    def accept(seen: Any) -> Reply:
        reply = whole(seen)
        assert isinstance(reply.body, dict)
        names = ("status_url", "response_url", "cancel_url")
        return Reply(200, {**reply.body, **dict.fromkeys(names, url)})

    service.accept = accept  # type: ignore[method-assign]
    ref = provider.submit(job(tmp_path), context)

    assert isinstance(ref, RemoteRef)
    assert followed(provider, ref, context).state is State.SUCCEEDED


def test_a_changed_reference_is_not_followed(provider: Fal, context: Context) -> None:
    """The reference lies in a database that others may have written to."""
    ref = RemoteRef("x", {"status": "https://evil.example/x", "cancel": "http://evil.example/"})

    assert provider.poll(ref, context).state is State.GONE
    assert provider.cancel(ref, context) is CancelOutcome.TOO_LATE
    assert provider.poll(RemoteRef("x"), context).state is State.GONE


@pytest.mark.parametrize(
    ("code", "state", "kind"),
    [
        ("content_policy_violation", State.FAILED, Kind.CONTENT),
        ("image_too_small", State.FAILED, Kind.INPUT),
        ("runner_disconnected", State.FAILED, Kind.PROVIDER),
        ("client_cancelled", State.CANCELLED, None),
    ],
)
def test_completed_is_not_success(
    service: FalService,
    provider: Fal,
    tmp_path: Path,
    context: Context,
    code: str,
    state: State,
    kind: Kind | None,
) -> None:
    service.error = {"error": "It \u202ebroke Key 12345678-abcdefgh", "error_type": code}
    ref = provider.submit(job(tmp_path), context)

    update = followed(provider, ref, context)

    assert update.state is state
    assert (update.error.kind if update.error else None) is kind
    if update.error:
        assert "12345678" not in update.error.sentence
        assert "\u202e" not in update.error.sentence


@pytest.mark.parametrize(
    ("reply", "transient"),
    [
        (Reply(500, {"detail": "It broke."}), False),
        (Reply(504, {"detail": [{"type": "generation_timeout"}]}), False),
        (Reply(503, {"detail": "Again."}, {"X-Fal-Retryable": "true"}), None),
    ],
)
def test_a_models_own_failure_comes_as_the_results_status(
    service: FalService,
    provider: Fal,
    tmp_path: Path,
    context: Context,
    reply: Reply,
    transient: bool | None,
) -> None:
    ref = provider.submit(job(tmp_path), context)
    (run,) = service.runs.values()
    run["status"] = "COMPLETED"
    whole, told = service.result, []

    def result(run: dict[str, Any]) -> Reply:
        told.append(1)
        return reply if len(told) == 1 else whole(run)

    service.result = result  # type: ignore[method-assign]

    if transient is None:  # fal says that asking again helps, so it is asked again
        assert provider.poll(ref, context).state is State.SUCCEEDED
        assert len(told) == 2
        return
    with pytest.raises(ProviderError) as caught:
        provider.poll(ref, context)
    assert (caught.value.kind, caught.value.transient) == (Kind.PROVIDER, transient)
    assert len(told) == 1


def test_finished_without_a_picture_is_a_failure(
    service: FalService, provider: Fal, tmp_path: Path, context: Context
) -> None:
    ref = provider.submit(job(tmp_path), context)
    service.result = lambda run: Reply(200, {"images": []})  # type: ignore[method-assign]

    update = followed(provider, ref, context)

    assert update.state is State.FAILED
    assert update.error is not None


def test_a_lost_order_is_told_from_others_on_later_pages(
    service: FalService, provider: Fal, http: Http, tmp_path: Path, context: Context
) -> None:
    service.page = 2
    moment, work = now_ms(), job(tmp_path)
    service.break_next("order", "lost")
    with pytest.raises(ProviderError):
        provider.submit(work, context)
    for number in range(5):  # the same wish with the same photos, but other orders
        provider.submit(work, context_in(tmp_path / f"other-{number}"))

    found = service.provider(http).find_lost(work, moment, context)

    assert isinstance(found, RemoteRef)
    assert found.id == service.accepted[0]
    assert followed(provider, stored(found), context).state is State.SUCCEEDED


def test_a_request_that_is_not_listed_yet_stays_unknown(
    service: FalService, provider: Fal, tmp_path: Path, context: Context
) -> None:
    work = job(tmp_path)
    provider.submit(work, context)
    service.runs.clear()

    assert provider.find_lost(work, now_ms(), context) is Lost.UNKNOWN


@pytest.mark.parametrize("url", ["https://evil.example/a.png", "http://v3.fal.media/a.png"])
def test_pictures_come_from_fals_own_hosts(
    service: FalService, provider: Fal, tmp_path: Path, context: Context, url: str
) -> None:
    ref = provider.submit(job(tmp_path), context)
    body = Reply(200, {"images": [{"url": url}]})
    service.result = lambda run: body  # type: ignore[method-assign]
    (output,) = followed(provider, ref, context).outputs

    with pytest.raises(ProviderError):
        provider.fetch(output, tmp_path / "a.part", context)

    assert not (tmp_path / "a.part").exists()


@pytest.mark.parametrize("model", ["../x", "alone", "https://evil.example/x", "a/b?c=d", "a//b"])
def test_names_that_are_none_are_not_sent(
    service: FalService, provider: Fal, tmp_path: Path, context: Context, model: str
) -> None:
    with pytest.raises(ProviderError) as caught:
        provider.submit(job(tmp_path, model=model), context)

    assert caught.value.kind is Kind.INPUT
    assert not service.server.seen


def test_a_model_without_a_list_of_photos_takes_one(
    service: FalService, http: Http, tmp_path: Path, context: Context
) -> None:
    entry = entry_of("fal")
    names = {"image": "image_url", "seed": "seed"}
    plain = replace(
        entry.models[0],
        settings=names,
        capabilities=replace(entry.models[0].capabilities, seed=True),
    )
    made = Fal(
        replace(entry, models=(plain,)),
        lambda: KEY,
        http,
        {"base_url": service.server.url, "rest_url": f"{service.server.url}/rest"},
    )
    for count, people in ((1, 1), (2, 0)):
        with pytest.raises(ProviderError) as caught:
            made.submit(job(tmp_path, count, people), context)
        assert caught.value.kind is Kind.INPUT
    assert not service.server.seen

    ref = made.submit(job(tmp_path), context)

    assert ordered(service) == {
        "prompt": "A shirt on a chair.",
        "image_url": service.uploads[0],
        "seed": 11,
    }
    assert ref.data["facts"]["seed"] == 11


def test_a_state_of_cancelled_is_believed(
    service: FalService, provider: Fal, tmp_path: Path, context: Context
) -> None:
    ref = provider.submit(job(tmp_path), context)
    service.server.fail_next("/status", Reply(200, {"status": "CANCELLED"}))

    assert provider.poll(ref, context).state is State.CANCELLED


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(200, {"status": "OK"}), CancelOutcome.STOPPED),
        (Reply(202, {"status": "CANCELLATION_REQUESTED"}), CancelOutcome.REQUESTED),
        (Reply(200, {"status": "ALREADY_COMPLETED"}), CancelOutcome.TOO_LATE),
        (Reply(404, {"status": "NOT_FOUND"}), CancelOutcome.TOO_LATE),
    ],
)
def test_what_becomes_of_a_wish_to_stop(
    service: FalService,
    provider: Fal,
    tmp_path: Path,
    context: Context,
    reply: Reply,
    outcome: CancelOutcome,
) -> None:
    ref = provider.submit(job(tmp_path), context)
    service.server.fail_next("/cancel", reply)

    assert provider.cancel(ref, context) is outcome


def test_a_result_that_lags_behind_its_state_is_waited_for(
    service: FalService, provider: Fal, tmp_path: Path, context: Context
) -> None:
    ref = provider.submit(job(tmp_path), context)
    whole, told = service.result, []

    def result(run: dict[str, Any]) -> Reply:
        told.append(1)
        return Reply(202, {"status": "IN_PROGRESS"}) if len(told) == 1 else whole(run)

    service.result = result  # type: ignore[method-assign]

    assert followed(provider, ref, context).state is State.SUCCEEDED
    assert len(told) == 2


def test_a_queue_that_others_wrote(
    service: FalService, http: Http, tmp_path: Path, context: Context
) -> None:
    """A ready-made mock plays the queue; storage is ours, and so is the name it is reached by."""
    fixtures = tmp_path / "fixtures.json"
    body = {"images": [{"url": "https://v3.fal.media/files/a.png"}]}
    match = {"userMessage": "shirt", "endpoint": "fal"}
    one = {"match": match, "response": {"json": body, "billableUnits": 1.5}}
    fixtures.write_text(json.dumps({"fixtures": [one]}))
    whole = service.reply
    entry = entry_of("fal")
    plain = replace(entry.models[0], id="fal-ai/nano-banana-2")

    with aimock({"llm": {"fixtures": str(fixtures)}}, tmp_path) as url:

        def reply(seen: Seen) -> Reply:
            if not seen.path.startswith("/fal-ai/"):
                return whole(seen)
            found = requests.request(
                seen.method,
                f"{url}/fal{seen.path}",
                data=seen.body,
                headers={"x-fal-target-host": "queue.fal.run", "Content-Type": "application/json"},
                timeout=10,
            )
            head = {"x-fal-billable-units": found.headers.get("x-fal-billable-units", "")}
            return Reply(found.status_code, found.content, head)

        service.server.reply = reply
        made = Fal(
            replace(entry, models=(plain,)),
            lambda: KEY,
            http,
            {"base_url": service.server.url, "rest_url": f"{service.server.url}/rest"},
        )
        (output,) = carried(made, job(tmp_path), context)
        assert output.locator == body["images"][0]["url"]
        assert output.facts["billable_units"] == "1.5"

        ref = made.submit(job(tmp_path), context)  # its jobs are completed at once
        assert made.cancel(ref, context) is CancelOutcome.TOO_LATE
        unknown = RemoteRef("x", {"status": "fal-ai/nano-banana-2/requests/x/status"})
        assert made.poll(unknown, context).state is State.GONE


def test_the_price_of_today_is_told(provider: Fal) -> None:
    assert provider.check().details == {"price of Nano Banana 2": "0.08 USD per image"}
