"""The command that fills a library with synthetic generations, for tests and benchmarks."""

from stylestudio_desktop.cli.at_work import at_work
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import Bar, print_json, say
from stylestudio_desktop.services import synthetic


def sample(desk: Desk) -> int:
    """Fill the library with synthetic generations."""
    given = desk.arguments
    with desk.open() as studio, at_work(studio), Bar("Writing") as bar:
        made = synthetic.fill(
            studio, given.generations, photos=given.files, seed=given.seed, progress=bar.step
        )
    if desk.json:
        print_json(made._asdict())
    else:
        say(
            f"{made.generations:,} generations, {made.files:,} pictures and {made.rows:,} rows in "
            f"{made.seconds:.1f} s."
        )
    return 0
