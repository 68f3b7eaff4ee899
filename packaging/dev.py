"""One door for everyone who works on Style Studio: run, test, bench, build, sample, lock.

Standard library only. This file keeps to what Python 3.6 can read, so that an older Python gets a
sentence and not a traceback; the work is done by the rooms of `devkit`.
"""

import sys

OLDEST = (3, 11)


def too_old_sentence(version: tuple, arguments: list) -> str:  # type: ignore[type-arg]
    """Return what to tell somebody whose Python is older than the program can use."""
    import shutil

    typed = " ".join(["packaging/dev.py", *arguments])
    names = ["python3." + str(minor) for minor in (14, 13, 12, 11)]
    found = [name for name in names if shutil.which(name)]
    advice = (
        "This machine also has " + found[0] + "; type: " + found[0] + " " + typed
        if found
        else "Install Python 3.11 or newer (python.org, or your system's packages) and try again."
    )
    return (
        "Style Studio needs Python 3.11 or newer, and this is Python "
        + ".".join(str(part) for part in version[:3])
        + ". Nothing was changed. "
        + advice
    )


if __name__ == "__main__":
    if sys.version_info < OLDEST:
        sys.stderr.write(too_old_sentence(tuple(sys.version_info), sys.argv[1:]) + "\n")
        sys.exit(1)

    from devkit.verbs import main

    sys.exit(main(sys.argv[1:]))
