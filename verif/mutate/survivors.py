"""What has been found out about mutants that no suite kills and no proof clears, by what `Mutant.text` says of them."""

__all__ = ["MISSING"]

#: Mutant -> why it survives, or which test is missing.
MISSING = {
    "const1 core.memory, $and A[0] at stages/memory.py:100": (
        "no harm: M waits for a fetch that is under way although it holds nothing that could trap; a program is as "
        "fast without wait states, and no test times one with them"
    ),
    "inv core.decode, $mux B[0]": (
        "no harm: it marks an interrupt as a refused fetch in `xm.kind`, which is looked at for exceptions only; not "
        "proved within the time"
    ),
    "cnot1 by bit 22 core.decode, $add A[2] at stages/decode.py:113": (
        "a test with 8 MiB of RAM: it needs a pc with bit 22 set, and the bench has 64 KiB"
    ),
    "const0 core.decode.decoder, $and Y[0] at units/decoder.py:141": (
        "no harm: a word of the SYSTEM opcode that is no CSR instruction and names an rd is illegal; only what is read "
        "ahead for the instruction behind it, which the trap kills, changes"
    ),
    "const0 core.decode.decoder, $eq A[24]": (
        "no harm: an illegal word is taken for `mret` as well; only the RAM's copy of a CSR that is read for it changes"
    ),
}
