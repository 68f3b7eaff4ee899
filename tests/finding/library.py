"""Fills a library with pictures of every look, and finds in it the slow and certain way."""

import random
from collections.abc import Sequence
from typing import Any, NamedTuple

from stylestudio_desktop.domain.finding import CATEGORIES, Query, fold, ratings, span
from stylestudio_desktop.domain.ids import id_at, now_ms
from stylestudio_desktop.services.studio import Studio

STYLES = ("vintage", "fashion", "minimalist")
PROVIDERS = ("local", "comfyui")
WORDS = ("linen", "wool", "Été", "beach", "tee", "coat")
TAGS = ("summer", "Winter sale", "★", "rare")
COLLECTIONS = ("Spring 26", "Lookbook")
DAY = 86_400_000


class Seen(NamedTuple):
    """A picture as the slow way knows it."""

    id: int
    name: str
    category: str
    style: str | None
    provider: str | None
    rating: int
    favourite: int
    trashed: bool
    note: str | None
    stacked: bool
    tags: frozenset[str]
    collections: frozenset[str]


def fill(studio: Studio, number: int, seed: int = 1) -> list[Seen]:
    """Add pictures of the last 400 days; every trigger does its part."""
    rng = random.Random(seed)
    begins = now_ms() - 400 * DAY
    made = []
    for place in range(number):
        result = rng.random() < 0.7
        category = "result" if result else rng.choice(("product", "model"))
        made.append(
            Seen(
                id=id_at(begins + place * (400 * DAY // number)) + rng.randrange(1 << 21),
                name=" ".join(rng.sample(WORDS, 2)) + ".jpg",
                category=category,
                style=rng.choice(STYLES) if result else None,
                provider=rng.choice(PROVIDERS) if result else None,
                rating=rng.choice((0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5)),
                favourite=int(rng.random() < 0.1),
                trashed=rng.random() < 0.03,
                note=rng.choice(("call back", "wool again")) if rng.random() < 0.05 else None,
                stacked=rng.random() < 0.05,
                tags=frozenset(tag for tag in TAGS[:3] if rng.random() < 0.05),
                collections=frozenset(one for one in COLLECTIONS if rng.random() < 0.04),
            )
        )
    _write(studio, made)
    return made


def _write(studio: Studio, made: Sequence[Seen]) -> None:
    db, user = studio.database, studio.user_id
    files: list[tuple[Any, ...]] = [
        (
            one.id, user, one.name, "image/jpeg", 1, f"{one.id:064x}", one.id >> 21,
            CATEGORIES[one.category], 8, 8, "JPEG", one.favourite, one.rating, one.style,
            one.provider, 5 if one.trashed else None, one.note, one.id if one.stacked else None,
        )
        for one in made
    ]  # fmt: skip
    tags = {name: number for number, name in enumerate(TAGS, 1)}
    collections = {name: number for number, name in enumerate(COLLECTIONS, 1)}
    with db.write():
        db.run_many(
            "INSERT INTO files (id, user_id, filename, content_type, size, storage_id, uploaded_at,"
            " category, width, height, format, favourite, rating, style, provider, trashed_at,"
            f" note, stack_id) VALUES ({', '.join('?' * 18)})",
            files,
        )
        db.run_many(
            "INSERT INTO tags VALUES (?, ?, ?, ?)",
            [(key, user, name, fold(name)) for name, key in tags.items()],
        )
        db.run_many(
            "INSERT INTO collections VALUES (?, ?, ?, ?, '', 0, 0)",
            [(key, user, name, fold(name)) for name, key in collections.items()],
        )
        db.run_many(
            "INSERT INTO file_tags VALUES (?, ?)",
            [(tags[name], one.id) for one in made for name in sorted(one.tags)],
        )
        db.run_many(
            "INSERT INTO collection_files VALUES (?, ?, 0)",
            [(collections[name], one.id) for one in made for name in sorted(one.collections)],
        )


def fits(one: Seen, query: Query) -> bool:
    """Say whether a picture fits, rule by rule, as a person would."""
    if one.trashed != query.trashed or one.rating not in ratings(query):
        return False
    facts = {
        "style": {one.style},
        "provider": {one.provider},
        "category": {one.category},
        "tag": {fold(tag) for tag in one.tags},
        "collection": {fold(name) for name in one.collections},
        "is": {
            name
            for name, holds in (
                ("favourite", one.favourite),
                ("stacked", one.stacked),
                ("rated", one.rating),
                ("trashed", one.trashed),
            )
            if holds
        },
        "has": {"note"} if one.note else set(),
    }
    for field in ("style", "provider", "category"):
        asked = query.of(field)
        if asked and not facts[field] & set(asked):
            return False
    for condition in query.conditions:
        if condition.field in ("rating", "style", "provider", "category"):
            if condition.excluded and condition.value in facts.get(condition.field, ()):
                return False
            continue
        if condition.field == "date":
            since, until = span(condition.value)
            holds = id_at(since or 0) <= one.id and (until is None or one.id < id_at(until))
        else:
            holds = fold(condition.value) in facts[condition.field]
        if holds == condition.excluded:
            return False
    return all(
        _says(one, word.text, word.phrase, word.field, word.excluded) for word in query.words
    )


def _says(one: Seen, text: str, phrase: bool, field: str, excluded: bool) -> bool:
    texts = {
        "name": one.name.replace(".", " "),
        "note": one.note or "",
        "tags": " ".join(one.tags),
    }
    looked = [texts[field]] if field else list(texts.values())
    wanted = fold(text).split()
    found = False
    for words in (fold(each).split() for each in looked):
        for begin in range(len(words) - len(wanted) + 1):
            heads, last = wanted[:-1], wanted[-1]
            there = words[begin : begin + len(wanted)]
            same = there[-1] == last if phrase or excluded else there[-1].startswith(last)
            found = found or (there[:-1] == heads and same)
    return found != excluded
