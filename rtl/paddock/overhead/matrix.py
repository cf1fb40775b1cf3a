"""What is measured: the configurations by the names that results have, on each device."""

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..config import DEFAULT, PLAIN, CoreConfig
from ..errors import CommandError
from ..synth.device import DEVICES, Device

__all__ = ["Case", "cases", "configurations"]

#: Sizes of the module table, besides that of `DEFAULT`.
_MODULES = (4, 64, 256)
#: Numbers of PMP entries.
_PMP = (4, 8, 16)


@dataclass(frozen=True)
class Case:
    """A row of the result."""

    device: Device
    name: str
    core: CoreConfig

    @property
    def label(self) -> str:
        """What ONLY= is compared with."""
        return f"{self.device.name}/{self.name}"


def _has(field: str) -> bool:
    return any(each.name == field for each in dataclasses.fields(CoreConfig))


def configurations() -> dict[str, CoreConfig]:
    """Name -> core. PMP is there if the core has it."""
    windows = {
        "paddock-arena": {"public_window": False, "device_window": False, "grant_window": False},
        "paddock-public": {"device_window": False, "grant_window": False},
        "paddock-device": {"grant_window": False},
        "paddock": {},
    }
    configs = {"none": PLAIN}
    configs |= {name: dataclasses.replace(DEFAULT, **changes) for name, changes in windows.items()}
    configs |= {f"paddock-{modules}": dataclasses.replace(DEFAULT, modules=modules) for modules in _MODULES}
    if _has("pmp"):
        configs |= {f"pmp{entries}": dataclasses.replace(PLAIN, pmp=entries) for entries in _PMP}
    return configs


def for_device(core: CoreConfig, device: Device) -> CoreConfig:
    """The core as one would build it for the device."""
    return dataclasses.replace(core, **{name: value for name, value in device.config.items() if _has(name)})


def cases(only: str = "", devices: Iterable[Device] = DEVICES.values()) -> list[Case]:
    """All rows whose label, such as ``ecp5/paddock-256``, matches ``only``; CommandError if none does."""
    found = [
        case
        for device in devices
        for name, core in configurations().items()
        if re.search(only, (case := Case(device, name, for_device(core, device))).label)
    ]
    if not found:
        raise CommandError(f"nothing matches {only!r}; there is <device>/<config> with devices {', '.join(DEVICES)}")
    return found
