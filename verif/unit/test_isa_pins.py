"""Independent witnesses of the ISA tables: the custom numbers typed by hand, the standard ones asked of the assembler.

Everything else is made from the tables, so that an error in them would be the same everywhere.
"""

import pytest

from lib.asm import encode
from paddock.config import DEFAULT
from paddock.gate import TABLE_CSRS
from paddock.isa.cause import FAULTS, Cause, Interrupt, Kind
from paddock.isa.csr import CSR_BY_NAME, PADDOCK_CSRS, STANDARD_CSRS, csr_patterns, csrs_of
from paddock.isa.encoding import BY_NAME, INSTRUCTIONS

CUSTOM_CSRS = {
    "pd_status": 0x7E0,
    "pd_select": 0x7E1,
    "pd_alower": 0x7E2,
    "pd_aupper": 0x7E3,
    "pd_dlower": 0x7E4,
    "pd_dupper": 0x7E5,
    "pd_entry": 0x7E6,
    "pd_sp": 0x7E7,
    "pd_flags": 0x7E8,
    "pd_glower": 0x7E9,
    "pd_gupper": 0x7EA,
    "pd_gperm": 0x7EB,
    "pd_plower": 0x7EC,
    "pd_pupper": 0x7ED,
    "pd_slice": 0x7EE,
    "pd_top": 0x7EF,
    "pd_config": 0xFD0,
    "pd_fault": 0xFD1,
    "pd_id": 0xCC0,
    "pd_caller": 0xCC1,
}
FIELDS = {
    "pd_status": {"pid": 0x0FF, "arm": 0x100, "parm": 0x200},
    "pd_select": {"id": 0xFF},
    "pd_flags": {"valid": 1, "callable": 2, "dread": 4, "dwrite": 8},
    "pd_gperm": {"read": 1, "write": 2},
    "pd_slice": {"base": 0x1FF, "limit": 0x1FF0000},
    "pd_top": {"top": 0x1FF},
    "pd_config": {
        "modules": 0x1FF,
        "frames": 0x3FE00,
        "arena": 1 << 18,
        "device": 1 << 19,
        "grant": 1 << 20,
        "public": 1 << 21,
        "version": 0xF000_0000,
    },
    "pd_fault": {"kind": 0x7, "id": 0xFF00},
    "pd_id": {"id": 0xFF},
    "pd_caller": {"id": 0xFF},
}
#: One of each in assembler, with the operands that make all operand bits 0 where the assembler lets them.
SAMPLES = {
    "lui": "lui x0, 0",
    "auipc": "auipc x0, 0",
    "jal": "jal x0, .",
    "jalr": "jalr x0, 0(x0)",
    **{name: f"{name} x0, x0, ." for name in ("beq", "bne", "blt", "bge", "bltu", "bgeu")},
    **{name: f"{name} x0, 0(x0)" for name in ("lb", "lh", "lw", "lbu", "lhu", "sb", "sh", "sw")},
    **{name: f"{name} x0, x0, 0" for name in ("addi", "slti", "sltiu", "xori", "ori", "andi", "slli", "srli", "srai")},
    **{name: f"{name} x0, x0, x0" for name in ["add", "sub", "sll", "slt", "sltu", "xor", "srl", "sra", "or", "and"]},
    **{name: f"{name} x0, x0, x0" for name in ["mul", "mulh", "mulhsu", "mulhu", "div", "divu", "rem", "remu"]},
    **{name: f"{name} x0, 0, x0" for name in ("csrrw", "csrrs", "csrrc")},
    **{name: f"{name} x0, 0, 0" for name in ("csrrwi", "csrrsi", "csrrci")},
    **{name: name for name in ("fence", "fence.i", "ecall", "ebreak", "mret", "wfi")},
}


def test_custom_csr_numbers():
    assert {csr.name: csr.number for csr in PADDOCK_CSRS} == CUSTOM_CSRS


def test_custom_csr_fields():
    assert {csr.name: {f.name: f.mask for f in csr.fields} for csr in PADDOCK_CSRS if csr.fields} == FIELDS


def test_custom_instructions():
    enter, leave = BY_NAME["pd.enter"], BY_NAME["pd.leave"]
    assert (enter.mask, enter.match) == (0xFE00_707F, 0x0000_000B)
    assert (leave.mask, leave.match) == (0xFFFF_F07F, 0x0000_100B)


def test_causes_and_kinds():
    assert {cause.name: int(cause) for cause in Cause} == {
        "INSN_MISALIGNED": 0,
        "FETCH_FAULT": 1,
        "ILLEGAL": 2,
        "BREAKPOINT": 3,
        "LOAD_MISALIGNED": 4,
        "LOAD_FAULT": 5,
        "STORE_MISALIGNED": 6,
        "STORE_FAULT": 7,
        "ECALL_MODULE": 8,
        "ECALL_KERNEL": 11,
        "GATE_FAULT": 24,
    }
    kinds = ["NONE", "BOUNDS", "BAD_ID", "NOT_VALID", "NOT_CALLABLE", "OVERFLOW", "UNDERFLOW"]
    assert [kind.name for kind in sorted(Kind)] == kinds
    assert [int(kind) for kind in sorted(Kind)] == list(range(7))
    assert {interrupt.name: int(interrupt) for interrupt in Interrupt} == {"SOFTWARE": 3, "TIMER": 7, "EXTERNAL": 11}


def test_every_cause_and_kind_is_in_the_fault_table():
    assert {fault.cause for fault in FAULTS} == set(Cause)
    assert {fault.kind for fault in FAULTS} == set(Kind)


def test_assembler_knows_standard_csrs_by_these_numbers():
    # What csr.py shows as a run of registers has its first one's name there.
    words = encode("\n".join(f"csrr a0, {csr.name}" for csr in STANDARD_CSRS), DEFAULT)
    assert {csr.name: csr.number for csr in STANDARD_CSRS} == {
        csr.name: word >> 20 for csr, word in zip(STANDARD_CSRS, words, strict=True)
    }


@pytest.mark.parametrize("name", [insn.name for insn in INSTRUCTIONS if not insn.name.startswith("pd.")])
def test_assembler_makes_the_same_instruction(name):
    (word,) = encode(SAMPLES[name], DEFAULT)
    matching = [insn.name for insn in INSTRUCTIONS if word & insn.mask == insn.match]
    assert matching == [name]


def test_macros_make_the_custom_instructions():
    words = encode("nop\npd.enter x31, x21, x10\npd.leave x17", DEFAULT)
    assert words[1:] == [0x0000_000B | 31 << 7 | 21 << 15 | 10 << 20, 0x0000_100B | 17 << 7]


def test_no_word_is_two_instructions():
    for first in INSTRUCTIONS:
        for second in INSTRUCTIONS:
            if first is not second:
                common = first.mask & second.mask
                assert first.match & common != second.match & common, f"{first.name} and {second.name} overlap"


def test_access_rights_follow_from_the_number():
    assert CSR_BY_NAME["pd_status"].machine and not CSR_BY_NAME["pd_status"].read_only
    assert CSR_BY_NAME["pd_config"].machine and CSR_BY_NAME["pd_config"].read_only
    assert not CSR_BY_NAME["pd_id"].machine and CSR_BY_NAME["pd_id"].read_only


@pytest.mark.parametrize("paddock, pmp", [(True, 0), (False, 0), (False, 16)], ids=["paddock", "plain", "pmp16"])
def test_patterns_tell_each_csr_from_all_others(paddock, pmp):
    csrs = csrs_of(paddock, pmp)
    numbers = {csr.name: range(csr.number, csr.number + csr.count) for csr in csrs}
    groups = [(csr.name,) for csr in csrs if csr.count == 1]
    groups += [("mcycle", "cycle"), ("mcycleh", "cycleh"), ("minstret", "instret"), ("minstreth", "instreth")]
    groups += [TABLE_CSRS] if paddock else []
    for names in groups:
        patterns = csr_patterns(names, paddock, pmp)
        for other, run in numbers.items():
            for number in run:
                bits = f"{number:012b}"
                found = any(all(p in ("-", b) for p, b in zip(pattern, bits, strict=True)) for pattern in patterns)
                assert found == (other in names), f"{patterns} of {names}: {number:#x}"
