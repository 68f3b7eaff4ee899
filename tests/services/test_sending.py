"""What leaves this computer: clean copies, remembered; people with consent, within a ceiling."""

import hashlib
import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PIL import Image

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.errors import BadInput, CeilingReached, Code, NeedsConsent
from stylestudio_desktop.domain.generation import Category, Status
from stylestudio_desktop.domain.ids import FileId, now_ms
from stylestudio_desktop.files.bounds import Limits
from stylestudio_desktop.providers.protocol import Context, Finished, Kind, Prepared, RemoteRef
from stylestudio_desktop.services import (
    attempts,
    batches,
    ceilings,
    consents,
    finishing,
    generate,
    library,
    lineup,
    queue,
    sending,
    steering,
)
from stylestudio_desktop.services.batch_plan import Sources, plan
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import sendings
from stylestudio_desktop.worker.runner import Runner
from tests.factories import (
    FakeProvider,
    brief_for,
    fault,
    give,
    import_photo,
    open_test_studio,
    picture_bytes,
)

AFAR = "afar"


class Afar(FakeProvider):
    """A service elsewhere that keeps what arrived."""

    def submit(self, job: Prepared, context: Context) -> RemoteRef | Finished:
        self.arrived = [path.read_bytes() for path in (*job.products, *job.models)]
        return super().submit(job, context)


@pytest.fixture
def service() -> Afar:
    return Afar(name=AFAR, remote=True)


@pytest.fixture
def studio(tmp_path: Path, service: Afar) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path, {"local": FakeProvider(), AFAR: service}, tokens=50)
    opened.settings.change(services=[{"id": AFAR}])
    yield opened
    close_studio(opened)


@pytest.fixture
def product(studio: Studio, tmp_path: Path) -> FileId:
    path = tmp_path / "tee.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SECRETCAMERA"
    Image.effect_mandelbrot((2600, 1300), (-2, -1, 1, 1), 40).convert("RGB").save(path, exif=exif)
    return FileId(library.import_files(studio, [path], Category.PRODUCT).files[0].id)


@pytest.fixture
def person(studio: Studio, tmp_path: Path) -> FileId:
    return import_photo(studio, tmp_path, "pink", Category.MODEL)


def host(studio: Studio) -> None:
    stop = threading.Event()
    timer = threading.Timer(20, stop.set)
    timer.start()
    runner = Runner(studio)
    runner.run(stop, until=runner.idle)
    assert not stop.is_set()
    timer.cancel()


def status(studio: Studio, row: Any) -> str:
    return attempts.owned(studio, row.id).status


def test_a_photo_leaves_upright_clean_and_no_larger_than_asked(
    studio: Studio, service: Afar, product: FileId, tmp_path: Path
) -> None:
    row = generate.start(
        studio,
        brief_for(product, provider=AFAR, seed=3, negative_prompt="no hats", strength=0.5),
    )

    host(studio)

    assert status(studio, row) == Status.COMPLETED.value
    sent = tmp_path / "sent"
    sent.write_bytes(service.arrived[0])
    with Image.open(sent) as image:
        assert image.size == (1024, 2048)
        assert not image.getexif()
    assert b"SECRETCAMERA" not in service.arrived[0]
    (kept,) = sendings.of_generation(studio.database, row.id)
    (noted,) = json.loads(kept.photos)
    assert noted["sha256"] == hashlib.sha256(service.arrived[0]).hexdigest()
    assert (noted["role"], noted["width"], noted["height"]) == ("product", 1024, 2048)
    assert json.loads(kept.dropped) == ["strength", "negative_prompt"]
    assert (kept.provider, kept.attempt) == (AFAR, 0)


def test_what_is_part_of_the_program_reads_the_originals(studio: Studio, product: FileId) -> None:
    row = generate.start(studio, brief_for(product))

    host(studio)

    (kept,) = sendings.of_generation(studio.database, row.id)
    assert kept.photos == "[]"


def test_a_model_that_left_the_catalogue_still_has_limits(
    studio: Studio, service: Afar, product: FileId, tmp_path: Path
) -> None:
    row = generate.start(studio, brief_for(product, provider=AFAR))
    claimed = queue.claim(studio, "host", row.id)
    assert claimed is not None
    prepared = queue.prepare(studio, *claimed)
    gone = brief_for(product, provider=AFAR, model="gone", seed=1)

    ready = sending.ready(
        studio, Prepared(**{**fields(prepared), "brief": gone}), tmp_path, Event()
    )  # fmt: skip

    assert len(ready.photos) == 1


def fields(prepared: Prepared) -> dict[str, Any]:
    return {name: getattr(prepared, name) for name in Prepared.__dataclass_fields__}


def test_people_go_to_a_third_party_only_with_consent(
    studio: Studio, service: Afar, product: FileId, person: FileId
) -> None:
    brief = brief_for(product, provider=AFAR, models=(person,))
    assert consents.missing(studio, brief)
    assert not consents.missing(studio, brief_for(product, provider=AFAR))
    assert not consents.missing(studio, brief_for(product, models=(person,)))
    with pytest.raises(NeedsConsent, match="Test service") as refused:
        generate.start(studio, brief)
    assert refused.value.provider == AFAR
    assert queue.services_with_work(studio) == []

    consents.give(studio, AFAR)
    row = generate.start(studio, brief)
    host(studio)

    assert status(studio, row) == Status.COMPLETED.value
    assert len(service.arrived) == 2


def test_a_consent_taken_back_holds_for_what_waits(
    studio: Studio, service: Afar, product: FileId, person: FileId
) -> None:
    consents.give(studio, AFAR)
    row = generate.start(studio, brief_for(product, provider=AFAR, models=(person,)))
    consents.withdraw(studio, AFAR)

    host(studio)

    ended = attempts.owned(studio, row.id)
    assert (ended.status, ended.error_code) == (Status.FAILED.value, Code.NEEDS_CONSENT.value)
    assert service.asked == []


def test_a_ceiling_counts_what_is_made_and_what_waits(studio: Studio, product: FileId) -> None:
    give(studio, 50)
    studio.settings.change(services=[{"id": AFAR, "ceiling": 3}])
    generate.start(studio, brief_for(product, provider=AFAR))
    host(studio)
    assert ceilings.made(studio, AFAR) == 1
    waiting = generate.start(studio, brief_for(product, provider=AFAR))

    with pytest.raises(CeilingReached, match="2 of the 3"):
        generate.start(studio, brief_for(product, provider=AFAR, count=2))
    generate.start(studio, brief_for(product, count=4))

    steering.cancel(studio, waiting.id)
    generate.start(studio, brief_for(product, provider=AFAR, count=2))


def test_a_retry_keeps_to_the_ceiling(studio: Studio, service: Afar, product: FileId) -> None:
    service.faults["submit"] = [fault(Kind.CONTENT)]
    row = generate.start(studio, brief_for(product, provider=AFAR))
    host(studio)
    studio.settings.change(services=[{"id": AFAR, "ceiling": 0}])

    with pytest.raises(CeilingReached):
        steering.retry(studio, row.id)


def test_a_ceiling_lowered_meanwhile_holds_the_queue_but_not_what_was_accepted(
    studio: Studio, service: Afar, product: FileId
) -> None:
    service.hold.set()
    accepted = generate.start(studio, brief_for(product, provider=AFAR))
    stop = threading.Event()
    Runner(studio).run(stop, until=lambda: bool(service.asked))
    place = queue.place(studio, accepted.id)
    assert place is not None
    assert place.submitted_at is not None
    service.hold.clear()
    rows = [generate.start(studio, brief_for(product, provider=AFAR)) for _ in range(2)]
    studio.settings.change(services=[{"id": AFAR, "ceiling": 1}])

    host(studio)

    assert queue.claim_next(studio, "host", AFAR) is None
    host(studio)
    Runner(studio).run(
        threading.Event(), until=lambda: status(studio, accepted) == Status.COMPLETED.value
    )
    assert [status(studio, row) for row in rows] == [Status.PENDING.value] * 2
    (pause,) = lineup.pauses(studio)
    assert pause.reason == Code.BUDGET_REACHED.value
    assert "1 pictures" in pause.sentence
    assert pause.until is not None
    assert now_ms() < pause.until <= now_ms() + queue.LONGEST_WAIT_MS
    assert len(service.asked) == 1


def test_a_batch_rests_at_the_ceiling(studio: Studio, product: FileId, tmp_path: Path) -> None:
    studio.settings.change(services=[{"id": AFAR, "ceiling": 1}])
    lines = tmp_path / "lines.csv"
    lines.write_text(f"product,provider,quality\n{product},{AFAR},draft\n{product},{AFAR},draft\n")
    batch = batches.start(studio, plan(studio, Sources((str(lines),))))

    host(studio)

    rested = batches.progress(studio, batch.id).batch
    assert (rested.status, rested.reason) == ("paused", Code.BUDGET_REACHED.value)
    assert "1 of the 1" in (rested.sentence or "")


def test_a_result_that_is_far_too_large_is_left_to_the_probe(
    studio: Studio, service: Afar, product: FileId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finishing, "RESULT_LIMITS", Limits(max_bytes=10, max_pixels=10))
    row = generate.start(studio, brief_for(product, provider=AFAR))

    host(studio)

    assert status(studio, row) == Status.FAILED.value


@pytest.mark.parametrize(
    ("moment", "begins"),
    [(1_795_000_000_000, 1_796_083_200_000), (1_797_000_000_000, 1_798_761_600_000)],
)
def test_months_begin_at_midnight_utc(moment: int, begins: int) -> None:
    assert ceilings.next_month(moment) == begins


def test_a_paid_job_waits_for_its_service_to_be_cured(
    studio: Studio, service: Afar, product: FileId
) -> None:
    service.faults["poll"] = [fault(Kind.AUTH)]
    row = generate.start(studio, brief_for(product, provider=AFAR))

    host(studio)

    assert status(studio, row) == Status.PROCESSING.value
    assert queue.paused(studio, AFAR)
    assert len(service.asked) == 1


def test_a_model_that_cannot_be_used_now_is_refused(
    studio: Studio, service: Afar, product: FileId, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    card = service.card
    refused = replace(card, models=(replace(card.models[0], refusal="It has no checkpoint."),))
    monkeypatch.setattr(Afar, "card", property(lambda self: refused))

    with pytest.raises(BadInput, match="It has no checkpoint"):
        generate.start(studio, brief_for(product, provider=AFAR))


def test_a_result_loses_its_workflow_on_the_way_in(
    studio: Studio, service: Afar, product: FileId, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = json.dumps({"1": {"class_type": "SaveImage"}}).encode()
    made = picture_bytes("navy", (80, 80))
    comment = b"\xff\xfe" + (len(graph) + 2).to_bytes(2, "big") + graph
    monkeypatch.setattr(
        Afar,
        "fetch",
        lambda self, output, sink, context: sink.write_bytes(made[:2] + comment + made[2:]),
    )
    row = generate.start(studio, brief_for(product, provider=AFAR))

    host(studio)

    from stylestudio_desktop.services import history

    (result,) = history.story(studio, row.id).results
    kept = studio.files.path(result.storage_id).read_bytes()
    assert b"SaveImage" not in kept
    with Image.open(io.BytesIO(kept)) as saved, Image.open(io.BytesIO(made)) as sent_back:
        assert saved.tobytes() == sent_back.tobytes()
