"""Commands that make pictures: generate, retry, cancel, and deciding what is in doubt."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Event
from types import MappingProxyType

from stylestudio_desktop.cli import reading, shapes
from stylestudio_desktop.cli.arguments import Arguments
from stylestudio_desktop.cli.at_work import at_work
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import Bar, exit_code, note, print_json, say
from stylestudio_desktop.cli.waiting import Wait
from stylestudio_desktop.domain import scene, staging
from stylestudio_desktop.domain.brief import Brief, check
from stylestudio_desktop.domain.errors import BadInput, Code
from stylestudio_desktop.domain.generation import Category, Status
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.services import (
    attempts,
    consents,
    engine_weights,
    enlarging,
    history,
    sources,
    steering,
    wallet,
)
from stylestudio_desktop.services import generate as generations
from stylestudio_desktop.services.history import Story
from stylestudio_desktop.services.studio import Studio

INTERRUPTED = 130


def generate(desk: Desk) -> int:
    """Start a generation and, unless told otherwise, wait for its pictures."""
    with desk.open() as studio:
        with at_work(studio):
            brief = _brief(desk, studio)
        if desk.arguments.consent and consents.missing(studio, brief):
            consents.give(studio, brief.provider)
        with Bar("Fetching the engine's files") as bar:
            said = engine_weights.fetch_on_first_use(
                studio, brief.provider, lambda title, share: bar.step(share, 1.0, title)
            )
        if said:
            note(said)
        if brief.background is not None or brief.models:
            _fits(studio, brief)
        row = generations.start(studio, brief)
        return _wait(desk, studio, row.id)


def _fits(studio: Studio, brief: Brief) -> None:
    """Raise BadInput with the reason where photos don't fit together, before anything is held."""
    brief = generations.examined(studio, brief)
    with Bar("Looking at the background photo" if brief.background else "Checking the photos"):
        reasons = sources.doubts(studio, brief, Event())
    if reasons:
        raise BadInput(reasons[0])


def upscale(desk: Desk) -> int:
    """Make a finished picture again, larger, and wait for it."""
    with desk.open() as studio:
        larger = enlarging.larger(studio, reading.an_id(desk.arguments.id), desk.arguments.to)
        for sentence in larger.notes:
            note(sentence)
        row = generations.start(studio, larger.brief)
        return _wait(desk, studio, row.id)


def retry(desk: Desk) -> int:
    """Try a failed generation again."""
    with desk.open() as studio:
        row = steering.retry(studio, reading.an_id(desk.arguments.id))
        return _wait(desk, studio, row.id)


def cancel(desk: Desk) -> int:
    """Stop a generation; one that runs elsewhere is stopped there a moment later."""
    with desk.open() as studio:
        row = steering.cancel(studio, reading.an_id(desk.arguments.id))
        story = history.story(studio, row.id)
        _print(desk, studio, story)
        if not desk.json and attempts.is_open(row):
            say("It runs elsewhere and is being stopped there.")
    return 0


def decide(desk: Desk) -> int:
    """Send a generation in doubt again, or let it go."""
    generation_id = reading.an_id(desk.arguments.id)
    with desk.open() as studio:
        if desk.arguments.decision == "again":
            steering.send_again(studio, generation_id)
        else:
            steering.let_go(studio, generation_id)
        _print(desk, studio, history.story(studio, generation_id))
    return 0


def _brief(desk: Desk, studio: Studio) -> Brief:
    given = desk.arguments
    # Wrong names, numbers and counts are told before any photo is taken in.
    studio.catalogue.style(given.style)
    studio.catalogue.pixels(given.quality, given.ratio)
    generations.capabilities(studio, given.provider, given.provider_model)
    asked = Brief(
        products=tuple(FileId(place) for place in range(len(given.product))),
        models=tuple(FileId(place) for place in range(len(given.model))),
        background=None if given.background is None else FileId(0),
        prompt=given.prompt,
        negative_prompt=given.negative_prompt,
        style=given.style,
        quality=given.quality,
        aspect_ratio=given.ratio,
        count=given.count,
        provider=given.provider,
        model=given.provider_model,
        seed=given.seed,
        strength=given.strength,
        guidance_scale=given.guidance_scale,
        num_inference_steps=given.num_inference_steps,
        options=MappingProxyType(_options(given.option) | staged(given)),
    )
    check(asked)
    behind = [] if given.background is None else [given.background]
    return replace(
        asked,
        products=reading.photos(studio, given.product, Category.PRODUCT),
        models=reading.photos(studio, given.model, Category.MODEL),
        background=next(iter(reading.photos(studio, behind, Category.BACKGROUND)), None),
    )


def _options(words: Sequence[str]) -> dict[str, str]:
    found = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not name or not sign:
            raise BadInput(f"“{word[:60]}” is not an option. Write it as NAME=VALUE.")
        found[name] = value
    return found


def staged(given: Arguments) -> dict[str, str]:
    """Return the options that say how products are shown, and where in a background photo."""
    found = staging.chosen([(name, str(getattr(given, name))) for name in staging.OPTIONS])
    corners = None if given.plane is None else scene.read(given.plane)
    if corners is not None:
        found[scene.PLANE] = corners.text()
    if given.light_from != scene.AUTO:
        found[scene.LIGHT] = given.light_from
    if given.size is not None:
        found[scene.SIZE] = str(given.size)
    return found


def _wait(desk: Desk, studio: Studio, generation_id: int) -> int:
    interrupted = False
    if not desk.arguments.no_wait:
        with Bar("Making") as bar:
            wait = Wait(studio, generation_id, bar)
            wait.run()
            interrupted = wait.wishes > 0
    story = history.story(studio, generation_id)
    code, sentence = _outcome(story, bool(desk.arguments.no_wait))
    _print(desk, studio, story, code, sentence)
    return INTERRUPTED if interrupted and code is not None else _exit(code)


def _exit(code: Code | None) -> int:
    return 0 if code is None else exit_code(code)


def _outcome(story: Story, left: bool) -> tuple[Code | None, str]:
    """Return what went wrong and the sentence for it; None where nothing did."""
    row, job = story.generation, story.job
    if row.status == Status.COMPLETED.value:
        return None, ""
    if job is not None and job.review is not None:
        return Code(job.review), (
            f"It is not known whether “{row.provider}” made this picture. If it charges, it may "
            "charge a second run, too. Your tokens stay held. Say "
            f"“stylestudio decide {row.id} again” or “stylestudio decide {row.id} let-go”."
        )
    if attempts.is_open(row):
        return (None, "") if left else (Code.CANCELLED, "It goes on in the queue.")
    try:
        code = Code(row.error_code or Code.SERVICE_FAILED.value)
    except ValueError:
        code = Code.SERVICE_FAILED
    return code, row.error or "It could not be made. Your tokens are back."


def _print(
    desk: Desk, studio: Studio, story: Story, code: Code | None = None, sentence: str = ""
) -> None:
    balance = wallet.summary(studio).user.token_balance
    row = story.generation
    if sentence:
        note(sentence)
    if desk.json:
        answer: shapes.Json = {
            "generation": shapes.generation(row),
            "files": [shapes.picture(studio, file) for file in story.results],
            "balance": balance,
        }
        if code is not None:
            answer["error"] = {"code": code.value, "message": sentence}
        print_json(answer)
        return
    say(f"Generation {row.id}: {row.status}")
    for file in story.results:
        place = shapes.picture(studio, file)["path"]
        say(f"  {place}  ({file.width} × {file.height}, {shapes.size(file.size)})")
    one = row.tokens_used == 1
    kept = ("is" if one else "are") + " held for it"
    held = kept if attempts.is_open(row) else ("was" if one else "were") + " charged"
    say(f"  {shapes.tokens(row.tokens_used)} {held}; {balance} left")
