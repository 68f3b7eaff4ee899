"""Tells how large products really are, so that a group shows each beside the others as it is."""

from stylestudio_desktop.engine.layer import Subject

# Centimetres of a usual adult size, as it lies flat.
TALL = {"top": 68.0, "jacket": 68.0, "trousers": 104.0, "shorts": 46.0}
WIDE = {"shoes": 29.0, "bag": 34.0}
HANGING = {"dress": (55.0, 85.0, 140.0), "skirt": (52.0, 40.0, 95.0)}  # hem, shortest, longest
SMALL = 26.0  # the side of a square as large as a product that is none of these: a hat, a scarf
LONG, BELT = 5.0, 105.0  # times its width from which such a thing is a belt, and how long that is
CLOSER = 0.85  # power by which sizes come closer: a shoe beside a coat is still to be seen


def measured(kind: str, size: tuple[int, int]) -> tuple[float, float]:
    """Return the width and height in centimetres of a product whose photo shows it in `size`."""
    width, height = size
    tall = height / max(1, width)
    if kind in TALL:
        high = TALL[kind]
    elif kind in HANGING:
        hem, shortest, longest = HANGING[kind]
        high = min(max(hem * tall, shortest), longest)
    elif kind in WIDE:
        high = WIDE[kind] * tall
    elif max(tall, 1 / max(tall, 1e-6)) > LONG:
        high = BELT if tall > 1 else BELT * tall
    else:
        high = SMALL * tall**0.5
    return high / tall, high


def beside(subjects: list[Subject]) -> list[tuple[float, float]]:
    """Return the sizes, on one scale, in which products are shown together.

    A single product keeps its photo's: only its form counts.
    """
    if len(subjects) == 1:
        return [(float(subjects[0].size[0]), float(subjects[0].size[1]))]
    found = []
    for each in subjects:
        wide, high = measured(each.kind, each.size)
        scale = (wide * high) ** (0.5 * (CLOSER - 1))
        found.append((wide * scale, high * scale))
    return found
