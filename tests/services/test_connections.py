"""Connecting services: what is kept, what is refused, and that no key is ever written down."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.chosen import chosen_in
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain import events
from stylestudio_desktop.domain.errors import BadInput, Code, IllegalStep, NotFound, ServiceError
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.providers.protocol import Kind, ProviderError, Readiness
from stylestudio_desktop.providers.registry import Providers
from stylestudio_desktop.services import connections, consents, generate, lineup, queue, steering
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.vault.secrets import Secrets, Source
from tests.factories import brief_for, import_photo, open_test_studio

KEY = "sk-test-0123456789-abcdef"


@pytest.fixture
def environment() -> dict[str, str]:
    return {}


@pytest.fixture
def studio(tmp_path: Path, environment: dict[str, str]) -> Iterator[Studio]:
    opened = open_studio(Workspace(tmp_path / "workspace"), secrets=Secrets(environment))
    yield opened
    close_studio(opened)


class Answering:
    """Stands for an adapter that is asked, with an answer of its own."""

    def __init__(self, card: Any, found: Readiness, learned: Any = None) -> None:
        self.card = card
        self._found = found
        self._learned = learned

    def check(self) -> Readiness:
        return self._found

    def learn(self) -> Mapping[str, Any]:
        if isinstance(self._learned, ProviderError):
            raise self._learned
        return dict(self._learned or {})

    def close(self) -> None:
        """Nothing is held."""


def answering(studio: Studio, monkeypatch: pytest.MonkeyPatch, **answer: Any) -> None:
    """Let every adapter that is made answer as told."""
    made = Providers.built

    def built(self: Providers, wanted: Any, key: Any = None) -> Any:
        return Answering(made(self, wanted, key).card, **answer)

    monkeypatch.setattr(Providers, "built", built)


def of(studio: Studio, name: str) -> connections.Connection:
    return next(one for one in connections.connections(studio) if one.card.id == name)


def test_a_key_is_kept_in_the_vault_and_nowhere_else(studio: Studio) -> None:
    added = connections.add(studio, "openai", {"resumable": "no", "project": " "}, KEY)

    assert added.key is Source.MEMORY
    assert "memory" in added.sentence
    shown = of(studio, "openai")
    assert (shown.key, shown.ending) == (Source.MEMORY, "…cdef")
    assert dict(shown.settings) == {"resumable": "no"}
    assert KEY not in studio.workspace.settings.read_text("utf-8")
    assert of(studio, "local").key is None


def test_changing_settings_leaves_the_key_and_the_rest(studio: Studio) -> None:
    connections.add(studio, "openai", key=KEY)
    connections.set_ceiling(studio, "openai", 7)
    connections.add(studio, "fal")

    added = connections.add(studio, "openai", {"project": "shoes"})

    shown = of(studio, "openai")
    assert added.key is Source.MEMORY
    assert (shown.ceiling, shown.ending, dict(shown.settings)) == (7, "…cdef", {"project": "shoes"})
    assert [one.card.id for one in connections.connections(studio)] == ["local", "openai", "fal"]


def test_what_is_said_of_the_key(studio: Studio, environment: dict[str, str]) -> None:
    assert "has no key yet" in connections.add(studio, "fal").sentence
    assert connections.add(studio, "comfyui").sentence == ""
    environment["OPENAI_API_KEY"] = KEY
    assert "OPENAI_API_KEY" in connections.add(studio, "openai").sentence
    assert connections.environment("comfyui") == ""


@pytest.mark.parametrize(
    ("name", "settings", "says"),
    [
        ("openai", {"colour": "red"}, "no setting “colour”"),
        ("openai", {"resumable": "perhaps"}, "one of yes, no"),
        ("custom", {"negative": "maybe"}, "one of field, pipe, no"),
        ("openai", {"project": "a\nb"}, "odd signs"),
        ("custom", {"base_url": "ftp://x"}, "only http"),
        ("nothing", {}, "Choose one of: comfyui"),
    ],
)
def test_what_cannot_be_is_refused_whole(
    studio: Studio, name: str, settings: dict[str, str], says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        connections.add(studio, name, settings, KEY)

    assert studio.settings.value.services == []
    assert studio.secrets.get("provider:openai") is None


def test_a_library_with_fixed_services_takes_none(tmp_path: Path) -> None:
    fixed = open_test_studio(tmp_path)

    with pytest.raises(IllegalStep, match="fixed"):
        connections.add(fixed, "openai")

    close_studio(fixed)


def test_a_test_keeps_what_the_service_said_and_cures_its_pause(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections.add(studio, "replicate")
    queue.pause_service(studio, "replicate", None, Code.NEEDS_KEY, "It has no key.")
    assert of(studio, "replicate").pause == "It has no key."
    facts = {"models": {"google/nano-banana": {"seed": True, "max_count": 1, "ratios": ["1:1"]}}}
    answering(studio, monkeypatch, found=Readiness(True, "Ready."), learned=facts)
    connections.add(studio, "replicate", {"models": "me/mine"})

    assert connections.test(studio, "replicate").ready

    monkeypatch.undo()
    assert lineup.pauses(studio) == []
    assert of(studio, "replicate").tested_at is not None
    connections.add(studio, "replicate", {"models": "me/mine me/mine"})
    models = {one.id: one.capabilities for one in studio.providers["replicate"].card.models}
    assert models["google/nano-banana"].seed
    assert models["google/nano-banana"].ratios == ("1:1",)
    assert "me/mine" in models


def test_a_service_that_is_not_ready_stays_paused(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections.add(studio, "openai")
    queue.pause_service(studio, "openai", None, Code.NEEDS_PAYMENT, "No credit.")
    answering(studio, monkeypatch, found=Readiness(False, "No."))
    connections.add(studio, "openai", {"project": "x"})

    assert not connections.test(studio, "openai").ready
    assert lineup.pauses(studio)


def test_what_cannot_be_learned_is_told(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    error = ProviderError(Kind.PROVIDER, "The list can't be read.")
    connections.add(studio, "openai")
    answering(studio, monkeypatch, found=Readiness(True, "Ready."), learned=error)
    connections.add(studio, "openai", {"project": "x"})

    assert connections.test(studio, "openai").details["models"] == "The list can't be read."


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (ZeroDivisionError(), r"“openai” is broken \(ZeroDivisionError\)"),
        (ProviderError(Kind.PROVIDER, "OpenAI has trouble."), "OpenAI has trouble"),
    ],
)
def test_an_adapter_that_breaks_over_the_question_says_so(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, fault: Exception, said: str
) -> None:
    answering(studio, monkeypatch, found=Readiness(True, "Ready."))
    connections.add(studio, "openai")

    def check(_self: Answering) -> Readiness:
        raise fault

    monkeypatch.setattr(Answering, "check", check)
    with pytest.raises(ServiceError, match=said):
        connections.test(studio, "openai")


def test_a_broken_catalogue_of_ones_own_is_named_and_the_shipped_one_used(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    workspace.root.mkdir()
    own = workspace.root / "services.json"
    own.write_text('{"services": [{"id": "fashn", "concurrency": "many"}, 7]}')
    before = own.read_bytes()
    studio = open_studio(workspace)

    found = connections.trouble(studio)

    assert len(found) == 2
    assert "“fashn” was left out, since “concurrency” must be a number" in found[0]
    assert connections.entry(studio, "fashn").concurrency > 0
    assert own.read_bytes() == before
    close_studio(studio)


def test_the_embedded_engine_can_be_tested_too(studio: Studio) -> None:
    assert connections.test(studio, "local").ready
    assert studio.settings.value.services == []


def test_a_new_key_lets_a_paused_service_go_on(studio: Studio) -> None:
    connections.add(studio, "openai")
    queue.pause_service(studio, "openai", None, Code.NEEDS_KEY, "It has no key.")
    connections.add(studio, "openai", {})
    assert lineup.pauses(studio)

    connections.add(studio, "openai", key=KEY)

    assert not lineup.pauses(studio)


def test_removing_forgets_key_and_pause(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[events.Event] = []
    connections.add(studio, "openai", key=KEY)
    queue.pause_service(studio, "openai", None, Code.SERVICE_BUSY, "Wait.")
    studio.bus.subscribe(told.append)

    said = connections.remove(studio, "openai")

    assert "forgotten" in said
    assert list(studio.providers) == ["local"]
    assert studio.secrets.get("provider:openai") is None
    assert not lineup.pauses(studio)
    assert events.ServicesChanged() in told
    with pytest.raises(NotFound, match="not among yours"):
        connections.remove(studio, "openai")
    connections.add(studio, "openai", key=KEY)
    monkeypatch.setattr(Secrets, "delete", lambda self, name: False)
    assert "locked" in connections.remove(studio, "openai")


def test_nothing_is_removed_while_it_works(studio: Studio, tmp_path: Path) -> None:
    connections.add(studio, "openai", key=KEY)
    row = generate.start(studio, brief_for(import_photo(studio, tmp_path), provider="openai"))

    with pytest.raises(IllegalStep, match="still wait"):
        connections.remove(studio, "openai")

    steering.cancel(studio, row.id)
    connections.remove(studio, "openai")


def test_the_order_of_preference(studio: Studio) -> None:
    connections.add(studio, "openai")
    connections.add(studio, "fal")

    connections.prefer(studio, ["fal", "local"])

    assert list(studio.providers) == ["fal", "local", "openai"]
    with pytest.raises(NotFound):
        connections.prefer(studio, ["gemini"])


def test_a_ceiling_is_a_number_of_pictures(studio: Studio) -> None:
    connections.add(studio, "openai")
    connections.set_ceiling(studio, "openai", 3)
    assert of(studio, "openai").ceiling == 3
    connections.set_ceiling(studio, "openai", None)
    assert of(studio, "openai").ceiling is None
    with pytest.raises(BadInput, match="between 0"):
        connections.set_ceiling(studio, "openai", -1)
    with pytest.raises(NotFound):
        connections.set_ceiling(studio, "gemini", 3)


def test_where_each_service_stands(studio: Studio, environment: dict[str, str]) -> None:
    environment["FAL_KEY"] = KEY
    for name in ("openai", "fal", "gemini", "comfyui"):
        connections.add(studio, name)
    connections.add(studio, "gemini", key=KEY)
    queue.pause_service(studio, "gemini", None, Code.NEEDS_PAYMENT, "No credit left.")
    studio.settings.alter(lambda now: {"services": [*now.services, {"id": "gone"}]})

    found = connections.standing(studio)

    ready = {name: one.ready for name, one in found.items()}
    assert ready == {
        "local": True, "openai": False, "fal": True, "gemini": False, "comfyui": True,
        "gone": False,
    }  # fmt: skip
    assert found["gemini"].sentence == "No credit left."


def test_consent_is_for_one_host_and_has_a_date(studio: Studio) -> None:
    connections.add(studio, "openai")
    assert not consents.given(studio, "openai")
    before = now_ms()

    consents.give(studio, "openai")

    assert consents.given(studio, "openai")
    assert (of(studio, "openai").consent_at or 0) >= before
    connections.add(studio, "openai", {"base_url": "https://elsewhere.example/v1"})
    assert not consents.given(studio, "openai")
    consents.give(studio, "openai")
    consents.withdraw(studio, "openai")
    assert not consents.given(studio, "openai")
    with pytest.raises(NotFound):
        consents.give(studio, "fal")


def test_what_stands_in_the_file_is_judged(studio: Studio) -> None:
    odd = [
        {"id": "openai", "settings": {"project": 7, "x": "y" * 3000}, "ceiling": True},
        {"id": "fal", "settings": [], "consent_at": 5, "learned": 3, "tested_at": "x"},
        {"id": 3}, {"id": ""}, 17,
    ]  # fmt: skip
    studio.workspace.settings.write_text(json.dumps({"services": odd}))

    found = chosen_in(studio.settings.value.services)

    assert [one.id for one in found] == ["openai", "fal"]
    assert dict(found[0].settings) == {}
    assert (found[0].ceiling, found[1].consent_at, found[1].tested_at) == (None, None, None)


def test_another_process_that_adds_a_service_is_seen_and_not_undone(studio: Studio) -> None:
    other = open_studio(studio.workspace)
    assert list(studio.providers) == ["local"]

    connections.add(other, "fal")
    studio.settings.change(low_balance=3)

    assert list(studio.providers) == ["local", "fal"]
    assert other.settings.value.low_balance == 3
    close_studio(other)
