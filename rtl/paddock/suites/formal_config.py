"""What riscv-formal's generator has to know of the core: which checks, how deep, which CSRs."""

import re
from dataclasses import dataclass
from pathlib import Path

from ..config import CoreConfig
from ..isa.csr import CSR_BY_NAME, PADDOCK_CSRS, STANDARD_CSRS, Csr

__all__ = ["DEPTHS", "checks_cfg", "csr_lines", "without_initial_memories"]

#: Check -> cycles, as riscv-formal's documentation of ``[depth]`` has them: the last one is the depth.
DEPTHS = {
    "insn": (15,),
    "reg": (6, 12),
    "pc_fwd": (4, 15),
    "pc_bwd": (4, 15),
    "causal": (4, 15),
    "unique": (1, 8, 16),
    "liveness": (1, 8, 30),
    "hang": (1, 20),
    "ill": (15,),
    "fault": (15,),
    "csrw": (12,),
    "csr_ill": (12,),
    "csrc_any": (1, 15),
    "csrc_const": (1, 15),
    "csrc_zero": (1, 15),
    "csrc_upcnt": (1, 15),
}

#: CSRs that riscv-formal treats as 64 bits wide; the upper word is what our table calls ...h.
_WIDE = ("mcycle", "minstret", "mhpmcounter3")
_CONST = {"mvendorid": 0, "marchid": 0, "mimpid": 0, "mconfigptr": 0}
_TESTS = {"mscratch": "any", "mstatush": "zero", "mcountinhibit": "zero", "mhpmevent3": "zero", "mcycle": "upcnt"}
_TESTS |= {"minstret": "upcnt", "pd_plower": "any", "pd_pupper": "any"}

#: Numbers that neither core has: triggers, physical memory protection, supervisor level, the end of the space.
_NOWHERE = (0x7A0, 0x3A0, 0x3B0, 0x180, 0x302, 0x306, 0xFFF)


@dataclass(frozen=True)
class _Port:
    """A CSR as riscv-formal sees it: under a name of its own if its list does not have it, with two words or one."""

    name: str
    csr: Csr
    high: Csr | None
    known: bool


def _ports(config: CoreConfig, checkout: Path) -> list[_Port]:
    macros = (checkout / "checks" / "rvfi_macros.vh").read_text()
    indices = {name: int(number, 16) for name, number in re.findall(r"csr_mindex_(\w+) = 12'h(\w+)", macros)}
    ports = []
    for csr in STANDARD_CSRS + (PADDOCK_CSRS if config.paddock else ()):
        # With misa on its list, riscv-formal wants every instruction to read it.
        known = indices.get(csr.name) == csr.number and csr.name != "misa"
        high = CSR_BY_NAME[f"{csr.name}h"] if csr.name in _WIDE else None
        if csr.name.removesuffix("h") not in _WIDE or high:
            ports.append(_Port(csr.name if known or csr in PADDOCK_CSRS else f"our_{csr.name}", csr, high, known))
    return ports


def _tests(config: CoreConfig, csr: Csr) -> str:
    if csr.name == "mhartid":
        return f'const="32\'h {config.hart_id:x}"'
    if csr.name in _CONST:
        return f'const="32\'h {_CONST[csr.name]:x}"'
    return _TESTS.get(csr.name, "")


def csr_lines(config: CoreConfig, checkout: Path) -> str:
    """``paddock_csrs.vh``, which wrapper.sv includes."""
    lines = []
    for port in _ports(config, checkout):
        kind = "_CAUSE" if port.csr.name == "mcause" else "_WIDE" if port.high else ""
        numbers = [f"12'h{csr.number:03x}" for csr in (port.csr, port.high) if csr]
        lines.append(f"`PADDOCK_CSR{kind}({port.name}, {', '.join(numbers)})\n")
    return "".join(lines)


def checks_cfg(config: CoreConfig, checkout: Path, solver: str) -> str:
    """``checks.cfg``, which genchecks.py reads."""
    ports = _ports(config, checkout)
    illegal = [f"{number:03x} mu rw" for number in _NOWHERE]
    illegal += [f"{csr.number:03x} mu w" for csr in STANDARD_CSRS if csr.read_only and csr.count == 1]
    if not config.paddock:
        illegal += [f"{csr.number:03x} mu rw" for csr in PADDOCK_CSRS]
    sections = {
        "options": ["isa rv32im", f"solver {solver}"],
        "depth": [f"{check} {' '.join(map(str, cycles))}" for check, cycles in DEPTHS.items()],
        "csrs": [f"{port.name} {_tests(config, port.csr)}" for port in ports if port.known],
        "custom_csrs": [
            f"{port.csr.number:03x} m {port.name} {_tests(config, port.csr)}" for port in ports if not port.known
        ],
        "illegal_csrs": illegal,
        "defines": [
            "`define RISCV_FORMAL_ALIGNED_MEM",
            "`define RISCV_FORMAL_ALTOPS",
            "`define RISCV_FORMAL_MEM_FAULT",
        ],
        # It takes a write that trapped for one that was done; in a module they trap.
        "defines csrc_any": ["`define PADDOCK_NO_CSR_TRAPS"],
        "verilog-files": ["wrapper.sv", "core.v"],
    }
    return "".join(f"[{name}]\n" + "".join(f"{line}\n" for line in lines) + "\n" for name, lines in sections.items())


def without_initial_memories(verilog: str) -> str:
    """The emitted core with symbolic memories. x0 keeps its 0, as no instruction writes it."""

    def replace(found: re.Match) -> str:
        zero = re.search(r"^ *registers\[0\] = .*;\n", found[0], re.MULTILINE)
        return f"  initial begin\n{zero[0]}  end\n" if zero else ""

    return re.sub(r"^  initial begin\n(?: *\w+\[\d+\] = .*;\n)+  end\n", replace, verilog, flags=re.MULTILINE)
