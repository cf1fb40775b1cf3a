"""The self-test's judgement: a good run passes, each kind of bad one is seen; all of it on a simulated board."""

import re

import pytest
from boards.common import find_board
from boards.load import load_program_to
from boards.loader import frame, open_port
from boards.selftest import SHORT, build_selftest, chosen_misdeeds, watch
from boards.simulated import fast_simulator

from paddock.fw.demo import run_cached
from paddock.fw.misdeeds import MISDEEDS
from paddock.fw.symbols import Symbols
from paddock.isa.memmap import RAM_BASE


class Recorded:
    """A serial line on which this text comes."""

    def __init__(self, text: str):
        self._text = text.encode()

    @property
    def in_waiting(self) -> int:
        return min(len(self._text), 100)

    def read(self, count: int) -> bytes:
        got, self._text = self._text[:count], self._text[count:]
        return got


@pytest.fixture(scope="module")
def recorded():
    """What a good run prints, and its symbols."""
    text, _sim, image = run_cached()
    return text, Symbols(image.elf)


def failures(text: str, symbols) -> list[str]:
    return [check.name for check in watch(Recorded(text), MISDEEDS, symbols, patience=0.2) if not check.passed]


def test_good_run_passes(recorded):
    assert failures(*recorded) == []


@pytest.mark.parametrize(
    ("pattern", "instead", "failed"),
    [
        (r"handler after 3 cycles", "handler after 4 cycles", [
            "read through a null pointer", "cycles from a misdeed to the handler, as from an ecall"]),
        (r"memory intact", "DAMAGED: kernel data", ["read through a null pointer"]),
        (r"EFAULT \(-14\)", "0 (0)", ["read through a null pointer"]),
        (r"monitor: escapes 0", "monitor: escapes 1", ["escapes that the monitor counts"]),
        (r"watched \d+\n", "watched 0\n", ["accesses that the monitor has watched"]),
        (r"pd.enter 2", "pd.enter 3", ["cycles of pd.enter, pd.leave, as of jalr"]),
        (r"honest work: .*", "honest work: led", ["modules do their work"]),
        (r"kernel alive", "kernel dead", ["kernel is alive at the end"]),
    ],
)  # fmt: skip
def test_bad_run_is_seen(recorded, pattern, instead, failed):
    text, symbols = recorded
    changed, count = re.subn(pattern, instead, text, count=1)
    assert count == 1
    assert failures(changed, symbols) == failed


def test_run_that_breaks_off_is_seen(recorded):
    text, symbols = recorded
    assert len(failures(text[: len(text) // 2], symbols)) > 10


def test_short_run_has_an_ecall_to_compare_with():
    assert "ECALL" in SHORT
    assert {misdeed.name for misdeed in chosen_misdeeds(True)} == set(SHORT)


def test_simulated_board_boots_from_its_console_and_passes():
    board = find_board("icebreaker")
    misdeeds = chosen_misdeeds(True)
    image = build_selftest(board, misdeeds)
    with fast_simulator("icebreaker") as simulation, open_port(simulation.port, board.baud) as line:
        line.timeout = 60
        broken = bytearray(frame(RAM_BASE, b"\1\2\3\4"))
        broken[13] ^= 1
        line.write(b"PD" + broken)
        assert line.read_until(b"C").endswith(b"C")  # behind the greeting, unless that came before the line was open
        line.write(frame(RAM_BASE + board.ram_bytes - 2, b"\1\2\3\4"))
        assert line.read(1) == b"A"
        line.timeout = 0.1
        load_program_to(line, image.elf, "icebreaker", patience=60)
        checks = watch(line, misdeeds, Symbols(image.elf), patience=60)
        assert simulation.end() > 0
    assert [check for check in checks if not check.passed] == []
    assert len(checks) == len(SHORT) + 6
