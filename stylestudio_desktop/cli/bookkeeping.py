"""The command that checks the ledger's seals, and accepts a ledger as it stands."""

from stylestudio_desktop.cli import shapes
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import note, print_json, say
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.seal import State
from stylestudio_desktop.services import ledger_proof


def ledger(desk: Desk) -> int:
    """Check the chain of seals, or begin it anew; 1 if the ledger is broken."""
    given = desk.arguments
    if (given.reason is not None) != (given.action == "anchor"):
        raise BadInput("“ledger anchor” needs --reason, and only that does.")
    with desk.open() as studio:
        if given.action == "anchor":
            ledger_proof.anchor(studio, given.reason)
        found = ledger_proof.at_start(studio)
        anchors = ledger_proof.history(studio)
        corrected = ledger_proof.corrections(studio)
    if desk.json:
        print_json(
            {
                "state": found.state.value,
                "message": found.sentence,
                "entries": found.entries,
                "findings": [
                    {"fault": one.fault.value, "subject": one.subject, "sentence": one.sentence}
                    for one in found.findings
                ],
                "anchors": [
                    {"id": str(one.id), "at": one.at, "reason": one.reason} for one in anchors
                ],
                "corrections": [{"at": one.at, "reason": one.reason} for one in corrected],
            }
        )
    else:
        for one in anchors:
            say(f"{shapes.day(one.at)}  sealed: {one.reason}")
        for mended in corrected:
            say(f"{shapes.day(mended.at)}  balances corrected: {mended.reason}")
        for fault in found.findings:
            note(f"{fault.fault.value}: {fault.sentence}")
        if not found.findings:
            say(found.sentence)
    return 1 if found.state is State.BROKEN else 0
