"""Kills one purchase at every write, flush, send and receive in turn, and lets it go on.

`python -m tests.faults.purchase_matrix [--every N] [--bug NAME] [--json]` prints how many points
were tried and every violation found. It needs Linux with strace. The payment service runs in this
process, so its memory outlives every kill; afterwards its books and the program's are compared.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.services import health, refunding, wallet
from tests.factories import FakeProvider, open_test_studio
from tests.faults.buyer import SPENT
from tests.faults.matrix import KILLED, MOST_POINTS, STRACE, Report
from tests.payments.stripe_server import StripeServer

CALLS = ("pwrite64", "fdatasync", "fsync", "connect", "sendto", "recvfrom")
TOKENS, PRICE, FREE = 100, 2999, 10
BACK = FREE + TOKENS - SPENT
"""What is unspent when the refund is asked for: the last tokens bought."""


def run_buyer(workspace: Path, address: str, bug: str | None, fault: str | None) -> int:
    """Run the buyer, under `fault` if one is given, and return its exit code."""
    command = [sys.executable, "-m", "tests.faults.buyer", str(workspace), address]
    if bug is not None:
        command.append(bug)
    if fault is not None:
        call = fault.split(":", 1)[0]
        command = [*STRACE, "-e", f"trace={call}", "-e", f"inject={fault}", *command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode not in (0, KILLED, 137) and bug is None:
        raise AssertionError(f"the buyer failed by itself: {done.stderr[-2000:]}")
    return done.returncode


def look(workspace: Path, server: StripeServer) -> list[str]:
    """Return everything that is wrong after the purchase went on to its end."""
    found: list[str] = []
    studio = open_studio(Workspace(workspace), {"local": FakeProvider()})
    for problem in health.verify(studio).problems:
        # What is spent is held for a generation that is not there.
        if "eneration" not in problem.sentence:
            found.append(f"verify: {problem.sentence}")
    rows = wallet.bought(studio).items
    bank = server.bank
    if len(rows) != 1 or len(bank.sessions) != 1:
        found.append(f"{len(rows)} purchases and {len(bank.sessions)} pages instead of one")
    paid = [one for one in bank.sessions.values() if one["payment_status"] == "paid"]
    if [row.status for row in rows] != ["completed"] or len(paid) != 1:
        found.append(f"it ended as {[row.status for row in rows]}, {len(paid)} pages are paid")
    credited = [one.delta for one in wallet.movements(studio).items if one.kind == "purchase"]
    if credited != [TOKENS]:
        found.append(f"credited {credited}")
    given = [one["amount"] for one in bank.refunds.values()]
    if given != [PRICE * BACK // TOKENS]:
        found.append(f"the service gave {given} back")
    ours = [
        (one.status, one.taken) for row in rows for one in refunding.of_purchase(studio, row.id)
    ]
    if ours != [("done", BACK)] or wallet.summary(studio).user.token_balance:
        found.append(f"the refunds are {ours}")
    close_studio(studio)
    return found


def kill_everywhere(
    every: int = 1, bug: str | None = None, calls: tuple[str, ...] = CALLS
) -> Report:
    """Try each `every`-th call of each kind until a run survives; stop early for a found bug."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="purchase") as name:
        close_studio(open_test_studio(Path(name)))
        base, workspace = Path(name) / "workspace", Path(name) / "work"
        for call in calls:
            for point in range(1, MOST_POINTS, every):
                shutil.copytree(base, workspace)
                server = StripeServer()
                try:
                    fault = f"{call}:signal=SIGKILL:when={point}"
                    code = run_buyer(workspace, server.address, bug, fault)
                    if code != 0:
                        report.points[call] = report.points.get(call, 0) + 1
                        run_buyer(workspace, server.address, bug, None)
                        wrong = look(workspace, server)
                        report.violations += [f"{call} {point}: {one}" for one in wrong]
                finally:
                    server.close()
                    shutil.rmtree(workspace)
                if code == 0 or (bug is not None and report.violations):
                    break
            if bug is not None and report.violations:
                break
    return report


def main() -> int:
    """Run the matrix from the command line; exit code 1 if anything was violated."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--bug", default=None)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    report = kill_everywhere(given.every, given.bug)
    found = {"points": report.points, "total": report.total, "violations": report.violations}
    if given.json:
        print(json.dumps(found))
    else:
        print(f"{report.total} kill points {report.points}, {len(report.violations)} violations")
        print("\n".join(report.violations[:40]))
    return 1 if report.violations else 0


if __name__ == "__main__":
    sys.exit(main())
