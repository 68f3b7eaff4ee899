"""Says in words what a service's settings are called and how a service stands."""

from PySide6.QtCore import QCoreApplication

from stylestudio_desktop.services.connections import Connection
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.widgets.labels import Status
from stylestudio_desktop.vault.secrets import Source


def tr(text: str, number: int = -1) -> str:
    """Return `text` in the user's language."""
    return QCoreApplication.translate("Services", text, "", number)


def field_name(name: str) -> str:
    """Return what a setting is called; one of another package keeps its own name."""
    return {
        "base_url": tr("Address"),
        "rest_url": tr("Address of its storage"),
        "api_url": tr("Address of its platform"),
        "models": tr("More models, by their names"),
        "model": tr("Model"),
        "checkpoint": tr("Checkpoint to paint with"),
        "workflows": tr("Folder with your workflows"),
        "workflow": tr("Workflow to use"),
        "resumable": tr("Resumable: a lost connection loses no picture, at a little extra cost"),
        "responses_model": tr("Text model for the resumable way"),
        "organization": tr("Organisation"),
        "project": tr("Project"),
        "edits": tr("It takes photos as a form (images/edits)"),
        "image_field": tr("Name of the field for photos"),
        "response_format": tr("Form of the answer"),
        "seed": tr("Send the seed"),
        "negative": tr("Way to send unwanted things"),
        "steps_field": tr("Name of the field for steps"),
    }.get(name, name)


def status(one: Connection) -> Status:
    """Return how a service stands, as far as this computer knows."""
    if any(model.refusal and model.id == "none" for model in one.card.models):
        return Status(tr("Can't be used"), "triangle-alert", "warning")
    if one.card.needs_key and one.key is None:
        return Status(tr("Needs a key"), "key", "warning")
    if one.pause:
        return Status(tr("Paused"), "pause", "warning")
    if one.tested_at is not None:
        return Status(tr("Tested"), "circle-check", "good")
    if one.made:
        return Status(tr("In use"), "circle-check", "good")
    return Status(tr("Not tested yet"), "circle-dashed")


def key(one: Connection) -> str:
    """Return where the key lies, empty where a service has and needs none."""
    if one.key is None:
        return tr("no key yet") if one.card.needs_key else ""
    return {
        Source.KEYRING: tr("key %1 in the keyring"),
        Source.MEMORY: tr("key %1 until the program ends"),
        Source.ENVIRONMENT: tr("key %1 from the environment"),
    }[one.key].replace("%1", one.ending or "…")


def month(one: Connection) -> str:
    """Return what was made this month, and the ceiling where there is one."""
    if one.ceiling is None:
        return tr("%n picture(s) this month", one.made)
    made = tr("%1 of %n picture(s) this month", one.ceiling)
    return made.replace("%1", wording.count(one.made))


def people(one: Connection) -> str:
    """Return what was agreed about photos of people."""
    if not one.card.remote:
        return tr("photos stay on your own machines")
    if one.consent_at is None:
        return tr("photos of people are not sent there")
    return tr("photos of people: agreed on %1").replace("%1", wording.date(one.consent_at))
