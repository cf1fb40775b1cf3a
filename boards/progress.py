"""What a build is doing: stages and counts, read from what its tools print."""

import re
import time
from collections.abc import Callable

__all__ = ["Progress"]

#: What a tool says first in a stage -> the stage. They are looked for in this order, each once.
_STAGES = (
    (re.compile(r"Yosys \d"), "synthesis"),
    (re.compile(r"Executing (SYNTH_\w+ pass)"), "synthesis: for this FPGA"),
    (re.compile(r"Executing ABC9? pass"), "synthesis: mapping to LUTs"),
    (re.compile(r"Info: Packing|Info: Pack "), "packing"),
    (re.compile(r"Info: Creating initial"), "placement"),
    (re.compile(r"Info: Rout|Info: Setting up routing"), "routing"),
    (re.compile(r"Info: Program finished"), "bitstream"),
)
#: What is still to do, in the lines of nextpnr's two routers.
_LEFT = (re.compile(r"Info: +\d+ \|.*\| +(\d+)\| "), re.compile(r"Info: +iter=\d+ .*overused=(\d+)"))


class Progress:
    """Says when a stage begins, and every ``interval`` seconds how much is left to route.

    Parameters
    ----------
    show : callable
        Takes a line.
    interval : float
        Seconds.
    clock : callable
        Returns seconds.
    """

    def __init__(
        self,
        show: Callable[[str], None] = lambda line: print(line, flush=True),
        *,
        interval: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._show, self._interval, self._clock = show, interval, clock
        self._started = self._shown = clock()
        self._stages = list(_STAGES)

    def feed(self, line: str) -> None:
        """A line that a tool has printed."""
        now = self._clock()
        for n, (pattern, stage) in enumerate(self._stages):
            if pattern.search(line):
                del self._stages[: n + 1]
                self._say(now, stage)
                return
        if now - self._shown >= self._interval:
            found = next((match for pattern in _LEFT if (match := pattern.search(line))), None)
            if found:
                self._say(now, f"routing: {found[1]} connections left")

    def _say(self, now: float, text: str) -> None:
        self._shown = now
        self._show(f"{now - self._started:6.0f} s  {text}")
