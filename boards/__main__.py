"""``python -m boards COMMAND``: the commands behind the board targets of the Makefile."""

import argparse
import sys
from importlib import import_module

from paddock.errors import CommandError

#: Command -> (module with ``add_arguments`` and ``run``, help).
COMMANDS = {
    "bitstream": ("boards.bitstream", "build a bitstream and print what it takes"),
    "load": ("boards.load", "program a board and send it a program over the serial line"),
    "test": ("boards.selftest", "load the self-test and judge what comes over the serial line"),
    "netlist": ("boards.netlist", "the self-test on the placed and routed netlist, in Verilator"),
}


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    argv = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(prog="python -m boards", description="Paddock on FPGA boards.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="command")
    chosen = next((arg for arg in argv if not arg.startswith("-")), None)
    for name, (module, text) in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=text, description=text)
        if name == chosen:
            import_module(module).add_arguments(subparser)
    args = parser.parse_args(argv)
    try:
        return import_module(COMMANDS[args.command][0]).run(args)
    except CommandError as error:
        print(f"{args.command}: {error}", file=sys.stderr)
        return error.status


if __name__ == "__main__":
    sys.exit(main())
