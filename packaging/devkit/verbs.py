"""Reads what was typed after `dev.py`, hands it to the room in charge, tells trouble in words."""

from collections.abc import Callable, Sequence

from devkit import bundle, checks, pins, program, say
from devkit.places import Places, this_checkout

USAGE = """\
usage: python3 packaging/dev.py VERB [ARGUMENTS]

  run [-- ARGS]        set up, then open the window, or run the program with ARGS
  test [PYTEST ARGS]   set up, then run all checks: format, lint, types, imports, tests
  quick                run the checks that take seconds (before a commit)
  bench NAME [ARGS]    run a benchmark of packaging/bench/
  build                build the wheel and the source archive into dist/
  bundle [--folder]    freeze the program and make installers for this system in dist/
  sample [ARGS]        make a demonstration workspace in build/sample-workspace
  lock [--upgrade]     write the hash-pinned lists of packaging/lock/ anew (needs uv)

Everything is installed into .venv; the program is then .venv/bin/stylestudio.
"""

VERBS: dict[str, Callable[[Places, Sequence[str]], int]] = {
    "run": program.run,
    "test": checks.test,
    "quick": checks.quick,
    "bench": program.bench,
    "build": lambda places, _arguments: program.build(places),
    "bundle": bundle.bundle,
    "sample": program.sample,
    "lock": pins.lock,
}


def main(arguments: Sequence[str]) -> int:
    """Carry out the verb in `arguments`.

    Returns:
        The exit code: 0 when all went well, 1 for trouble, 2 for words that were not understood,
        130 when it was interrupted by hand, or the program's own.
    """
    say.make_printable()
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        say.line(USAGE)
        return 0 if arguments else 2
    verb, *rest = arguments
    if verb not in VERBS:
        say.error(f"There is no verb '{verb}'.\n\n{USAGE}")
        return 2
    if rest and rest[0] == "--":
        rest = rest[1:]
    try:
        return VERBS[verb](this_checkout(), rest)
    except say.Trouble as trouble:
        say.error(str(trouble))
        return 1
    except KeyboardInterrupt:
        say.error("Interrupted. Nothing is lost; the next run goes on from here.")
        return 130
