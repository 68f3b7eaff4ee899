"""Batches as people type them: a price before, pictures after, and every mistake by its line."""

from pathlib import Path

import pytest

from stylestudio_desktop.providers.protocol import Kind
from tests.cli.conftest import Shell
from tests.factories import fault, photo


@pytest.fixture
def wishes(tmp_path: Path) -> Path:
    photo(tmp_path, "tee.jpg", "teal")
    photo(tmp_path, "hat.jpg", "red")
    path = tmp_path / "wishes.csv"
    path.write_text("product,sku,quality\ntee.jpg,A-1,draft\nhat.jpg,A-2,draft\n")
    return path


def test_a_dry_run_tells_price_and_time_and_starts_nothing(shell: Shell, wishes: Path) -> None:
    told = shell.json("batch", str(wishes), "--dry-run", "--budget", "1")
    assert (told["generations"], told["price"], told["within_budget"]) == (2, 2, 1)
    assert shell.run("batch", str(wishes), "--dry-run", "--budget", "1") == 0
    assert "Nothing was started" in shell.out
    assert "ends it after 1" in shell.out
    assert shell.json("batches")["items"] == []
    assert shell.json("list", "generations")["items"] == []


def test_a_batch_runs_to_its_end(shell: Shell, wishes: Path) -> None:
    done = shell.json("batch", str(wishes))["batch"]
    assert (done["completed"], done["tokens"], done["over"]) == (2, 2, True)
    assert shell.run("batches") == 0
    assert "wishes.csv" in shell.out
    assert shell.run("batches", "show", done["id"]) == 0
    assert "2 of 2 made" in shell.out
    listed = shell.json("list", "generations", "--batch", done["id"])["items"]
    assert len(listed) == 2
    story = shell.json("show", listed[0]["id"])
    assert story["batch"]["sku"] in ("A-1", "A-2")
    assert shell.run("show", listed[0]["id"]) == 0
    assert f"Batch {done['id']}" in shell.out


def test_folders_times_styles(shell: Shell, wishes: Path) -> None:
    words = ("batch", str(wishes.parent), "--styles", "fashion,vintage", "--quality", "draft")
    assert shell.json(*words)["batch"]["completed"] == 4


def test_lines_that_cannot_be_made_stop_it_before_it_begins(shell: Shell, wishes: Path) -> None:
    wishes.write_text(wishes.read_text() + "none.jpg,A-3,draft\n")
    told = shell.json("batch", str(wishes), "--dry-run")
    assert told["problems"][0]["line"] == 4
    assert shell.run("batch", str(wishes)) == 2
    assert "Line 4" in shell.err
    assert shell.json("batches")["items"] == []
    assert shell.json("batch", str(wishes), "--skip-bad")["batch"]["completed"] == 2
    wishes.write_text("product\n" + "none.jpg\n" * 30)
    assert shell.run("batch", str(wishes)) == 2
    assert "And 10 more" in shell.err
    assert shell.json("batch", str(wishes), "--dry-run", code=2)["error"]["code"] == "bad_input"


def test_the_budget_ends_it_and_resume_goes_on(shell: Shell, wishes: Path) -> None:
    stopped = shell.json("batch", str(wishes), "--budget", "1", code=3)["batch"]
    assert (stopped["completed"], stopped["waiting"], stopped["reason"]) == (1, 1, "budget_reached")
    shell.json("batches", "resume", stopped["id"], "--budget", "2")
    assert shell.run("worker", "--until-empty") == 0
    assert shell.json("batches", "show", stopped["id"])["batch"]["completed"] == 2


def test_left_to_the_queue_it_can_be_paused_and_cancelled(shell: Shell, wishes: Path) -> None:
    left = shell.json("batch", str(wishes), "--no-wait")["batch"]
    assert left["waiting"] == 2
    assert shell.json("batches", "pause", left["id"])["batch"]["status"] == "paused"
    assert shell.run("worker", "--until-empty") == 0
    gone = shell.json("batches", "cancel", left["id"])["batch"]
    assert (gone["dropped"], gone["over"]) == (2, True)


def test_what_no_service_could_make_is_told(shell: Shell, wishes: Path) -> None:
    shell.provider.faults["submit"] = [fault(Kind.CONTENT), fault(Kind.CONTENT)]
    failed = shell.json("batch", str(wishes), code=4)["batch"]
    assert (failed["failed"], failed["tokens"]) == (2, 0)


@pytest.mark.parametrize(
    "words",
    [
        ["batches", "show"],
        ["batches", "list", "5"],
        ["batches", "pause", "5", "--budget", "3"],
        ["batches", "show", "5"],
        ["batch", "none.csv"],
        ["list", "files", "--batch", "5"],
    ],
)
def test_mistakes_are_told_in_a_sentence(shell: Shell, words: list[str]) -> None:
    assert shell.run(*words) == 2
    assert shell.err.strip()


def test_the_queue_is_steered_as_downloads_are(shell: Shell, wishes: Path) -> None:
    words = ("generate", "--product", str(wishes.parent / "tee.jpg"), "--quality", "draft")
    shell.provider.concurrency = 1  # so that the fault below meets the first in line
    a, b, c = (shell.json(*words, "--no-wait")["generation"]["id"] for _ in range(3))

    def order(*steps: str) -> list[str]:
        return [one["generation_id"] for one in shell.json("queue", *steps)["items"]]

    assert order() == order("list") == [a, b, c]
    assert order("up", c) == [a, c, b]
    assert order("down", a) == [c, a, b]
    assert order("bottom", c) == [a, b, c]
    assert order("move", c, "--before", b) == [a, c, b]
    assert order("top", b) == [b, a, c]
    assert order("cancel", a) == [b, c]
    moved = order("elsewhere", c, "--to", "local")
    assert len(moved) == 2
    assert c not in moved
    paused = shell.json("queue", "pause", "local")["pauses"]
    assert paused[0]["provider"] == "local"
    assert shell.run("worker", "--until-empty") == 0
    assert len(order()) == 2
    assert shell.json("queue", "resume", "local")["pauses"] == []
    shell.provider.faults["submit"] = [fault(Kind.CONTENT)]
    assert shell.run("worker", "--until-empty") == 0
    assert f"Generation {b}: failed. " in shell.err
    assert order("retry", b) == [b]
    assert shell.run("queue") == 0
    assert "waiting" in shell.out


@pytest.mark.parametrize(
    "words",
    [
        ["top"], ["move", "5"], ["elsewhere", "5"], ["list", "5"], ["top", "5", "--before", "6"],
        ["pause", "nobody"], ["up", "5", "--to", "local"],
    ],
)  # fmt: skip
def test_mistakes_about_the_queue_are_told(shell: Shell, words: list[str]) -> None:
    assert shell.run("queue", *words) == 2
    assert shell.err.strip()
