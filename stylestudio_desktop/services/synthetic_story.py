"""Invents what happened in a synthetic library: when, by whom, of what, and how it ended.

Skewed as real libraries are: few users do most, few words make most prompts, work follows the
week and the seasons, most pictures succeed and few are rated.
"""

import math
import random
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.catalog import Catalogue, Package
from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.ids import RANDOM_BITS, FileId
from stylestudio_desktop.store.bulk import Bought, Story

DAY_MS = 86_400_000
DAYS = 1096
OWN_SHARE = 0.9
WAITING = 12
_MASK = (1 << RANDOM_BITS) - 1
_SCATTER = 1_299_709  # odd, so that counting by it visits every low part of an id once
_WORDS = "\x02"

LOOKS = (
    "linen", "white", "soft", "black", "oversized", "cotton", "striped", "denim", "cream",
    "tailored", "pastel", "knitted", "navy", "pleated", "silk", "washed", "quilted", "floral",
    "mustard", "emerald", "corduroy", "velvet", "patchwork", "iridescent",
)  # fmt: skip
GOODS = (
    "tee", "dress", "shirt", "hoodie", "jacket", "jeans", "skirt", "sneaker", "bag", "coat",
    "trousers", "blouse", "scarf", "boots", "cap", "cardigan", "shorts", "blazer", "jumpsuit",
    "belt", "gloves", "kimono", "poncho", "clogs",
)  # fmt: skip
PLACES = (
    "in a bright studio", "on a street", "by the sea", "at a window", "in a garden",
    "on concrete", "in a café", "on wooden boards", "under palm trees", "in a gallery",
    "on a rooftop", "in the desert", "beside a pool", "in falling snow", "at a station",
    "in a greenhouse",
)  # fmt: skip
MOODS = (
    "soft light", "golden hour", "high contrast", "calm", "morning haze", "clean shadows",
    "film grain", "autumn colours", "playful", "muted tones", "hard sun", "rainy day",
    "neon glow", "spring campaign", "lookbook", "close-up",
)  # fmt: skip
_FAILURES = (
    (Code.SERVICE_FAILED.value, "The service could not make this picture. Your tokens are back."),
    (Code.PHOTO_UNSUITABLE.value, "No product could be told from the ground in this photo."),
    (Code.NO_NETWORK.value, "The network could not be reached. Your tokens are back."),
    (Code.SERVICE_REFUSED.value, "The service refused this picture. Your tokens are back."),
)
_CANCELLED = (Code.CANCELLED.value, "You cancelled it.")
_STATUSES = ("completed",) * 228 + ("failed",) * 18 + ("cancelled",) * 10
_QUALITIES = ("standard",) * 9 + ("draft",) * 5 + ("high",) * 2
_COUNTS = (1,) * 13 + (2, 2, 4)
_RATINGS = (0,) * 54 + (5,) * 4 + (4,) * 4 + (3,) + (1,)


@dataclass(slots=True)
class Photos:
    """One user's photos of a category in the order of their upload: ids and moments."""

    ids: list[int] = field(default_factory=list)
    moments: list[int] = field(default_factory=list)

    def pick(self, moment: int, chance: float) -> int | None:
        """Return a photo that was there at `moment`, more likely a recent one."""
        there = bisect_right(self.moments, moment)
        return self.ids[there - 1 - int(there * chance**3)] if there else None


@dataclass(frozen=True, slots=True)
class Scene:
    """What stories are made of; `products` and `models` by user, the first user owns most."""

    catalogue: Catalogue
    providers: Sequence[str]
    users: Sequence[int]
    products: Mapping[int, Photos]
    models: Mapping[int, Photos]
    ends_at: int


class _Course(NamedTuple):
    """How the work on one generation went; moments in UTC milliseconds."""

    work_ms: int
    failed_at: int | None
    began_at: int | None
    ended_at: int | None


def moments(rng: random.Random, number: int, ends_at: int) -> Iterator[int]:
    """Yield `number` rising moments (UTC milliseconds) of the three years before `ends_at`."""
    first = ends_at // DAY_MS - DAYS
    weights = [_busy(first + day, day / DAYS) * rng.uniform(0.7, 1.3) for day in range(DAYS)]
    total = sum(weights)
    given = 0
    for day, reached in enumerate(accumulate(weights)):
        upto = number if day == DAYS - 1 else round(number * reached / total)
        begin = (first + day) * DAY_MS
        hours = sorted(rng.triangular(6.0, 22.0, 14.0) for _ in range(upto - given))
        yield from (begin + int(hour * 3_600_000) for hour in hours)
        given = upto


def _busy(day: int, share: float) -> float:
    weekday = (day + 3) % 7  # 1970-01-01 was a Thursday
    week = 1.0 if weekday < 5 else 0.35 if weekday == 5 else 0.2
    # Collections are shot in spring and autumn.
    season = 1.0 + 0.45 * math.cos(4 * math.pi * ((day % 365.25) / 365.25 - 0.21))
    return week * season * (0.5 + share)


class Teller:
    """Tells one story after the other; balances are the caller's, so the ledger goes on."""

    def __init__(self, rng: random.Random, scene: Scene, number: int) -> None:
        """Begin a load of `number` stories."""
        self._rng = rng
        self._scene = scene
        self._left = number
        self._ord = rng.getrandbits(20)
        self._picture = rng.getrandbits(20)
        self._forms = self._composed()
        self._prices = {one.id: one.tokens for one in scene.catalogue.qualities}
        self._styles = _skewed([one.id for one in scene.catalogue.styles])
        self._ratios = _skewed([one.id for one in scene.catalogue.ratios])
        self._qualities = [name for name in _QUALITIES if name in self._prices] or list(
            self._prices
        )

    def _composed(self) -> dict[tuple[str, bool, bool], str]:
        """Return the full prompts with a mark where the user's words go, each composed once."""
        forms = {}
        for style in self._scene.catalogue.styles:
            for worn in (False, True):
                for words in (False, True):
                    brief = Brief(
                        products=(FileId(1),),
                        models=(FileId(2),) if worn else (),
                        prompt=_WORDS if words else "",
                        style=style.id,
                    )
                    forms[style.id, worn, words] = self._scene.catalogue.compose(brief)
        return forms

    def tell(self, moment: int, balances: dict[int, int], bought: list[Bought]) -> Story:
        """Return what began at `moment`; a purchase that it needed first goes into `bought`."""
        rng = self._rng
        chance = rng.random
        self._left -= 1
        user_id = self._owner()
        quality = self._qualities[int(len(self._qualities) * chance())]
        pictures = _COUNTS[int(len(_COUNTS) * chance())]
        price = self._prices[quality] * pictures
        if balances[user_id] < price:
            self._buy(moment, user_id, price, balances, bought)
        before = balances[user_id]
        waits = self._left < WAITING and self._left % 2 == 0
        status = "pending" if waits else _STATUSES[rng.getrandbits(8)]
        done = self._course(moment, status, pictures)
        product, model = self._photos(user_id, moment)
        style = self._styles[int(len(self._styles) * chance())]
        words = self._prompt()
        code, sentence = self._fault(status)
        saved = pictures if status == "completed" else 0
        used = price if saved or waits else 0
        balances[user_id] = before - used
        self._ord += 1
        self._picture += saved
        providers = self._scene.providers
        return Story(
            ord=self._ord,
            id=self._id(moment),
            user_id=user_id,
            status=status,
            prompt=words,
            full_prompt=self._forms[style, model is not None, bool(words)].replace(_WORDS, words),
            provider=providers[int(len(providers) * chance() ** 2)],
            style=style,
            quality=quality,
            aspect_ratio=self._ratios[int(len(self._ratios) * chance())],
            pictures=pictures,
            seed=rng.getrandbits(30),
            price=price,
            tokens_used=used,
            error_code=code,
            error=sentence,
            retry_count=int(done.failed_at is not None),
            duration_ms=None if done.began_at is None else done.work_ms,
            created_at=moment,
            failed_at=done.failed_at,
            began_at=done.began_at,
            ended_at=done.ended_at,
            trashed_at=self._trashed(done.ended_at),
            before=before,
            product_id=product,
            model_id=model,
            saved=saved,
            picture=self._picture - saved,
            favourite=int(saved > 0 and chance() < 0.06),
            rating=_RATINGS[int(len(_RATINGS) * chance())] if saved else 0,
        )

    def _owner(self) -> int:
        users, chance = self._scene.users, self._rng.random
        if len(users) == 1 or chance() <= OWN_SHARE:
            return users[0]
        return users[1 + int((len(users) - 1) * chance() ** 2)]

    def _course(self, moment: int, status: str, pictures: int) -> _Course:
        """Return when a generation's work began and ended, some after a first failure."""
        chance = self._rng.random
        work = int(900 + 2600 * chance() ** 2) * pictures
        if status == "pending":
            return _Course(work, None, None, None)
        if status in ("completed", "failed") and chance() < 0.03:
            failed_at = moment + work
            return _Course(work, failed_at, failed_at + 5060, failed_at + 5060 + work)
        begun = status != "cancelled" or chance() < 0.5
        return _Course(work, None, moment + 60 if begun else None, moment + 60 + work)

    def _photos(self, user_id: int, moment: int) -> tuple[int, int | None]:
        chance = self._rng.random
        product = self._scene.products[user_id].pick(moment, chance())
        assert product is not None  # noqa: S101 - everybody's first photo is older than any story
        if chance() >= 0.25:
            return product, None
        return product, self._scene.models[user_id].pick(moment, chance())

    def _id(self, moment: int) -> int:
        return (moment << RANDOM_BITS) | (self._ord * _SCATTER & _MASK)

    def _prompt(self) -> str:
        chance = self._rng.random
        if chance() < 0.12:
            return ""
        words = f"{_often(LOOKS, chance())} {_often(GOODS, chance())}"
        if chance() < 0.8:
            words += f" {_often(PLACES, chance())}"
        if chance() < 0.6:
            words += f", {_often(MOODS, chance())}"
        return words

    def _fault(self, status: str) -> tuple[str | None, str | None]:
        if status == "failed":
            return _FAILURES[int(len(_FAILURES) * self._rng.random() ** 2)]
        return _CANCELLED if status == "cancelled" else (None, None)

    def _trashed(self, ended_at: int | None) -> int | None:
        if ended_at is None or self._rng.random() > 0.012:
            return None
        recent = self._scene.ends_at - int(25 * DAY_MS * self._rng.random())
        return recent if recent > ended_at else None

    def _buy(
        self,
        moment: int,
        user_id: int,
        price: int,
        balances: dict[int, int],
        bought: list[Bought],
    ) -> None:
        packages = [one for one in self._scene.catalogue.packages if one.tokens >= price]
        packages = packages or [max(self._scene.catalogue.packages, key=lambda one: one.tokens)]
        while balances[user_id] < price:
            package = packages[int(len(packages) * self._rng.random() ** 1.5)]
            if self._rng.random() < 0.08:
                bought.append(self._purchase(moment - 90_000, user_id, package, None))
            bought.append(self._purchase(moment - 60_000, user_id, package, balances[user_id]))
            balances[user_id] += package.tokens

    def _purchase(self, moment: int, user_id: int, package: Package, before: int | None) -> Bought:
        self._ord += 1
        return Bought(
            ord=self._ord,
            id=self._id(moment),
            user_id=user_id,
            cents=package.cents,
            currency=package.currency,
            tokens=package.tokens,
            package=package.id,
            title=package.name,
            at=moment,
            before=before,
        )


def _often(choices: Sequence[str], chance: float) -> str:
    """Return one of `choices`; the first are far likelier, as words are (Zipf)."""
    return choices[int((len(choices) + 1) ** chance) - 1]


def _skewed(names: Sequence[str]) -> list[str]:
    """Return names repeated so that each is drawn about half as often as the one before."""
    most = min(len(names), 6)
    return [name for place, name in enumerate(names) for _ in range(2 ** max(0, most - 1 - place))]
