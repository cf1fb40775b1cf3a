"""What an instruction word means: control signals, immediate, CSR rights. Combinational, in D."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..gate import TABLE_CSRS
from ..isa.csr import csrs_of
from ..isa.encoding import BY_NAME, INSTRUCTIONS, Opcode
from .alu import LogicOp

__all__ = ["Decoder"]

#: CSRs whose value changes when an instruction ahead retires.
_COUNTED = ("minstret", "minstreth", "instret", "instreth")
#: CSRs that show the contents of a RAM: the module table, the top frame.
_LOOKED_UP = (*TABLE_CSRS, "pd_caller")


def _pattern(mask: int, match: int, width: int) -> str:
    """An Amaranth case pattern: bits outside of the mask do not matter."""
    return "".join(str(match >> bit & 1) if mask >> bit & 1 else "-" for bit in reversed(range(width)))


class Decoder(wiring.Component):
    """Decodes one word for the module that is active.

    ``d_illegal`` covers unknown words, CSRs that do not exist, writes to read-only ones, and what a module may not do.
    """

    d_insn: In(32)
    #: The active id is not the kernel's; with ``pmp``: the hart is in user mode.
    d_module: In(1)
    #: With ``pmp``, in user mode: `wfi` is refused; which counters may be read (cycle, time, instret).
    d_wfi_refused: In(1)
    d_counters: In(3)

    #: Exceptions.
    d_illegal: Out(1)
    d_ecall: Out(1)
    d_ebreak: Out(1)

    #: Registers: numbers to read (rs1 is 0 where an immediate stands there) and whether their values may matter.
    #: Coarse, as it decides a stall: some instructions wait for a register that they do not use.
    d_rs1: Out(5)
    d_rs2: Out(5)
    #: rs1 is 0 whatever stands in its place. Known later than the field itself.
    d_no_rs1: Out(1)
    d_uses_rs2: Out(1)
    d_writes_rd: Out(1)
    d_immediate: Out(32)
    #: The second operand is the immediate.
    d_use_immediate: Out(1)

    #: As in `payload.ExecuteOp`.
    d_subtract: Out(1)
    d_is_sum: Out(1)
    d_is_slt: Out(1)
    d_logic_op: Out(LogicOp)
    d_is_shift_left: Out(1)
    d_is_shift_right: Out(1)
    d_is_target: Out(1)
    d_is_link: Out(1)
    d_branch: Out(1)
    d_jump: Out(1)
    d_jump_register: Out(1)
    d_load: Out(1)
    d_store: Out(1)
    d_mul: Out(1)
    d_div: Out(1)
    d_csr: Out(1)
    d_csr_write: Out(1)
    #: A CSR that counts retired instructions: it is read when all before have retired.
    d_csr_counted: Out(1)
    #: A CSR in the module table or call stack, which has to be looked up.
    d_csr_in_table: Out(1)
    d_mret: Out(1)
    d_wfi: Out(1)
    d_enter: Out(1)
    d_leave: Out(1)

    def __init__(self, config: CoreConfig):
        self._config = config
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        insn = self.d_insn
        rd, rs1, rs2 = insn[7:12], insn[15:20], insn[20:25]
        funct3 = insn[12:15]
        opcode = insn[2:7]

        def is_opcode(*codes: Opcode) -> Value:
            """The low bits are checked once, with the legality of the word."""
            return opcode.matches(*(code >> 2 for code in codes))

        def is_insn(name: str) -> Value:
            return insn.matches(_pattern(BY_NAME[name].mask, BY_NAME[name].match, 32))

        op, op_imm = Signal(), Signal()
        multiply, system_csr = Signal(), Signal()
        lui = Signal()
        m.d.comb += [
            op.eq(is_opcode(Opcode.OP)),
            op_imm.eq(is_opcode(Opcode.OP_IMM)),
            lui.eq(is_opcode(Opcode.LUI)),
            multiply.eq(op & insn[25]),
            system_csr.eq(is_opcode(Opcode.SYSTEM) & (funct3[:2] != 0)),
            self.d_branch.eq(is_opcode(Opcode.BRANCH)),
            # fence.i is a jump to the next instruction: it fetches again whatever has been fetched.
            self.d_jump.eq(is_opcode(Opcode.JAL) | (is_opcode(Opcode.MISC_MEM) & funct3[0]) | self.d_mret),
            self.d_jump_register.eq(is_opcode(Opcode.JALR)),
            self.d_load.eq(is_opcode(Opcode.LOAD)),
            self.d_store.eq(is_opcode(Opcode.STORE)),
            self.d_mul.eq(multiply & ~funct3[2]),
            self.d_div.eq(multiply & funct3[2]),
            self.d_csr.eq(system_csr),
            self.d_mret.eq(is_insn("mret")),
            self.d_wfi.eq(is_insn("wfi")),
            self.d_ecall.eq(is_insn("ecall")),
            self.d_ebreak.eq(is_insn("ebreak")),
        ]
        if self._config.paddock:
            m.d.comb += [
                self.d_enter.eq(is_opcode(Opcode.CUSTOM_0) & ~funct3[0]),
                self.d_leave.eq(is_opcode(Opcode.CUSTOM_0) & funct3[0]),
            ]

        # --- Result ----------------------------------------------------------------------------------------------
        alu = Signal()
        m.d.comb += [
            alu.eq((op & ~insn[25]) | op_imm),
            self.d_is_slt.eq(alu & (funct3[1:] == 0b01)),
            self.d_is_shift_left.eq(alu & (funct3 == 0b001)),
            self.d_is_shift_right.eq(alu & (funct3 == 0b101)),
            self.d_is_sum.eq((alu & (funct3 == 0)) | lui),
            self.d_is_target.eq(is_opcode(Opcode.AUIPC) | system_csr),
            self.d_is_link.eq(is_opcode(Opcode.JAL, Opcode.JALR)),
            self.d_subtract.eq(
                (op & ~insn[25] & (funct3 == 0) & insn[30]) | self.d_is_slt | self.d_branch,
            ),
            self.d_writes_rd.eq(
                rd.any()
                & ~(self.d_branch | self.d_store | is_opcode(Opcode.MISC_MEM))
                & ~(is_opcode(Opcode.SYSTEM) & ~system_csr)
            ),
        ]

        with m.If(alu), m.Switch(funct3):
            with m.Case(0b100):
                m.d.comb += self.d_logic_op.eq(LogicOp.XOR)
            with m.Case(0b110):
                m.d.comb += self.d_logic_op.eq(LogicOp.OR)
            with m.Case(0b111):
                m.d.comb += self.d_logic_op.eq(LogicOp.AND)

        # --- Operands --------------------------------------------------------------------------------------------
        m.d.comb += [
            # lui and csrr*i add their immediate to x0.
            self.d_no_rs1.eq(lui | (system_csr & funct3[2])),
            self.d_rs1.eq(rs1 & ~self.d_no_rs1.replicate(5)),
            self.d_rs2.eq(rs2),
            # Register operations, branches, stores have bit 5 set, pd.enter bit 3.
            self.d_uses_rs2.eq(insn[5] | insn[3]),
            self.d_use_immediate.eq(~(op | self.d_branch)),
        ]
        sign = insn[31]
        with m.Switch(opcode):
            with m.Case(Opcode.LUI >> 2, Opcode.AUIPC >> 2):
                m.d.comb += self.d_immediate.eq(Cat(C(0, 12), insn[12:32]))
            with m.Case(Opcode.JAL >> 2):
                m.d.comb += self.d_immediate.eq(Cat(C(0, 1), insn[21:31], insn[20], insn[12:20], sign.replicate(12)))
            with m.Case(Opcode.BRANCH >> 2):
                m.d.comb += self.d_immediate.eq(Cat(C(0, 1), insn[8:12], insn[25:31], insn[7], sign.replicate(20)))
            with m.Case(Opcode.STORE >> 2):
                m.d.comb += self.d_immediate.eq(Cat(insn[7:12], insn[25:31], sign.replicate(21)))
            with m.Case(Opcode.SYSTEM >> 2):
                m.d.comb += self.d_immediate.eq(Mux(funct3[2], rs1, 0))
            with m.Case(Opcode.MISC_MEM >> 2):
                m.d.comb += self.d_immediate.eq(4)
            with m.Case(Opcode.CUSTOM_0 >> 2):
                m.d.comb += self.d_immediate.eq(0)
            with m.Default():
                m.d.comb += self.d_immediate.eq(Cat(insn[20:31], sign.replicate(21)))

        # --- Rights ----------------------------------------------------------------------------------------------
        # The operations csrrs, csrrc with rs1 = 0 only read.
        m.d.comb += self.d_csr_write.eq(system_csr & ((funct3[:2] == 1) | rs1.any()))

        number = insn[20:32]
        exists, read_only, machine = Signal(), Signal(), Signal()
        m.d.comb += [read_only.eq(number[10:].all()), machine.eq(number[8:10].all())]
        with m.Switch(number):
            for csr in csrs_of(self._config.paddock, self._config.pmp):
                with m.Case(*range(csr.number, csr.number + csr.count)):
                    m.d.comb += exists.eq(1)
                    if csr.name in _COUNTED:
                        m.d.comb += self.d_csr_counted.eq(system_csr)
                    if csr.name in _LOOKED_UP:
                        m.d.comb += self.d_csr_in_table.eq(system_csr)

        known = Signal()
        with m.Switch(insn):
            for instruction in INSTRUCTIONS:
                if instruction.opcode == Opcode.CUSTOM_0 and not self._config.paddock:
                    continue
                with m.Case(_pattern(instruction.mask, instruction.match, 32)):
                    m.d.comb += known.eq(1)
        refused = Signal()
        barred = (system_csr & machine) | self.d_mret | self.d_wfi
        if self._config.pmp:
            # All CSRs that are open to user mode are counters; the end of their number is the bit that opens them.
            closed = ~self.d_counters.bit_select(number[:2], 1)
            barred = (barred & (self.d_wfi_refused | ~self.d_wfi)) | (system_csr & ~machine & closed)
        m.d.comb += [
            refused.eq(self.d_module & barred),
            self.d_illegal.eq(
                ~known | refused | (system_csr & (~exists | (self.d_csr_write & read_only))),
            ),
        ]
        return m
