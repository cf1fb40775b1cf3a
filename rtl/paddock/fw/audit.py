"""``paddock audit``: a page that says of an image who may touch what, who may call whom, and what is in each module.

It is read off the linked program, the manifests and the objects' own import tables; nothing in it is written by hand.
"""

import argparse
from pathlib import Path

from ..isa.memmap import DEVICES
from ..paths import BUILD
from .build import Image
from .elf import KINDS
from .images import build_folder
from .manifest import KERNEL_DEVICES, Module
from .objects import LinkedModule
from .services import MODULE_CALL
from .symbols import Symbols

__all__ = ["add_arguments", "page", "run"]

_ACCESS = ("-", "read", "write", "read, write")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``paddock audit``."""
    parser.add_argument("folder", type=Path, nargs="?", help="the image; the demo if there is none")
    parser.add_argument("-o", "--out", type=Path, metavar="FILE", help="where the page goes (build/audit/IMAGE.md)")


def run(args: argparse.Namespace) -> int:
    """Write the page."""
    image = build_folder(args.folder)
    out = args.out or BUILD / "audit" / f"{image.name}.md"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page(image))
    print(out)
    return 0


def _table(head: list[str], rows: list[list[object]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return [*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows), ""]


def _span(low: int, high: int) -> str:
    return f"`{low:08x}` - `{high:08x}`" if low < high else "none"


class _Page:
    def __init__(self, image: Image):
        self.image = image
        self.at = Symbols(image.elf).addresses
        self.operations = {operation.name: module for module in image.modules for operation in module.operations}

    def text(self) -> str:
        names = [module.name for module in self.image.modules]
        lines = [f"# Audit of the image {self.image.name}", ""]
        lines += ["Made by `make audit` from the linked program, the manifests and what the objects import.", ""]
        lines += ["Ranges are half-open: the second address is the first byte that is not meant.", ""]
        lines += ["## Who may touch what", ""]
        lines += ["What has no entry for a module is refused to it by the hardware, in the access's own cycle.", ""]
        lines += _table(["Memory", "Bytes", "What", *names], self.memory_rows())
        lines += [
            "A buffer that a caller lends is open besides, for the time of one call; see each module's operations."
        ]
        lines += ["", "## Who may call whom", ""]
        lines += ["The kernel may call everything. **Bold**: the caller's objects do import it.", ""]
        lines += _table(["Caller", *names], [self.call_row(caller) for caller in self.image.modules])
        lines += ["## Which services each may ask for", ""]
        lines += _table(["Module", "Service", "Stated or found", "Imported by"], self.service_rows())
        for linked in self.image.linked:
            lines += self.module(linked)
        return "\n".join(lines)

    # Memory

    def memory_rows(self) -> list[list[object]]:
        at, modules = self.at, self.image.modules
        nobody = ["-"] * len(modules)
        rows = [
            ("kernel code and constants", "__kernel_text_start", "__kernel_text_end", nobody),
            (
                "public: code and constants of modules",
                "__public_start",
                "__public_end",
                ["read, execute"] * len(modules),
            ),
            ("kernel data and stack", "__kernel_data_start", "__kernel_data_end", nobody),
        ]
        for index, module in enumerate(modules):
            own = [*nobody[:index], "read, write", *nobody[index + 1 :]]
            for part, low, high in (
                ("stack", "lower", "stack_top"),
                ("data", "data", "heap"),
                ("heap", "heap", "upper"),
            ):
                rows.append(
                    (f"{part} of {module.name}", f"{module.name}.arena.{low}", f"{module.name}.arena.{high}", own)
                )
            grown = [*nobody[:index], "once its heap has grown", *nobody[index + 1 :]]
            limit = f"{module.name}.arena.limit"
            rows.append((f"room of {module.name}", f"{module.name}.arena.upper", limit, grown))
        rows.append(("initial data, for restarts", "__images_start", "__images_end", nobody))
        found = [[_span(at[low], at[high]), at[high] - at[low], what, *who] for what, low, high, who in rows]
        return [row for row in found if row[1]] + self.device_rows()

    def device_rows(self) -> list[list[object]]:
        rows = []
        for device in sorted(DEVICES, key=lambda each: each.base):
            who = [_ACCESS[m.device_access] if m.device == device else "-" for m in self.image.modules]
            what = f"{device.name}: {KERNEL_DEVICES.get(device.name, 'registers of a driver')}"
            rows.append([_span(device.base, device.base + device.size), device.size, what, *who])
        return rows

    # Calls

    def call_row(self, caller: Module) -> list[str]:
        linked = next(each for each in self.image.linked if each.module is caller)
        row = [caller.name]
        for callee in self.image.modules:
            names = [operation.name for operation in callee.operations] if caller.name in callee.callers else []
            cells = [f"**{name}**" if name in linked.imports else name for name in names]
            row.append(", ".join(cells) or "-")
        return row

    def service_rows(self) -> list[list[str]]:
        rows = []
        for linked in self.image.linked:
            module = linked.module
            for service in self.image.services[module.name]:
                names = self.operations if service == MODULE_CALL else (service,)
                by = sorted({each for name in names for each in linked.imports.get(name, ())})
                origin = "found" if module.services is None else "stated"
                if not by:
                    by = ["the library, on its behalf" if origin == "found" else "none of its objects by name"]
                rows.append([module.name, service, origin, ", ".join(by)])
        return rows or [["-"] * 4]

    # Modules

    def module(self, linked: LinkedModule) -> list[str]:
        module, at = linked.module, self.at
        arena = f"{module.name}.arena."
        lines = [f"## Module {module.name}", ""]
        room = f", and may grow to `{at[arena + 'limit']:08x}`" if module.heap_max > module.heap else ""
        bounds = _span(at[arena + "lower"], at[arena + "upper"])
        lines.append(f"- Arena {bounds}{room}; at most {module.quota} bytes of heap in use.")
        device = module.device
        lines.append(
            f"- Device: {device.name} {_span(device.base, device.base + device.size)}, {_ACCESS[module.device_access]}."
            if device
            else "- Device: none."
        )
        lines.append(f"- A call may take {module.budget} cycles.")
        for name, handler in module.interrupts.items():
            lines.append(f"- Interrupts of {name}: `{handler}`, which may take {module.interrupt_budget} cycles.")
        recovery = module.recovery
        times = f", {recovery.retries} times at most" if recovery.on_fault == "restart" else ""
        lines.append(f"- After a fault: {recovery.on_fault}{times}.")
        lines.append(f"- Called by: {', '.join(['the kernel', *module.callers])}.")
        used = [name for name in linked.imports if name in self.image.library]
        lines += [f"- Functions of the library: {', '.join(used) or 'none'}.", ""]
        lines += _table(["Operation", "Lends"], [[operation.name, _lent(operation)] for operation in module.operations])
        rows = [
            [each.short, each.compiler or "not stated", *(each.size_of(kind) for kind in KINDS)]
            for each in linked.origins.values()
        ]
        return lines + _table(["Object", "Compiled by", *(kind.capitalize() for kind in KINDS)], rows)


def _lent(operation) -> str:
    lend = operation.lend
    return f"argument {lend.pointer}, argument {lend.length} bytes of it: {_ACCESS[lend.access]}" if lend else "-"


def page(image: Image) -> str:
    """The audit page, in Markdown."""
    return _Page(image).text()
