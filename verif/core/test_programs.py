"""Small self-checking programs, one claim each, with and without wait states; see ``programs/*/*.S``."""

from dataclasses import replace

import cocotb
import pytest

from lib.asm import PROGRAMS, assemble
from lib.driver import Bench, the_config
from lib.run import check_all
from paddock.config import DEFAULT, MINIMAL, PLAIN, PMP4, PMP16

#: Folder -> its programs. ``isa`` is for every configuration, ``gates`` for those with the extension, ``paddock`` for
#: those with all windows, ``minimal`` for the one with nothing but the arena, ``pmp`` for those with user mode.
FOLDERS = ("isa", "gates", "paddock", "minimal", "pmp")
NAMES = {folder: sorted(path.stem for path in (PROGRAMS / folder).glob("*.S")) for folder in FOLDERS}
LARGEST = replace(DEFAULT, modules=256, frames=256)

NO_WAIT = {}
WAITS = {"ibus_chance": 3, "dbus_chance": 4, "device_wait": 2}


def claim(folder: str, name: str):
    """The cocotb test that runs one program."""

    async def run(dut):
        program = assemble(PROGRAMS / folder / f"{name}.S", the_config())
        bench = Bench(dut)
        for settings in (NO_WAIT, WAITS, {**WAITS, "seed": 77, "ibus_chance": 7}):
            await bench.start(program, **settings)
            await bench.passes()

    return cocotb.test(name=f"{folder}_{name}")(run)


# cocotb looks for tests among the names of the module.
globals().update({f"{folder}_{name}": claim(folder, name) for folder, names in NAMES.items() for name in names})


@pytest.mark.parametrize("config", [DEFAULT, MINIMAL, PLAIN, PMP16], ids=["default", "minimal", "plain", "pmp16"])
def test_isa_programs(subtests, config):
    check_all(subtests, __file__, config, only="isa_")


@pytest.mark.parametrize("config", [DEFAULT, LARGEST], ids=["default", "largest"])
def test_paddock_programs(subtests, config):
    check_all(subtests, __file__, config, only="gates_ paddock_")


def test_minimal_programs(subtests):
    check_all(subtests, __file__, MINIMAL, only="gates_ minimal_")


@pytest.mark.parametrize("config", [PMP4, PMP16], ids=["pmp4", "pmp16"])
def test_pmp_programs(subtests, config):
    check_all(subtests, __file__, config, only="pmp_")
