"""Yosys as SymbiYosys calls it (``-ql LOG SCRIPT``), by pyosys: native, several times as fast as YoWASP's."""

import sys

__all__ = []


def main() -> None:
    """Run the script of the last argument; messages go to the log that is the one before."""
    from pyosys import libyosys

    log, script = sys.argv[-2:]
    libyosys.run_pass(f"tee -q -o {log} script {script}", libyosys.Design())


if __name__ == "__main__":
    main()
