"""Says before anything is charged whether photos of product and person fit together."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from stylestudio_desktop.engine import mannequins, photo
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.kinds import kind_of
from stylestudio_desktop.engine.layer import subject
from stylestudio_desktop.engine.networks import NEEDED, Networks
from stylestudio_desktop.engine.order import WORN, Order
from stylestudio_desktop.engine.painted import cut_as
from stylestudio_desktop.engine.person import (
    CLOTHES,
    FACE,
    SKIN,
    Person,
    other_faces_in,
    others_in,
    read_person,
)
from stylestudio_desktop.engine.scene import composer
from stylestudio_desktop.engine.scene.reading import read_scene
from stylestudio_desktop.engine.sheer import ON_PERSON, shows_through
from stylestudio_desktop.engine.silhouette import arm_unread, filled_between_legs
from stylestudio_desktop.engine.wearable import doubt

CHECK_SIDE = 768
INSTEAD = "Nothing was charged. Make a studio picture instead, or choose another photo."
SURE = 0.5  # from here on a landmark counts as seen
# How far up an upper arm and a forearm may point, as the sine of their angle above the level. Those
# of 27 people who stand lie at -0.93 to -1. Held out by 40 degrees (-0.74 to -0.82) a long sleeve
# shows what is below it at the shoulder, held out by 60 (-0.44 to -0.64) every sleeve does.
UPPER_ARM, FOREARM = -0.72, -0.5


def reasons(order: Order, networks: Networks, report: Callable[[str, float], None]) -> list[str]:
    """Return sentences that say why `order` should not be made; an empty list means it fits.

    Every product photo is read; of a pair, the person is read and set against the garment, and a
    background photo is planned as its picture would be.
    """

    def check() -> None:
        report("Checking the photos", 0.5)

    shots = [photo.read(path, CHECK_SIDE) for path in order.products]
    if order.background is not None:
        return _in_scene(order, shots, networks, check)
    if not order.people:
        return []
    if len(shots) > 1:
        return [f"The engine dresses a person in one garment at a time. {INSTEAD}"]
    if not networks.has(*NEEDED) and not mannequins.is_one(order.people[0]):
        return [
            "The networks for people are not installed, so a garment can't be put on a person. "
            "Fetch them in the settings (about 90 MB), choose one of the mannequins, or make a "
            "studio picture."
        ]
    found = cut_as(shots[0], order.mask(0), networks, check)
    kind = kind_of(order, 0, found, networks)
    if kind in WORN and shows_through(found.alpha, found.sheer):
        return [f"{ON_PERSON} Nothing was charged."]
    if kind not in WORN:
        return [f"The engine can't put {_named(kind)} on a person. {INSTEAD}"]
    strange = doubt(shots[0], found, kind, networks)
    if strange is not None:
        return [f"{strange} {INSTEAD}"]
    person = read_person(photo.read(order.people[0], CHECK_SIDE), networks, check)
    return [f"{reason} {INSTEAD}" for reason in against(person, kind)]


def _in_scene(
    order: Order, shots: list[photo.Photo], networks: Networks, check: Callable[[], None]
) -> list[str]:
    """Return why the products can't be set into the order's background photo."""
    cuts = [cut_as(shot, order.mask(n), networks, check) for n, shot in enumerate(shots)]
    kinds = [kind_of(order, number, each, networks) for number, each in enumerate(cuts)]
    subjects = [subject(each, kind) for each, kind in zip(cuts, kinds, strict=True)]
    size = order.width, order.height
    try:
        found = read_scene(order.background or Path(), order.options, kinds[0], size, check)
        composer.planned(found, subjects, size, order.seed)
    except EngineFault as fault:
        return [fault.sentence]
    return []


def against(person: Person, kind: str) -> list[str]:
    """Return why `person` can't wear a garment of `kind`, worst first."""
    if person.score < 0.5:
        return ["No clear pose was found; the whole upper body must be in the photo."]
    if person.company or others_in(person.alpha) or other_faces_in(person.parts[FACE]):
        return ["There is more than one person in the photo."]
    found = []
    if min(person.seen[11], person.seen[12]) < SURE:
        found.append("The shoulders can't be seen.")
    elif person.points[12, 0] > person.points[11, 0]:
        found.append("The person is seen from behind; the engine needs a photo from the front.")
    elif person.half * 2 / person.torso < 0.42 or _turned(person) > 0.6:
        found.append("The person is turned away; the engine needs a photo from the front.")
    elif _too_near(person):
        found.append("The photo is too near or cut off; it must show the whole upper body.")
    if kind in ("top", "dress", "jacket") and _arms_cross(person):
        found.append("An arm crosses the body; the arms should hang beside it.")
    elif kind in ("top", "dress", "jacket") and _arm_raised(person):
        found.append("An arm is raised; the arms should hang beside the body.")
    elif kind in ("top", "dress", "jacket") and arm_unread(person):
        found.append("An arm could not be made out; the arms should hang beside the body.")
    if filled_between_legs(person):
        found.append("Something behind the legs can't be told from them in this photo.")
    height = person.rgb.shape[0]
    reach = {"dress": 0.35, "skirt": 0.5, "shorts": 0.5, "trousers": 1.1}.get(kind, -0.15)
    if person.hips[1] + reach * person.torso > height:
        found.append("The lower body is not in the photo far enough.")
    elif kind in ("dress", "skirt", "shorts", "trousers") and _sits(person):
        found.append("The person sits or bends the legs; the engine needs somebody standing.")
    if kind in ("skirt", "shorts", "dress") and _legs_covered(person):
        found.append("The person wears long trousers, which would show under this garment.")
    if kind in ("top", "dress", "jacket") and _arms_covered(person) and kind != "jacket":
        found.append("The person wears long sleeves, which can't be taken away.")
    return found


def _too_near(person: Person) -> bool:
    """Say whether torso and head have no likely proportions: they were guessed, not seen.

    Of people who stand before the camera the torso is 1.36 to 1.66 times as long as the shoulders
    are wide, and the nose 0.58 to 0.70 shoulder widths above them (20 photos measured; 0.97 for a
    narrow mannequin); portraits and selfies, whose hips the network makes up, lie at 0.2 to 1.24.
    """
    wide = 2 * max(person.half, 1e-6)
    nose = float((person.points[0] - person.shoulders) @ person.up) / wide
    if person.torso / wide < 1.28 or not 0.45 < nose < 1.05:
        return True
    height, width = person.alpha.shape
    for x, y in person.points[[11, 12, 23, 24]]:
        inside = 0 <= x < width and 0 <= y < height
        if inside and float(person.alpha[int(y), int(x)]) < 0.3:
            return True
    return False


def _sits(person: Person) -> bool:
    ankles = (person.points[27] + person.points[28]) / 2
    seen = min(person.seen[27], person.seen[28]) > SURE
    inside = ankles[1] < person.alpha.shape[0]
    return bool(seen and inside and (ankles - person.hips) @ -person.up < 1.05 * person.torso)


def _turned(person: Person) -> float:
    """Return how far the shoulders are turned: 0 from the front, 1 from the side."""
    across = person.metric[11] - person.metric[12]
    return abs(float(across[2])) / max(float(np.linalg.norm(across)), 1e-6)


def _arms_cross(person: Person) -> bool:
    for side in person.sides:
        wrist = person.points[side[2]]
        along = float(person.height_of(wrist))
        across = abs(float((wrist - person.shoulders) @ person.right))
        if person.seen[side[2]] > SURE and 0.05 < along < 0.92 and across < 0.62 * person.half:
            return True
    return False


def _arm_raised(person: Person) -> bool:
    """Say whether an arm is held out or up: a sleeve falls from the shoulder and would be torn.

    An elbow beyond the photo's edge is guessed, and counts all the same.
    """
    for side in person.sides:
        shoulder, elbow, wrist = (person.points[i] for i in side[:3])
        for start, end, most in ((shoulder, elbow, UPPER_ARM), (elbow, wrist, FOREARM)):
            bone = end - start
            if float(bone @ person.up) > most * float(np.hypot(*bone)):
                return True
    return False


def _covered(person: Person, start: int, end: int) -> bool:
    """Say whether clothes, not skin, are seen along a limb between two landmarks."""
    if min(person.seen[start], person.seen[end]) < SURE:
        return False
    cloth = skin = 0.0
    height, width = person.alpha.shape
    for share in np.linspace(0.35, 0.85, 9):
        x, y = person.points[start] * (1 - share) + person.points[end] * share
        if 0 <= int(x) < width and 0 <= int(y) < height:
            cloth += float(person.parts[CLOTHES, int(y), int(x)])
            skin += float(person.parts[SKIN, int(y), int(x)])
    return cloth > 1.5 * skin and cloth > 2


def _legs_covered(person: Person) -> bool:
    return any(_covered(person, side[4], side[5]) for side in person.sides)


def _arms_covered(person: Person) -> bool:
    return any(_covered(person, side[1], side[2]) for side in person.sides)


def _named(kind: str) -> str:
    return {"shoes": "shoes", "bag": "a bag"}.get(kind, "this kind of product")
