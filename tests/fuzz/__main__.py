"""Fuzzes everything that reads what strangers made: `python -m tests.fuzz [TARGET…] [--runs N]`.

Fetches atheris from PyPI into build/fuzz, runs one process for each target, and prints JSON; exit
code 1 if any input did anything but give an answer or a refusal. What it found lies in
build/fuzz/found and becomes a test of what read it.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.fuzz.targets import SEEDS, TARGETS, feed

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "build" / "fuzz"
_DONE = re.compile(r"Done (\d+) runs|#(\d+)\s")


def fuzz(name: str, runs: int) -> int:
    """Fuzz one target in this process; does not return."""
    sys.path.append(str(LIBRARY))
    import atheris  # type: ignore[import-not-found, unused-ignore]

    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("stylestudio_desktop"):
            for thing in list(vars(module).values()):
                if callable(thing) and getattr(thing, "__module__", "") == module.__name__:
                    _instrument(atheris, module, thing)
    seeds = LIBRARY / "seeds" / name
    seeds.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[name]):
        (seeds / f"seed{number}").write_bytes(seed)
    found = LIBRARY / "found" / f"{name}-"
    found.parent.mkdir(exist_ok=True)
    atheris.Setup(
        [sys.argv[0], f"-runs={runs}", "-max_len=4096", "-timeout=10", "-rss_limit_mb=1500",
         f"-artifact_prefix={found}", str(seeds)],
        lambda data: feed(name, data),
    )  # fmt: skip
    atheris.Fuzz()
    return 0


def _instrument(atheris: object, module: object, thing: object) -> None:
    if type(thing).__name__ == "function" and "__wrapped__" not in vars(thing):
        atheris.instrument_func(thing)  # type: ignore[attr-defined]


def main() -> int:
    """Fuzz what the command line names, one process after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", choices=[*TARGETS, []])
    parser.add_argument("--runs", type=int, default=2_000_000, help="inputs for each target")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        return fuzz(given.targets[0], given.runs)
    if not (LIBRARY / "atheris").is_dir():
        pip = [sys.executable, "-m", "pip", "install", "-q", "--target", str(LIBRARY), "atheris"]
        subprocess.run(pip, check=True)
    total = wrong = 0
    for name in given.targets or TARGETS:
        begun = time.monotonic()
        command = [sys.executable, "-m", "tests.fuzz", name, "--inside", "--runs", str(given.runs)]
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False
        )
        counts = [int(one[0] or one[1]) for one in _DONE.findall(done.stderr)]
        total += (inputs := max(counts, default=0))
        wrong += done.returncode != 0
        said = done.stderr[-1500:] if done.returncode else ""
        seconds = round(time.monotonic() - begun, 1)
        print(json.dumps({"target": name, "inputs": inputs, "seconds": seconds, "said": said}))
        sys.stdout.flush()
    print(json.dumps({"inputs": total, "targets_with_findings": wrong}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
