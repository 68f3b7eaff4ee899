"""Works a batch out before anything is started: its wishes, what is wrong, its price and time."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from stylestudio_desktop.domain.batch import MOST_ROWS, Plan, Problem, Wish
from stylestudio_desktop.domain.brief import MAX_COUNT, MAX_SEED, Brief, check_words
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.services import estimates, generate, wallet
from stylestudio_desktop.services.batch_photos import Photos
from stylestudio_desktop.services.batch_table import Line, read_table
from stylestudio_desktop.services.studio import Studio

SEVERAL = "|"
"""Stands between several photos of one product, and between several people or styles."""
TABLES = frozenset({".csv", ".tsv", ".txt"})
MOST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Sources:
    """What a batch is made from: one table, or photos and folders, times people, times styles.

    `models`, `styles` and the photo `background` count for every line that names none itself;
    `settings` is what a line
    that says nothing else gets. `photos` is the folder of a table's photos, its own by default.
    """

    paths: tuple[str, ...]
    models: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    background: str | None = None
    settings: Wish = field(default_factory=lambda: Wish(()))
    photos: Path | None = None
    budget: int | None = None


def plan(studio: Studio, sources: Sources) -> Plan:
    """Return what a batch would make, cost and take; nothing is started or imported.

    What is wrong with single lines is listed in the plan. Raises BadInput for what can't be
    read at all, and for what is wrong with everything.
    """
    if sources.budget is not None and sources.budget < 1:
        raise BadInput("A budget is at least one token.")
    tables = [path for path in sources.paths if Path(path).suffix.lower() in TABLES]
    if tables and len(sources.paths) > 1:
        raise BadInput("A batch is made from one table, or from photos and folders, not from both.")
    if not sources.paths:
        raise BadInput("Name a table, or photos, or folders of photos.")
    problems: list[Problem] = []
    notes: tuple[str, ...] = ()
    if tables:
        table = path_of(tables[0])
        lines = read_table(table)
        notes = lines.notes
        photos = Photos(studio, sources.photos or table.absolute().parent)
        wishes = _from_lines(photos, sources, lines.lines, problems)
        name = table.name
    else:
        photos = Photos(studio, Path.cwd())
        wishes = _from_photos(photos, sources)
        name = photos.called(sources.paths[0]) or sources.paths[0]
        name += f" + {len(sources.paths) - 1}" if len(sources.paths) > 1 else ""
    fit = _fitting(studio, wishes, problems)
    return _priced(
        studio, Plan(name[:MOST_TEXT], fit, (), tuple(problems), notes, None, 0), sources
    )


def _from_photos(photos: Photos, sources: Sources) -> list[Wish]:
    people = _people(photos, sources)
    styles = sources.styles or (sources.settings.style,)
    behind = _behind(photos, sources)
    products = photos.given(sources.paths, Category.PRODUCT)
    _bounded(len(products) * len(people) * len(styles))
    return [
        replace(
            sources.settings,
            products=(product,),
            models=models,
            background=behind,
            style=style,
            name=Path(photos.called(product)).stem[:MOST_TEXT],
        )
        for product in products
        for models in people
        for style in styles
    ]


def _from_lines(
    photos: Photos, sources: Sources, lines: Sequence[Line], problems: list[Problem]
) -> list[Wish]:
    people, behind = _people(photos, sources), _behind(photos, sources)
    found: list[Wish] = []
    for line in lines:
        try:
            found += _of_line(photos, sources, line, people, behind)
        except BadInput as error:
            problems.append(Problem(line.number, error.sentence))
        _bounded(len(found))
    return found


def _people(photos: Photos, sources: Sources) -> list[tuple[str, ...]]:
    given = photos.given(sources.models, Category.MODEL)
    return [(one,) for one in given] if given else [()]


def _behind(photos: Photos, sources: Sources) -> str | None:
    if sources.background is None:
        return None
    found = photos.given((sources.background,), Category.BACKGROUND)
    if len(found) != 1:
        raise BadInput("A picture has one background: name a photo, not a folder of several.")
    return found[0]


def _of_line(
    photos: Photos,
    sources: Sources,
    line: Line,
    people: Sequence[tuple[str, ...]],
    behind: str | None,
) -> list[Wish]:
    cells, usual = line.cells, sources.settings
    products = tuple(
        photos.named(word, Category.PRODUCT) for word in _several(cells.get("product", ""))
    )
    if not products:
        raise BadInput("No product photo is named.")
    named: Sequence[tuple[str, ...]] = [
        (photos.named(word, Category.MODEL),) for word in _several(cells.get("model", ""))
    ]
    styles = _several(cells.get("style", "")) or sources.styles or (usual.style,)
    word = cells.get("background")
    wish = replace(
        usual,
        products=products,
        background=behind if word is None else photos.named(word, Category.BACKGROUND),
        quality=cells.get("quality", usual.quality).lower(),
        ratio=cells.get("ratio", usual.ratio),
        prompt=cells.get("prompt", usual.prompt),
        negative_prompt=cells.get("negative_prompt", usual.negative_prompt),
        provider=cells.get("provider", usual.provider),
        service_model=cells.get("service_model", usual.service_model),
        seed=_number(cells, "seed", usual.seed, MAX_SEED),
        count=_number(cells, "count", usual.count, MAX_COUNT) or 0,
        sku=cells.get("sku", "")[:MOST_TEXT],
        name=cells.get("name", "")[:MOST_TEXT],
        line=line.number,
    )
    return [
        replace(wish, models=models, style=style.lower())
        for models in named or people
        for style in styles
    ]


def _several(cell: str) -> tuple[str, ...]:
    return tuple(word for part in cell.split(SEVERAL) if (word := part.strip()))


def _number(cells: dict[str, str], name: str, usual: int | None, most: int) -> int | None:
    word = cells.get(name)
    if word is None:
        return usual
    if not (word.isascii() and word.isdigit() and len(word) < 12 and int(word) <= most):
        raise BadInput(f"The {name} “{word[:40]}” is not a whole number up to {most}.")
    return int(word)


def _bounded(number: int) -> None:
    if number > MOST_ROWS:
        raise BadInput(
            f"This would be more than {MOST_ROWS:,} generations at once. Nothing was started. "
            "Make several batches of it."
        )


def brief_of(
    wish: Wish, products: Sequence[int], models: Sequence[int], background: int | None
) -> Brief:
    """Return a wish as a brief with the library's photos in place of its paths."""
    return Brief(
        products=tuple(FileId(one) for one in products),
        models=tuple(FileId(one) for one in models),
        background=None if background is None else FileId(background),
        prompt=wish.prompt,
        negative_prompt=wish.negative_prompt,
        style=wish.style,
        quality=wish.quality,
        aspect_ratio=wish.ratio,
        count=wish.count,
        provider=wish.provider,
        model=wish.service_model,
        seed=wish.seed,
        options=MappingProxyType(dict(wish.options)),
    )


def _fitting(studio: Studio, wishes: Sequence[Wish], problems: list[Problem]) -> tuple[Wish, ...]:
    """Return the wishes that can be asked for; what is wrong with the others is listed."""
    able: dict[Wish, str | None] = {}
    found: list[Wish] = []
    for wish in wishes:
        # Thousands of lines differ by photos and words alone, so each kind is tried once.
        kind = replace(
            wish,
            products=tuple(str(one) for one in range(len(wish.products))),
            models=tuple(str(one) for one in range(len(wish.models))),
            background=None if wish.background is None else "0",
            prompt="", negative_prompt="", seed=None, sku="", name="", line=None,
        )  # fmt: skip
        if kind not in able:
            able[kind] = _wrong(studio, kind)
        wrong = able[kind] or _wrong_words(wish)
        if wrong is None and len(set(wish.products)) < len(wish.products):
            wrong = "The same product photo is named twice."
        if wrong is None:
            found.append(wish)
        else:
            problems.append(Problem(wish.line, wrong))
    problems.sort(key=lambda one: one.line or 0)
    return tuple(found)


def _wrong_words(wish: Wish) -> str | None:
    try:
        check_words(wish.prompt, wish.negative_prompt)
    except BadInput as error:
        return error.sentence
    return None


def _wrong(studio: Studio, kind: Wish) -> str | None:
    try:
        behind = None if kind.background is None else 0
        products, models = range(len(kind.products)), range(len(kind.models))
        generate.fitting(studio, brief_of(kind, products, models, behind))
    except BadInput as error:
        return error.sentence
    return None


def _priced(studio: Studio, found: Plan, sources: Sources) -> Plan:
    price = studio.catalogue.price
    prices = tuple(price(wish.quality, wish.count) for wish in found.wishes)
    within = len(prices)
    if sources.budget is not None:
        within = spent = 0
        for one in prices:
            spent += one
            if spent > sources.budget:
                break
            within += 1
    return replace(
        found,
        prices=prices,
        seconds=_seconds(studio, found.wishes[:within]),
        balance=wallet.told(studio),
        budget=sources.budget,
        within=within,
    )


def _seconds(studio: Studio, wishes: Sequence[Wish]) -> float | None:
    """Return how long the wishes take, each service working on its own; None if unknown."""
    known = estimates.learn(studio)
    lines: dict[str, float] = {}
    for wish in wishes:
        length = known.expected_ms(wish.provider, wish.quality, wish.count, wish.service_model)
        if length is None:
            return None
        lines[wish.provider] = lines.get(wish.provider, 0.0) + length
    longest = [
        total / max(1, studio.provider(name).card.concurrency) for name, total in lines.items()
    ]
    return max(longest) / 1000 if longest else None
