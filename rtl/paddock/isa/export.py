"""Turns the tables into the firmware's files: C headers, an assembler include, the linker's memory map.

`export_docs` does the same for the docs. All files are committed, so that firmware and docs can be read and used
without running anything; ``paddock gen`` writes them and ``paddock gen --check`` names those that differ.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from ..bench_doc import bench_md, bench_svg
from ..boards_doc import boards_md
from ..config import SocConfig
from ..fuzz_doc import fuzz_md
from ..hostile_doc import hostile_md
from ..mutation_doc import coverage_md, mutation_md
from ..overhead.doc import overhead_cycles_svg, overhead_frequency_svg, overhead_luts_svg, overhead_md
from ..paths import ROOT
from ..results_doc import proof_md, results_md
from ..suites.coremark_doc import coremark_md
from ..suites.doc import conformance_md
from .cause import Cause, Interrupt, Kind
from .csr import ALL_CSRS, PmpMatch
from .encoding import BY_NAME
from .export_docs import DOCS
from .memmap import DEVICES, RAM_BASE, memory_command

__all__ = ["FILES", "drifted", "write"]

_HEADING = "DO NOT EDIT: made from the tables in rtl/paddock by `make gen`."

Constant = tuple[str, int]


def _csr_constants() -> Iterable[Constant]:
    for csr in ALL_CSRS:
        name = csr.name.upper()
        yield f"CSR_{name}", csr.number
        for field in csr.fields:
            prefix = f"{name}_{field.name.upper()}"
            yield f"{prefix}_LSB", field.lsb
            yield f"{prefix}_WIDTH", field.width
            yield f"{prefix}_MASK", field.mask


def _cause_constants() -> Iterable[Constant]:
    for prefix, members in (("CAUSE", Cause), ("IRQ", Interrupt), ("KIND", Kind), ("PMP", PmpMatch)):
        for member in members:
            yield f"{prefix}_{member.name}", int(member)


def _memory_constants() -> Iterable[Constant]:
    yield "RAM_BASE", RAM_BASE
    for device in DEVICES:
        name = device.name.upper()
        yield f"{name}_BASE", device.base
        yield f"{name}_SIZE", device.size
        if device.irq is not None:
            yield f"{name}_IRQ", device.irq
        for register in device.registers:
            yield f"{name}_{register.name.upper()}", device.base + register.offset


def _constants(*sources: Iterable[Constant]) -> list[Constant]:
    """All constants in one list; ValueError if two tables give the same name."""
    result = [constant for source in sources for constant in source]
    seen = set()
    for name, _ in result:
        if name in seen:
            raise ValueError(f"two tables define {name}")
        seen.add(name)
    return result


def _literal(name: str, value: int) -> str:
    return str(value) if name.endswith(("_LSB", "_WIDTH", "_IRQ")) else f"{value:#x}"


def _header(guard: str, what: str, constants: list[Constant], rest: str = "") -> str:
    defines = "\n".join(f"#define {name} {_literal(name, value)}" for name, value in constants)
    return (
        f"/* {_HEADING}\n * {what}\n */\n#ifndef {guard}\n#define {guard}\n\n{defines}\n{rest}\n#endif /* {guard} */\n"
    )


# The memory clobber keeps loads and stores on their side of the access: a CSR may change what they are allowed to do.
_C_HELPERS = """
#ifndef __ASSEMBLER__

/* `csr` is one of the CSR_ constants. No load or store is moved across an access. */
#define csr_read(csr)                                                                    \\
	({                                                                               \\
		unsigned int csr_value_;                                                 \\
		__asm__ volatile("csrr %0, %1" : "=r"(csr_value_) : "i"(csr) : "memory"); \\
		csr_value_;                                                              \\
	})
#define csr_write(csr, value) __asm__ volatile("csrw %0, %1" : : "i"(csr), "rK"(value) : "memory")
#define csr_set(csr, bits) __asm__ volatile("csrs %0, %1" : : "i"(csr), "rK"(bits) : "memory")
#define csr_clear(csr, bits) __asm__ volatile("csrc %0, %1" : : "i"(csr), "rK"(bits) : "memory")

#endif /* !__ASSEMBLER__ */
"""


def _isa_h() -> str:
    constants = _constants(_csr_constants(), _cause_constants())
    return _header("PADDOCK_ISA_H", "CSRs, their fields, causes and kinds, for C and assembler.", constants, _C_HELPERS)


def _memmap_h() -> str:
    what = "Absolute addresses of devices and their registers, PLIC sources, for C and assembler."
    return _header("PADDOCK_MEMMAP_H", what, _constants(_memory_constants()))


def _macro(name: str, parameters: str, operands: str) -> str:
    insn = BY_NAME[name]
    numbers = f"{int(insn.opcode):#x}, {insn.funct3}, {insn.match >> 25}"
    return f".macro {name} {parameters}\n\t.insn r {numbers}, {operands}\n.endm"


def _isa_inc() -> str:
    constants = _constants(_csr_constants(), _cause_constants(), _memory_constants())
    lines = [
        f"/* {_HEADING}",
        " * For assembler without the C preprocessor: `.include` it. The names are those of isa.h and memmap.h, so a",
        " * program that has both must take those by `#include` and this one by `.include`.",
        " */",
        *(f".equ {name}, {_literal(name, value)}" for name, value in constants),
        "",
        _macro("pd.enter", "rd, rs1, rs2", r"\rd, \rs1, \rs2"),
        "",
        _macro("pd.leave", "rd", r"\rd, x0, x0"),
    ]
    return "\n".join(lines) + "\n"


def _link_ld() -> str:
    what = "RAM of the default SoC, for linker scripts: INCLUDE link.ld."
    return f"/* {_HEADING}\n * {what}\n */\n{memory_command(SocConfig().ram_bytes)}"


def _doc(render: Callable[[], str]) -> Callable[[], str]:
    return lambda: f"<!-- {_HEADING} -->\n\n{render()}"


def _diagram(source: str) -> Callable[[], str]:
    def render() -> str:
        import wavedrom  # only whoever writes docs has it

        return wavedrom.render((ROOT / source).read_text()).tostring() + "\n"

    return render


#: Path in the repository -> function that renders it.
FILES: dict[str, Callable[[], str]] = {
    "firmware/gen/isa.h": _isa_h,
    "firmware/gen/isa.inc": _isa_inc,
    "firmware/gen/memmap.h": _memmap_h,
    "firmware/gen/link.ld": _link_ld,
    "docs/gen/bench.md": _doc(bench_md),
    "docs/gen/bench.svg": bench_svg,
    "docs/gen/boards.md": _doc(boards_md),
    "docs/gen/check.svg": _diagram("docs/reference/check.json"),
    "docs/gen/conformance.md": _doc(conformance_md),
    "docs/gen/coremark.md": _doc(coremark_md),
    "docs/gen/coverage.md": _doc(coverage_md),
    "docs/gen/mutation.md": _doc(mutation_md),
    "docs/gen/fuzz.md": _doc(fuzz_md),
    "docs/gen/hostile.md": _doc(hostile_md),
    "docs/gen/overhead.md": _doc(overhead_md),
    "docs/gen/overhead_cycles.svg": overhead_cycles_svg,
    "docs/gen/overhead_frequency.svg": overhead_frequency_svg,
    "docs/gen/overhead_luts.svg": overhead_luts_svg,
    "docs/gen/proof.md": _doc(proof_md),
    "docs/gen/results.md": _doc(results_md),
    **{f"docs/gen/{name}": _doc(render) for name, render in DOCS.items()},
}


def write(root: Path) -> list[str]:
    """Write all files below ``root``; returns the names of those that changed. Removes files that have no maker."""
    changed = drifted(root)
    for name in changed:
        path = root / name
        if name in FILES:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(FILES[name]())
        else:
            path.unlink()
    return changed


def drifted(root: Path) -> list[str]:
    """Names of generated files that are missing, differ from the tables, or are made by no table."""
    names = [name for name, render in FILES.items() if _read(root / name) != render()]
    folders = {root / Path(name).parent for name in FILES}
    present = (path for folder in folders for path in folder.glob("*") if path.is_file())
    strays = (path.relative_to(root).as_posix() for path in present)
    return names + sorted(name for name in strays if name not in FILES)


def _read(path: Path) -> str | None:
    return path.read_text() if path.is_file() else None
