"""Says in words how products are shown, the same in the wizard and in History."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from stylestudio_desktop.domain import scene, staging

translate = QCoreApplication.translate


def title(option: str) -> str:
    """Return the name of an option of `domain.staging`."""
    return {
        "arrangement": translate("Staged", "Arrangement"),
        "backdrop": translate("Staged", "Backdrop"),
        "reflection": translate("Staged", "Reflection on the ground"),
    }[option]


def name(option: str, value: str) -> str:
    """Return a value of an option in words; one that is not known is shown as it is."""
    return _NAMES.get(option, dict)().get(value, value)


def light(side: str) -> str:
    """Return from where the light of a background photo comes, in words."""
    return {
        "auto": translate("Staged", "As in the photo"),
        "left": translate("Staged", "Left"),
        "right": translate("Staged", "Right"),
        "behind": translate("Staged", "Behind"),
        "front": translate("Staged", "Front"),
    }.get(side, side)


def _scene(options: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what was said of a background photo."""
    found = []
    if scene.PLANE in options:
        found.append((translate("Staged", "Plane"), translate("Staged", "Picked by hand")))
    if scene.LIGHT in options:
        found.append((translate("Staged", "Light from"), light(options[scene.LIGHT])))
    if scene.SIZE in options:
        found.append((translate("Staged", "Size"), f"{options[scene.SIZE]} %"))
    return found


def rows(options: Mapping[str, str]) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Return the options that are known as names and values in words, and all the others."""
    known = [one for one in staging.OPTIONS if one in options]
    said = [(title(one), name(one, options[one])) for one in known]
    known += [one for one in scene.OPTIONS if one in options]
    said += _scene(options)
    return said, {key: value for key, value in options.items() if key not in known}


def _arrangements() -> dict[str, str]:
    return {
        "auto": translate("Staged", "Automatic"),
        "standing": translate("Staged", "Standing"),
        "leaning": translate("Staged", "Leaning on a wall"),
        "laid": translate("Staged", "Laid flat"),
        "hung": translate("Staged", "Hung"),
        "plinth": translate("Staged", "On a plinth"),
    }


def _backdrops() -> dict[str, str]:
    return {
        "style": translate("Staged", "As the style has it"),
        "seamless": translate("Staged", "Seamless paper"),
        "gradient": translate("Staged", "Gradient"),
        "wall": translate("Staged", "Wall and floor"),
        "fabric": translate("Staged", "Fabric"),
        "gel": translate("Staged", "Coloured light"),
        "white": translate("Staged", "Pure white"),
    }


def _reflections() -> dict[str, str]:
    return {
        "auto": translate("Staged", "Automatic"),
        "none": translate("Staged", "None"),
        "floor": translate("Staged", "Glossy ground"),
    }


_NAMES = {
    "arrangement": _arrangements,
    "backdrop": _backdrops,
    "reflection": _reflections,
}
