"""``python -m boards COMMAND``: the commands behind the board targets of the Makefile."""

import sys
from collections.abc import Sequence

from paddock.cli import dispatch

#: Command -> (module with ``add_arguments`` and ``run``, help).
COMMANDS = {
    "bitstream": ("boards.bitstream", "build a bitstream and print what it takes"),
    "load": ("boards.load", "program a board and send it a program over the serial line"),
    "test": ("boards.selftest", "load the self-test and judge what comes over the serial line"),
    "netlist": ("boards.netlist", "the self-test on the placed and routed netlist, in Verilator"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    return dispatch("boards", "Paddock on FPGA boards.", COMMANDS, argv)


if __name__ == "__main__":
    sys.exit(main())
