"""Says in words what is chosen and what is missing, the same on every page."""

from PySide6.QtCore import QCoreApplication, QLocale

from stylestudio_desktop.domain.catalog import Catalogue
from stylestudio_desktop.ui.create.draft import Draft, Need, Problem, Step
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.widgets.progress import time_left


def tr(text: str, number: int = -1) -> str:
    """Return `text` in the user's language."""
    return QCoreApplication.translate("Create", text, "", number)


def step_name(step: Step) -> str:
    """Return a page's name."""
    return {
        Step.PRODUCT: tr("Product"),
        Step.MODEL: tr("Model"),
        Step.LOOK: tr("Look"),
        Step.REVIEW: tr("Review"),
        Step.PICTURES: tr("Pictures"),
    }[step]


def kind_name(kind: str) -> str:
    """Return a kind of garment in words."""
    return {
        "auto": tr("Automatic"),
        "top": tr("Top"),
        "dress": tr("Dress"),
        "trousers": tr("Trousers"),
        "skirt": tr("Skirt"),
        "shorts": tr("Shorts"),
        "jacket": tr("Jacket"),
        "shoes": tr("Shoes"),
        "bag": tr("Bag"),
    }[kind]


def sentence(problem: Problem, service: str) -> str:
    """Return what is missing, as the next thing to do."""
    limit = problem.limit
    texts = {
        Need.PRODUCT: tr("Add a product photo first."),
        Need.FEWER_PRODUCTS: tr("Remove products until %n are left.", limit),
        Need.PERSON: tr("%1 needs a photo of a person.").replace("%1", service),
        Need.FEWER_PEOPLE: tr("%1 takes at most %n photo(s) of people.", limit).replace(
            "%1", service
        ),
        Need.QUALITY: tr("%1 does not offer this quality.").replace("%1", service),
        Need.RATIO: tr("%1 does not offer this shape.").replace("%1", service),
        Need.FEWER_PICTURES: tr("%1 makes at most %n picture(s) at a time.", limit).replace(
            "%1", service
        ),
        Need.WORN_QUALITY: tr("%1 makes pictures of people up to 2,048 pixels only.").replace(
            "%1", service
        ),
        Need.ARRANGEMENT: tr("Choose another arrangement: this kind of product can't be hung."),
        Need.NO_SCENES: tr(
            "%1 takes no background photo of your own. Remove it, or let this computer make it."
        ).replace("%1", service),
        Need.PERSON_OR_SCENE: tr("Choose a person or a background photo, not both."),
        Need.SHORTER_PROMPT: tr("Shorten the words to %n characters.", limit),
        Need.READY_SERVICE: tr("%1 takes no work now. Look at it in the settings.").replace(
            "%1", service
        ),
    }
    return texts[problem.need]


def products(draft: Draft) -> str:
    """Return how many products are chosen and how they are shown."""
    number = len(draft.products)
    if number == 0:
        return tr("None yet")
    if number == 1:
        return draft.products[0].name
    how = tr("together") if draft.together else tr("one by one")
    return f"{tr('%n product(s)', number)}, {how}"


def products_shortly(draft: Draft) -> str:
    """Return how many products are chosen, for a narrow place."""
    number = len(draft.products)
    return tr("%n product(s)", number) if number > 1 else products(draft)


def people(draft: Draft) -> str:
    """Return whose photos are chosen."""
    if not draft.models:
        return tr("No person")
    if len(draft.models) == 1:
        return draft.models[0].name
    return tr("%n people", len(draft.models))


def look(draft: Draft, catalogue: Catalogue) -> str:
    """Return style and quality."""
    style, quality = catalogue.style(draft.style), catalogue.quality(draft.quality)
    return f"{spoken(style.name)} · {spoken(quality.name)}"


def size(draft: Draft, catalogue: Catalogue) -> str:
    """Return the picture's shape and its pixels."""
    width, height = catalogue.pixels(draft.quality, draft.ratio)
    name = spoken(catalogue.ratio(draft.ratio).name)
    return f"{name} {draft.ratio} · {width} × {height}"


def tokens(number: int) -> str:
    """Return a number of tokens."""
    return tr("%n token(s)", number)


def pictures(number: int) -> str:
    """Return a number of pictures."""
    return tr("%n picture(s)", number)


def number(value: int) -> str:
    """Return a number as the user writes numbers."""
    return QLocale().toString(value)


def duration(milliseconds: float | None) -> str:
    """Return an expected time in words: "about 20 seconds"; empty when nobody knows."""
    if milliseconds is None:
        return ""
    seconds = milliseconds / 1000
    if seconds < 55:
        return tr("about %n second(s)", max(1, round(seconds)))
    if seconds < 3300:
        return tr("about %n minute(s)", max(1, round(seconds / 60)))
    return tr("about %n hour(s)", max(1, round(seconds / 3600)))


def remaining(milliseconds: float | None) -> str:
    """Return the time left: "20 seconds left"; empty when nobody knows."""
    return time_left(None if milliseconds is None else milliseconds / 1000)
