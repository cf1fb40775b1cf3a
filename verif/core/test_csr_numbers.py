"""Each of the 4,096 CSR numbers, in the kernel: it can be read if there is such a CSR, and written if that may be.

What a module may do with them: ``test_guarantees.py``.
"""

import cocotb
import pytest

from lib.asm import PROGRAMS, assemble
from lib.driver import Bench, the_config
from lib.run import check_all
from paddock.config import DEFAULT, PLAIN
from paddock.isa.cause import Cause
from paddock.isa.csr import CSRS, PADDOCK_CSRS
from paddock.isa.encoding import BY_NAME

NO_TRAP = 0xFF


def word(number: int, rs1: int) -> int:
    """``csrrs x10, number, rs1``."""
    return BY_NAME["csrrs"].match | 10 << 7 | rs1 << 15 | number << 20


@cocotb.test()
async def every_number(dut):
    config = the_config()
    # x11 holds 0: to name it is a write, which changes nothing.
    words = [word(number, rs1) for rs1 in (0, 11) for number in range(4096)]
    program = assemble(PROGRAMS / "csr_numbers.S", config)
    table, results, rows = (program.symbols[name] for name in ("table", "results", "rows"))
    bench = Bench(dut)
    data = {table + 4 * i: each for i, each in enumerate(words)}
    await bench.start(program, data={**data, rows: len(words)}, limit=1_000_000)
    await bench.passes()
    exist = [csr for csr in CSRS if config.paddock or csr not in PADDOCK_CSRS]
    readable = {csr.number + i for csr in exist for i in range(csr.count)}
    writable = {csr.number + i for csr in exist if not csr.read_only for i in range(csr.count)}
    for index in range(len(words)):
        write, number = divmod(index, 4096)
        want = NO_TRAP if number in (writable if write else readable) else Cause.ILLEGAL
        cause = bench.word(results + index // 4 * 4) >> 8 * (index % 4) & 0xFF
        assert cause == want, f"{'write' if write else 'read'} of CSR {number:#x}: cause {cause}, should be {want}"


@pytest.mark.parametrize("config", [DEFAULT, PLAIN], ids=["default", "plain"])
def test_csr_numbers(subtests, config):
    check_all(subtests, __file__, config)
