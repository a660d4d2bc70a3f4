"""How things are timed, and the lines of the table."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line of the table. ``reached`` is None where no goal was set."""

    what: str
    floor: str
    ours: str
    peer: str
    ratio: str
    goal: str
    reached: bool | None = None


def line(what: str, ours: str, *, floor: str = "", peer: str = "", ratio: str = "", goal: str = "", reached: bool | None = None) -> Line:
    return Line(what, floor, ours, peer, ratio, goal, reached)


def side_by_side(programs: Mapping[str, Callable[[], object]], *, rounds: int, times: int = 1, waits: bool = False) -> dict[str, float]:
    """The seconds of one call of each: the median. They take turns, so that a busy machine is busy for all of them.

    Seconds of the processor, which neighbours on the machine change little. Where a program *waits* for the disk or for another
    process, the lower quartile by the clock on the wall: what is above waits for the neighbours.
    """
    taken = every(programs, rounds=rounds, times=times, waits=waits)
    return {name: statistics.quantiles(seconds, n=4)[0] if waits else statistics.median(seconds) for name, seconds in taken.items()}


def every(programs: Mapping[str, Callable[[], object]], *, rounds: int, times: int = 1, waits: bool = False) -> dict[str, list[float]]:
    """The seconds of each call of each."""
    clock = time.perf_counter if waits else time.process_time
    taken: dict[str, list[float]] = {name: [] for name in programs}
    for program in programs.values():
        program()
    gc.collect()
    gc.freeze()  # as the server does once it is loaded
    for _ in range(rounds):
        for name, program in programs.items():
            for _ in range(times):
                began = clock()
                program()
                taken[name].append(clock() - began)
    gc.unfreeze()
    return taken


def said(seconds: float) -> str:
    """*seconds* in a unit that reads well."""
    if seconds < 0.001:
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e3:.1f} ms" if seconds < 0.1 else f"{seconds * 1e3:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
