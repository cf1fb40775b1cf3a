"""Boards that are not there: the SoC of a board in the fast simulator, and its placed and routed netlist in Verilator.

Both have their serial line on a pseudo-terminal and start with nothing in RAM, as a board does.
"""

import dataclasses
import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from paddock.errors import CommandError
from paddock.sim.build import build_simulator

from .common import find_board

__all__ = ["Simulation", "fast_simulator", "netlist_simulator"]

#: Cycles after which a simulation gives up.
_MAX_CYCLES = 200_000_000


@dataclass
class Simulation:
    """A simulator that runs."""

    process: subprocess.Popen
    #: Its pseudo-terminal.
    port: str
    #: Seconds without a byte after which something is wrong.
    patience: float
    _result: Path

    def end(self) -> int:
        """Wait for its end, or stop it if it goes on; returns its cycles."""
        try:
            self.process.wait(timeout=self.patience)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()
        return json.loads(self._result.read_text())["cycles"]


@contextmanager
def _run(command: list[str], result: Path, patience: float) -> Iterator[Simulation]:
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        head, _, port = process.stderr.readline().strip().partition(": ")
        if head != "serial line":
            raise CommandError(f"the simulator has not started: {head}", 1)
        yield Simulation(process, port, patience, result)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait()
        process.stderr.close()


@contextmanager
def fast_simulator(name: str) -> Iterator[Simulation]:
    """The SoC of the board ``name``, boot ROM included, in the simulator of ``paddock sim``."""
    config = find_board(name).config()
    simulator = build_simulator(dataclasses.replace(config, core=dataclasses.replace(config.core, rvfi=True)))
    with tempfile.TemporaryDirectory() as folder:
        image, result = Path(folder, "image"), Path(folder, "result")
        image.write_bytes(b"")
        bit = 16 * round(config.clock_hz / (16 * config.baud))
        options = {"image": image, "result": result, "max-cycles": _MAX_CYCLES, "bit-cycles": bit}
        command = [simulator, *(f"--{key}={value}" for key, value in options.items()), "--pty"]
        with _run([os.fspath(word) for word in command], result, 120.0) as simulation:
            yield simulation


@contextmanager
def netlist_simulator(name: str, plant: str = "") -> Iterator[Simulation]:
    """The placed and routed netlist of the board ``name``; ``plant`` as for `build_netlist_simulator`."""
    from .netlist import build_netlist_simulator

    simulator = build_netlist_simulator(name, plant)
    config = find_board(name).config()
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder, "result")
        bit = 16 * round(config.clock_hz / (16 * config.baud))
        command = [os.fspath(simulator), os.fspath(result), str(bit), str(_MAX_CYCLES)]
        with _run(command, result, 900.0) as simulation:
            yield simulation
