"""What we send to OpenAI, and what our stand-in answers, are judged by OpenAI's own document."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from stylestudio_desktop.providers.http import Answer, Http
from stylestudio_desktop.providers.http.door import Door
from stylestudio_desktop.providers.openai import OpenAI
from stylestudio_desktop.providers.protocol import Finished, ProviderError
from tests.contract.case import KEY, carried, context_in, entry_of, job
from tests.contract.cases.openai import OpenAIAtOnce, OpenAIResumable
from tests.contract.judges import aimock, prism

MODELS = [one.id for one in entry_of("openai").models]


@pytest.fixture(scope="module")
def service() -> Iterator[OpenAIAtOnce]:
    made = OpenAIAtOnce()
    yield made
    made.close()


@pytest.fixture(scope="module")
def judge(service: OpenAIAtOnce, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("prism")
    with prism("openai-images.overlay.json", service.server.url, folder) as url:
        yield url


def adapter(http: Http, url: str, **settings: str) -> OpenAI:
    return OpenAI(entry_of("openai"), lambda: KEY, http, {"base_url": f"{url}/v1", **settings})


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("count", "people"), [(1, 0), (4, 1)])
def test_edits_keep_to_the_document(
    http: Http, judge: str, tmp_path: Path, model: str, count: int, people: int
) -> None:
    work = job(tmp_path, count, people, model)

    assert len(carried(adapter(http, judge), work, context_in(tmp_path / "job"))) == count


def test_generations_keep_to_the_document(http: Http, judge: str, tmp_path: Path) -> None:
    work = replace(job(tmp_path, 2, model="gpt-image-2"), products=(), models=())

    assert len(carried(adapter(http, judge), work, context_in(tmp_path / "job"))) == 2


def test_the_judge_judges(http: Http, judge: str, tmp_path: Path) -> None:
    """A wrong quality must not get past it, or the tests above say nothing."""
    entry = entry_of("openai")
    model = replace(entry.model("gpt-image-2"), quality_names={"standard": "very good"})
    broken = OpenAI(replace(entry, models=(model,)), lambda: KEY, http, {"base_url": f"{judge}/v1"})
    work = replace(job(tmp_path, model="gpt-image-2"), products=())

    with pytest.raises(ProviderError):
        broken.submit(work, context_in(tmp_path / "job"))


def test_the_resumable_way_keeps_to_the_document(
    http: Http, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[Answer] = []
    whole = Door.answer

    def note(self: Door, *more: object) -> Answer:
        answers.append(whole(self, *more))  # type: ignore[arg-type]
        return answers[-1]

    monkeypatch.setattr(Door, "answer", note)
    service = OpenAIResumable()
    try:
        spec = "openai-responses.overlay.json"
        with prism(spec, service.server.url, tmp_path, errors=False) as url:
            made = adapter(http, url, resumable="yes", responses_model="gpt-test")
            work = job(tmp_path, people=1, model="gpt-image-1.5")
            assert made.check().ready
            assert carried(made, work, context_in(tmp_path / "job"))
            ref = made.submit(work, context_in(tmp_path / "other"))
            assert not isinstance(ref, Finished)
            made.cancel(ref, context_in(tmp_path / "other"))
    finally:
        service.close()

    found = [json.loads(one.headers.get("sl-violations", "[]")) for one in answers]
    assert len(answers) >= 6
    assert not [one for several in found for one in several]


def test_a_mock_that_others_wrote(http: Http, tmp_path: Path) -> None:
    reply = {"images": [{"b64Json": TINY}, {"b64Json": TINY}]}
    match = {"match": {"userMessage": "shirt", "endpoint": "image"}, "response": reply}
    fixtures = tmp_path / "fixtures.json"
    fixtures.write_text(json.dumps({"fixtures": [match]}))
    with aimock({"llm": {"fixtures": str(fixtures)}}, tmp_path) as url:
        work = job(tmp_path, 2, model="gpt-image-2")
        outputs = carried(adapter(http, url), work, context_in(tmp_path / "job"))
        unknown = replace(work, prompt="Something else.")
        with pytest.raises(ProviderError):
            carried(adapter(http, url), unknown, context_in(tmp_path / "other"))

    assert len(outputs) == 2


TINY = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)
