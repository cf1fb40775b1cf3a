"""The ``paddock`` command: one subcommand per task, each in a module of its own that is imported only when used."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

from .errors import CommandError

__all__ = ["dispatch", "main"]

#: Subcommand -> (module with ``add_arguments(parser)`` and ``run(args) -> exit status``, help).
COMMANDS = {
    "audit": ("paddock.fw.audit", "say of an image who may touch what and who may call whom"),
    "bench": ("paddock.fw.bench", "measure what calls, interrupts and faults cost, in cycles"),
    "coremark": ("paddock.suites.coremark", "run CoreMark from a checkout: what does the extension cost it?"),
    "demo": ("paddock.fw.demo", "build the firmware, run it in the simulator, judge what the kernel reports"),
    "doctor": ("paddock.doctor", "try every tool and say what to do about a missing one"),
    "faults": ("paddock.fw.faults", "add source lines to the faults that a log of the kernel tells of"),
    "formal": ("paddock.formal.command", "prove the isolation properties on the core, without a depth bound"),
    "gen": ("paddock.gen_files", "write the files that are made from the ISA tables"),
    "image": ("paddock.fw.images", "build an image of kernel and modules, and run it in the simulator"),
    "overhead": ("paddock.overhead.command", "measure what protection costs, by configuration and FPGA"),
    "riscv-formal": ("paddock.suites.riscv_formal", "run riscv-formal from a checkout, with and without the extension"),
    "riscv-tests": ("paddock.suites.riscv_tests", "run riscv-tests from a checkout, with and without the extension"),
    "shell": ("paddock.fw.shell", "a monitor shell on the simulated serial line"),
    "sim": ("paddock.sim.command", "run a program in the fast simulator"),
    "size": ("paddock.fw.size", "code and RAM of the kernel by part, and of what else is in an image"),
    "synth-check": ("paddock.synth_check", "place and route the core for ECP5 and print its size and frequency"),
    "verilog": ("paddock.gen", "emit the core as one Verilog file"),
}


def dispatch(prog: str, description: str, commands: Mapping[str, tuple[str, str]], argv: Sequence[str] | None) -> int:
    """Run the subcommand that ``argv`` names, of ``commands`` as in `COMMANDS`; returns the exit status."""
    argv = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(prog=prog, description=description)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="command")
    chosen = next((arg for arg in argv if not arg.startswith("-")), None)
    for name, (module, text) in commands.items():
        subparser = subparsers.add_parser(name, help=text, description=text)
        if name == chosen:
            import_module(module).add_arguments(subparser)
    args = parser.parse_args(argv)
    try:
        return import_module(commands[args.command][0]).run(args)
    except CommandError as error:
        print(f"{prog} {args.command}: {error}", file=sys.stderr)
        return error.status


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``paddock <argv>``; returns the exit status."""
    return dispatch("paddock", "Paddock: core, simulator, firmware and checks.", COMMANDS, argv)


if __name__ == "__main__":
    sys.exit(main())
