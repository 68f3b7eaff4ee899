"""Says what was done to how many pictures, for the toast after it and the toast after its undo."""

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


def done(kind: str, number: int) -> str:
    """Return a step's kind (as the journal names it) as a sentence about `number` pictures."""
    known = {
        "rated": translate("Deeds", "%n picture(s) rated", "", number),
        "marked": translate("Deeds", "%n favourite(s) marked", "", number),
        "unmarked": translate("Deeds", "%n picture(s) no longer favourites", "", number),
        "noted": translate("Deeds", "Note written on %n picture(s)", "", number),
        "unnoted": translate("Deeds", "Note taken off %n picture(s)", "", number),
        "trashed": translate("Deeds", "%n picture(s) moved to the trash", "", number),
        "restored": translate("Deeds", "%n picture(s) brought back", "", number),
        "unstacked": translate("Deeds", "%n picture(s) taken off the stack", "", number),
        "tagged": translate("Deeds", "%n picture(s) tagged", "", number),
        "untagged": translate("Deeds", "Tag taken off %n picture(s)", "", number),
        "collected": translate("Deeds", "%n picture(s) put into the collection", "", number),
        "uncollected": translate("Deeds", "%n picture(s) taken out of the collection", "", number),
    }
    return known[kind]
