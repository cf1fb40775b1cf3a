"""Which block of the core costs how much: LUTs of each module with protection and without, each optimised by itself."""

from collections.abc import Mapping

from ..synth.device import Device
from ..synth.flow import module_cells
from ..synth.out_of_context import CORE
from .campaign import Measured

__all__ = ["blocks"]


def _luts(device: Device, measured: Measured) -> dict[str, int]:
    """LUTs by module, the submodules' not counted; modules by their path in the core."""
    cells = module_cells(measured.apart.folder)
    return {name.removeprefix(f"{CORE}."): device.count("luts", by_type) for name, by_type in cells.items()}


def blocks(measured: Mapping[str, Measured], base: str) -> list[dict]:
    """For each subject on one device but ``base``, the one without protection: the blocks that differ from it.

    The sum of ``luts`` over all blocks is more than the core has, as nothing is optimised across their borders.
    """
    if base not in measured:
        return []
    device = measured[base].subject.device
    without = _luts(device, measured[base])
    result = []
    for name, each in measured.items():
        if name == base:
            continue
        luts = _luts(device, each)
        differing = [
            {"block": block, "luts": luts.get(block, 0), "luts_without": without.get(block, 0)}
            for block in sorted({*luts, *without})
            if luts.get(block, 0) != without.get(block, 0)
        ]
        total = sum(luts.values())
        result.append({"device": device.name, "config": name, "luts": total, "blocks": differing})
    return result
