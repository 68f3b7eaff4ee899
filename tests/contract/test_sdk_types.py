"""What we send is what the services' official SDKs would send, by their own types.

The SDKs lie in an environment of their own (build/standins, made by the set-up); without it these
tests are skipped.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.protocol import Prepared
from tests.contract.case import Case, carried, context_in, entry_of, job
from tests.contract.cases.fashn import FashnService
from tests.contract.cases.gemini import GeminiService
from tests.contract.cases.openai import OpenAIAtOnce, OpenAIResumable
from tests.contract.standin import Seen

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / "build/standins" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
NUMBERS = ("n", "output_compression")


Judge = Callable[[list[tuple[str, Any]]], list[list[str]]]


@pytest.fixture(scope="module")
def judged() -> Iterator[Judge]:
    """Yield what tells the faults of requests, by the SDKs' types."""
    if not (ROOT / "build/standins/made-from").is_file():
        pytest.skip("the SDKs are not set up (build/standins)")
    command = [str(PYTHON), "-I", str(Path(__file__).with_name("sdk_judge.py"))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        asked, told = program.stdin, program.stdout
        assert asked is not None
        assert told is not None

        def judge(requests: list[tuple[str, Any]]) -> list[list[str]]:
            found = []
            for one in requests:
                asked.write(json.dumps(one) + "\n")
                asked.flush()
                found.append(json.loads(told.readline()))
            return found

        yield judge
        asked.close()


def bodies(kind: type[Case], works: list[Prepared], folder: Path) -> list[Seen]:
    """Return the orders that the adapter sent for `works`."""
    folder.mkdir()
    case, http = kind(), Http(pause_s=0.001)
    try:
        for number, work in enumerate(works):
            carried(case.provider(http), work, context_in(folder / f"job-{number}"))
        method, _, place = case.order.partition(" ")
        return [one for one in case.server.seen if one.method == method and place in one.path]
    finally:
        case.close()
        http.close()


def models(name: str) -> list[str]:
    return [one.id for one in entry_of(name).models]


def form_of(seen: Seen) -> dict[str, Any]:
    """Return a form as the SDK's call takes it: photos in a list, numbers as numbers."""
    found: dict[str, Any] = {}
    for name, file_name, content in seen.form():
        if file_name:
            found.setdefault(name.removesuffix("[]"), []).append("a file")
        else:
            found[name] = int(content) if name in NUMBERS else content.decode()
    return found


def test_openai(judged: Judge, tmp_path: Path) -> None:
    works = [job(tmp_path, 2, 1, model) for model in models("openai")]
    plain = [replace(one, products=(), models=()) for one in works]
    requests: list[tuple[str, Any]] = [
        ("openai edit", form_of(one)) for one in bodies(OpenAIAtOnce, works, tmp_path / "edit")
    ]
    case, http = OpenAIAtOnce(), Http(pause_s=0.001)
    for number, work in enumerate(plain):
        carried(case.provider(http), work, context_in(tmp_path / f"plain-{number}"))
    requests += [("openai generate", one.json) for one in case.server.seen if one.method == "POST"]
    case.close()
    http.close()
    single = [replace(one, brief=replace(one.brief, count=1)) for one in works]
    requests += [
        ("openai response", one.json)
        for one in bodies(OpenAIResumable, single, tmp_path / "responses")
    ]

    assert len(requests) == 3 * len(works)
    assert [one for one in zip(requests, judged(requests), strict=True) if one[1]] == []


def test_fashn(judged: Judge, tmp_path: Path) -> None:
    works = []
    for model in models("fashn"):
        able = entry_of("fashn").model(model).capabilities
        works.append(job(tmp_path, 1, 1 if able.max_models else 0, model))
    requests = [("fashn", one.json) for one in bodies(FashnService, works, tmp_path / "jobs")]

    assert len(requests) == len(works)
    assert [found for found in judged(requests) if found] == []


def test_gemini(judged: Judge, tmp_path: Path) -> None:
    works = [job(tmp_path, 1, 1, model) for model in models("gemini")]
    requests = [("gemini", one.json) for one in bodies(GeminiService, works, tmp_path / "jobs")]

    assert len(requests) == len(works)
    assert [found for found in judged(requests) if found] == []


def test_the_types_judge(judged: Judge) -> None:
    """A wrong request must not get past them, or the tests above say nothing."""
    wrong: list[tuple[str, Any]] = [
        ("openai edit", {"prompt": "a shirt"}),
        ("openai edit", {"image": ["a file"], "prompt": "a shirt", "seed": 4}),
        ("openai generate", {"prompt": "a shirt", "quality": "very good"}),
        ("openai response", {"model": "m", "input": [], "background": {}}),
        ("fashn", {"model_name": "packshot", "inputs": {"photo": "x"}}),
        ("fashn", {"model_name": "unknown", "inputs": {}}),
        ("gemini", {"contents": [{"parts": [{"words": "x"}]}], "generationConfig": {}}),
        ("gemini", {"contents": [], "generationConfig": {"imageSize": "2K"}}),
    ]

    assert all(judged(wrong))
