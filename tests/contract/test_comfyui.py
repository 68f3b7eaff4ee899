"""What only ComfyUI has: versions, workflows of people's own, files that outlive its memory."""

import functools
import io
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.providers.comfyui import ComfyUI, workflows
from stylestudio_desktop.providers.comfyui.reading import version_of
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.protocol import (
    CancelOutcome,
    Kind,
    Lost,
    Prepared,
    ProviderError,
    RemoteRef,
    State,
)
from tests.contract.case import carried, context_in, entry_of, followed, job
from tests.contract.cases.comfyui import Comfy, OlderComfy, refused
from tests.contract.cases.real_comfyui import REAL, blurred_beyond_its_edge
from tests.contract.standin import Reply, Standin


@pytest.fixture
def case() -> Iterator[Comfy]:
    made = Comfy()
    yield made
    made.close()


def adapter(http: Http, url: str, **settings: str) -> ComfyUI:
    return ComfyUI(entry_of("comfyui"), lambda: None, http, {"base_url": url, **settings})


def own_workflow(folder: Path, **changes: Any) -> Path:
    """Write a workflow in API format as ComfyUI exports it."""
    graph = {
        "3": node("LoadImage", "studio:product", image="x.png"),
        "4": node("ImageScale", "studio:width", image=["3", 0], upscale_method="area", width=1),
        "5": node("ImageScale", "Studio:Height", image=["4", 0], upscale_method="area", height=1),
        "6": node("KSampler", "studio:seed", latent_image=["5", 0], seed=1, cfg=8.0),
        "7": node("CLIPTextEncode", "studio:prompt", clip=["9", 1], text="a dog"),
        "8": node("SaveImage", "preview of mine", images=["4", 0], filename_prefix="mine"),
        "9": node("CheckpointLoaderSimple", "", ckpt_name="x"),
        "10": node("SaveImage", "studio:result", images=["6", 0], filename_prefix="mine"),
        **changes,
    }
    path = folder / "poster.json"
    path.write_text(json.dumps({key: value for key, value in graph.items() if value}))
    return path


def node(class_type: str, title: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs, "_meta": {"title": title}}


def test_ones_own_workflow_is_used(http: Http, case: Comfy, tmp_path: Path) -> None:
    folder = tmp_path / "workflows"
    folder.mkdir()
    own_workflow(folder)
    work = job(tmp_path, 2, model="workflow")

    outputs = carried(
        adapter(http, case.server.url, workflows=str(folder)), work, context_in(tmp_path / "job")
    )

    graph = next(seen.json["prompt"] for seen in case.server.seen if seen.path == "/prompt")
    assert [output.facts["seed"] for output in outputs] == [11, 12]
    assert graph["0.6"]["inputs"]["seed"] == 11
    assert graph["1.6"]["inputs"]["seed"] == 12
    assert graph["1.6"]["inputs"]["latent_image"] == ["1.5", 0]
    assert graph["0.7"]["inputs"]["text"] == work.prompt
    assert graph["0.4"]["inputs"]["width"] == 512
    assert graph["0.5"]["inputs"]["height"] == 512
    assert graph["0.3"]["inputs"]["image"].startswith(f"stylestudio/{work.intent_id}/")
    assert graph["1.10"]["inputs"]["filename_prefix"] == f"stylestudio/{work.intent_id}/1"
    assert not any(one["inputs"].get("filename_prefix") == "mine" for one in graph.values())


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"3": node("LoadImage", "my photo", image="x")}, "studio:product"),
        ({"8": None, "10": None}, "SaveImage"),
        ({"6": node("KSampler", "studio:seed", steps=1)}, "studio:seed"),
        ({"3": {"class_type": 5, "inputs": {}}}, "API format"),
        ({"nodes": [1]}, "API format"),
        ({"9": node("Any", "", x=float("nan"))}, "can't be read"),
        (
            {"9": node("Any", "", x=functools.reduce(lambda one, _: [one], range(500), 1))},
            "be read",
        ),
    ],
)
def test_a_workflow_that_does_not_fit_is_named(
    http: Http, case: Comfy, tmp_path: Path, changes: dict[str, Any], named: str
) -> None:
    own_workflow(tmp_path, **changes)
    made = adapter(http, case.server.url, workflows=str(tmp_path))

    with pytest.raises(ProviderError, match=named) as caught:
        made.submit(job(tmp_path, model="workflow"), context_in(tmp_path / "job"))

    assert caught.value.kind is Kind.SETUP
    assert not case.accepted


def test_a_workflow_is_chosen_by_name_and_never_by_path(
    http: Http, case: Comfy, tmp_path: Path
) -> None:
    folder = tmp_path / "workflows"
    folder.mkdir()
    own_workflow(folder)
    outside = own_workflow(tmp_path)
    made = adapter(http, case.server.url, workflows=str(folder))
    work = job(tmp_path, model="workflow")
    for name in (str(outside), "../poster.json", "../poster"):
        brief = replace(work.brief, options={"workflow": name})
        with pytest.raises(ProviderError, match="no such workflow"):
            made.submit(replace(work, brief=brief), context_in(tmp_path / "job"))

    brief = replace(work.brief, options={"workflow": "poster"})
    assert made.submit(replace(work, brief=brief), context_in(tmp_path / "job"))


def test_restyling_needs_a_checkpoint(http: Http, case: Comfy, tmp_path: Path) -> None:
    work = job(tmp_path, model="restyle")
    assert carried(adapter(http, case.server.url), work, context_in(tmp_path / "a"))

    case.server.fail_next("object_info", Reply(200, {}))
    with pytest.raises(ProviderError, match="no checkpoint"):
        adapter(http, case.server.url).submit(work, context_in(tmp_path / "b"))


def test_after_a_restart_of_comfyui_its_files_tell(http: Http, case: Comfy, tmp_path: Path) -> None:
    """Its memory of jobs is lost, the finished file is not: nothing is made a second time."""
    work, context = job(tmp_path, 2, model="composite"), context_in(tmp_path / "job")
    made = adapter(http, case.server.url)
    ref = made.submit(work, context)
    followed(made, ref, context)
    case.restart()

    assert isinstance(made.find_lost(work, now_ms(), context), RemoteRef)
    update = made.poll(ref, context)
    assert update.state is State.SUCCEEDED
    assert len(update.outputs) == 2
    case.files.clear()
    assert made.poll(ref, context).state is State.GONE
    assert made.find_lost(work, now_ms(), context) is Lost.NOT_SENT


def test_a_version_that_renames_jobs_is_told(http: Http, case: Comfy, tmp_path: Path) -> None:
    case.server.fail_next("POST /prompt", Reply(200, {"prompt_id": "other", "node_errors": {}}))

    with pytest.raises(ProviderError, match=r"0\.3\.45"):
        adapter(http, case.server.url).submit(
            job(tmp_path, model="composite"), context_in(tmp_path / "job")
        )

    assert case.server.count("POST /api/jobs/other/cancel") == 1


def test_an_old_version_is_told_when_tried(http: Http, case: Comfy) -> None:
    case.version = "0.3.20"

    readiness = adapter(http, case.server.url).check()

    assert not readiness.ready
    assert "0.3.45" in readiness.sentence


@pytest.mark.parametrize(
    ("text", "version"),
    [("0.3.64", (0, 3, 64)), ("v0.12.2", (0, 12, 2)), ("0.3.64+abc", (0, 3, 64)), ("main", ())],
)
def test_versions(text: str, version: tuple[int, ...]) -> None:
    assert version_of(text) == version


def test_a_missing_node_is_named(http: Http, case: Comfy, tmp_path: Path) -> None:
    case.server.fail_next("/prompt", refused("missing_node_type", "Node 'FancyTryOn' not found."))

    with pytest.raises(ProviderError, match="FancyTryOn") as caught:
        adapter(http, case.server.url).submit(
            job(tmp_path, model="composite"), context_in(tmp_path / "job")
        )

    assert caught.value.kind is Kind.INPUT


def test_an_older_version_is_only_interrupted_for_our_job(http: Http, tmp_path: Path) -> None:
    case = OlderComfy()
    try:
        made, context = adapter(http, case.server.url), context_in(tmp_path / "job")
        first = made.submit(job(tmp_path, model="composite"), context)
        made.poll(first, context)  # it runs now
        case.held = True
        second = made.submit(job(tmp_path, model="composite"), context)

        assert made.cancel(second, context) is CancelOutcome.STOPPED
        assert not case.interrupted
        made.cancel(first, context)
        assert case.interrupted == [first.id]
    finally:
        case.close()


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "melting"},
        {"status": "completed", "outputs": []},
        {"status": "completed", "outputs": {"1": {"images": [{"filename": 5, "type": "output"}]}}},
        {"status": "completed", "outputs": {"1": {"images": [[]]}}},
        {"status": "failed", "execution_error": "text"},
        {"status": 7},
    ],
)
def test_hostile_states_end_in_words(http: Http, tmp_path: Path, answer: dict[str, Any]) -> None:
    with Standin(lambda seen: Reply(200, answer)) as server:
        made, context = adapter(http, server.url), context_in(tmp_path / "job")
        with pytest.raises(ProviderError) as caught:
            made.poll(RemoteRef("x", {"seeds": {"0": 1}}), context)

    assert caught.value.transient


def test_a_name_with_a_path_stays_a_name(http: Http, case: Comfy, tmp_path: Path) -> None:
    made, context = adapter(http, case.server.url), context_in(tmp_path / "job")
    picture = {"filename": "../../../etc/passwd", "subfolder": "/&type=temp", "type": "output"}
    body = {"status": "completed", "outputs": {"1": {"images": [picture]}}}
    case.server.fail_next("/api/jobs", Reply(200, body))
    output = made.poll(RemoteRef("x", {}), context).outputs[0]

    with pytest.raises(ProviderError):
        made.fetch(output, tmp_path / "a.part", context)

    asked = case.server.seen[-1]
    assert asked.path == "/view"
    assert asked.query == {key: [value] for key, value in picture.items()}


def test_nothing_is_sent_openly_beyond_the_own_network(http: Http, tmp_path: Path) -> None:
    made = adapter(http, "http://8.8.8.8:8188")

    with pytest.raises(ProviderError, match="may not use"):
        made.submit(job(tmp_path, model="composite"), context_in(tmp_path / "job"))


def test_a_server_elsewhere_counts_as_remote(http: Http) -> None:
    assert adapter(http, "https://gpu.example.com").card.remote
    assert not adapter(http, "http://192.168.1.20:8188").card.remote


# Against a real server, where one is given.

real = pytest.mark.skipif(not REAL, reason="STYLESTUDIO_TEST_COMFYUI_URL is not set")


@real
@pytest.mark.slow
@pytest.mark.parametrize(("count", "people"), [(1, 0), (4, 1)])
def test_a_real_server_makes_a_composite(
    http: Http, tmp_path: Path, count: int, people: int
) -> None:
    work, context = real_job(tmp_path, count, people), context_in(tmp_path / "job")
    made = adapter(http, REAL)
    assert made.check().ready

    ref = made.submit(work, context)
    update = waited(made, ref, context)

    assert update.state is State.SUCCEEDED, update.error and update.error.sentence
    assert len(update.outputs) == count
    for output in update.outputs:
        sink = tmp_path / f"real-{output.position}.part"
        made.fetch(output, sink, context)
        with Image.open(io.BytesIO(sink.read_bytes())) as image:
            assert image.size == (512, 640)
            colours = image.convert("RGB").getcolors(512 * 640)
        assert colours is not None
        assert any(red > 180 and green < 60 for _, (red, green, _) in colours), "no product in it"
        assert len(colours) > 1
    # What came of it is found again by our own id alone.
    assert isinstance(made.find_lost(work, now_ms(), context), RemoteRef)


@real
@pytest.mark.slow
def test_a_real_server_stops(http: Http, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(work: Prepared, *_: object) -> workflows.Graph:
        graph: workflows.Graph = {
            "0": node("EmptyImage", "", width=4096, height=4096, batch_size=1, color=work.seed)
        }
        for number in range(40):
            inputs = {"image": [str(number), 0], "blur_radius": 31, "sigma": 10.0}
            graph[str(number + 1)] = node("ImageBlur", "", **inputs)
        graph["save"] = node(
            "SaveImage", "", images=["40", 0], filename_prefix=workflows.prefix(work.intent_id, 0)
        )
        return graph

    monkeypatch.setattr(workflows, "composite", slow)
    made, context = adapter(http, REAL), context_in(tmp_path / "job")
    work = real_job(tmp_path, 1, 0)
    ref = made.submit(work, context)

    assert made.cancel(ref, context) in (CancelOutcome.STOPPED, CancelOutcome.REQUESTED)
    assert waited(made, ref, context).state in (State.CANCELLED, State.GONE)


@real
@pytest.mark.slow
def test_a_real_server_knows_nothing_of_what_never_arrived(http: Http, tmp_path: Path) -> None:
    found = adapter(http, REAL).find_lost(
        real_job(tmp_path, 1, 0), now_ms(), context_in(tmp_path / "job")
    )

    assert found is Lost.NOT_SENT


@real
@pytest.mark.slow
def test_a_real_server_says_why_it_takes_no_workflow_and_why_it_failed(
    http: Http, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo that was cut off is none of its reasons: LoadImage fills in what lacks."""
    made, context = adapter(http, REAL), context_in(tmp_path / "job")
    whole = workflows.composite

    def unknown_photo(*given: Any) -> workflows.Graph:
        graph = whole(*given)
        for one in graph.values():
            if one["class_type"] == "LoadImage":
                one["inputs"]["image"] = "stylestudio/nowhere.png"
        return graph

    def too_small(*given: Any) -> workflows.Graph:
        graph: workflows.Graph = dict(blurred_beyond_its_edge())
        return graph | {"save": node("SaveImage", "", images=["out", 0], filename_prefix="none")}

    monkeypatch.setattr(workflows, "composite", unknown_photo)
    with pytest.raises(ProviderError, match=r"can't run this workflow.*nowhere\.png") as refusal:
        made.submit(real_job(tmp_path, 1, 0), context)
    monkeypatch.setattr(workflows, "composite", too_small)
    with pytest.raises(ProviderError, match=r"step ImageBlur\. It says: “.*adding") as failed:
        carried(made, real_job(tmp_path, 1, 0), context)
    assert (refusal.value.kind, failed.value.kind) == (Kind.INPUT, Kind.PROVIDER)


def real_job(folder: Path, count: int, people: int) -> Prepared:
    product = folder / "product.png"
    image = Image.new("RGBA", (300, 400), (0, 0, 0, 0))
    image.paste((220, 20, 30, 255), (60, 40, 240, 360))
    image.save(product)
    person = folder / "person.jpg"
    Image.new("RGB", (600, 900), (90, 140, 90)).save(person)
    work = job(folder, count, model="composite")
    brief = Brief(work.brief.products, model="composite", count=count, style="vintage")
    seed = int(time.time()) % 1_000_000
    return replace(
        work,
        brief=brief,
        seed=seed,
        width=512,
        height=640,
        products=(product,),
        models=(person,) if people else (),
    )


def waited(made: ComfyUI, ref: RemoteRef, context: Any) -> Any:
    tick = threading.Event()
    end = time.monotonic() + 120
    while True:
        update = made.poll(ref, context)
        if update.state not in (State.QUEUED, State.RUNNING):
            return update
        assert time.monotonic() < end, "the server takes too long"
        tick.wait(0.3)
