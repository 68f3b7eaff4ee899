"""The command that tells everything about one generation or one picture."""

import json

from stylestudio_desktop.cli import reading, shapes
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import print_json, say
from stylestudio_desktop.domain.errors import NotFound
from stylestudio_desktop.domain.records import StoredFile
from stylestudio_desktop.services import history, library, masks
from stylestudio_desktop.services.history import Story
from stylestudio_desktop.services.studio import Studio


def show(desk: Desk) -> int:
    """Show a generation's whole story, or a picture."""
    row_id = reading.an_id(desk.arguments.id)
    with desk.open() as studio:
        try:
            story = history.story(studio, row_id)
        except NotFound:
            _show_picture(desk, studio, _picture(studio, row_id))
        else:
            _show_story(desk, studio, story)
    return 0


def _picture(studio: Studio, row_id: int) -> StoredFile:
    try:
        return library.picture(studio, row_id)
    except NotFound as error:
        raise NotFound(f"There is no generation or picture {row_id} in this library.") from error


def _show_picture(desk: Desk, studio: Studio, row: StoredFile) -> None:
    mended = masks.of_files(studio, [row.id]).get(row.id)
    facts = shapes.picture(studio, row) | {"mask": None if mended is None else shapes.mask(mended)}
    if desk.json:
        print_json({"file": facts})
        return
    if mended is not None:
        facts["mask"] = f"mended by hand {shapes.day(mended.made_at)}"
    for name, value in facts.items():
        if value not in (None, "", {}):
            shown = shapes.day(value) if name.endswith("_at") else value
            say(f"{name.replace('_', ' ').capitalize():15}{shown}")


def _show_story(desk: Desk, studio: Studio, story: Story) -> None:
    if desk.json:
        print_json(
            {
                "generation": shapes.generation(story.generation),
                "inputs": [shapes.linked(one) for one in story.inputs],
                "files": [shapes.picture(studio, row) for row in story.results],
                "states": [shapes.state(change) for change in story.states],
                "entries": [shapes.entry(entry) for entry in story.entries],
                "sendings": [shapes.sending(one) for one in story.sendings],
                "job": None if story.job is None else shapes.place(story.job),
                "batch": None if story.item is None else shapes.item(story.item),
            }
        )
        return
    row = story.generation
    say(f"Generation {row.id}: {row.status}, {shapes.tokens(row.tokens_used)}")
    if row.error:
        say(f"  {row.error}")
    say(f"  {row.style}, {row.quality}, {row.aspect_ratio}, {row.pictures} × {row.provider}")
    if story.item is not None:
        named = " ".join(part for part in (story.item.sku, story.item.name) if part)
        say(f"  Batch {story.item.batch_id}, row {story.item.position + 1} {named}".rstrip())
    say(f"  Prompt: {row.full_prompt}")
    for one in story.inputs:
        say(f"  {one.role.capitalize()}: {one.filename} ({one.file_id})")
    for file in story.results:
        say(f"  Result: {library.location(studio, file)} ({file.id})")
    for sending in story.sendings:
        photos = json.loads(sending.photos)
        if photos:
            said = ", ".join(f"{one['role']} {one['sha256'][:16]}…" for one in photos)
            say(f"  Sent to {sending.provider} {shapes.day(sending.sent_at)}: {said}")
    for change in story.states:
        say(f"  {shapes.day(change.at)}  {change.status}")
    for entry in story.entries:
        say(f"  {shapes.day(entry.created_at)}  {entry.kind} {entry.delta:+d} tokens")
