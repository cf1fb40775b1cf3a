"""The core's interfaces: two RAM ports, Wishbone for devices, the monitor's probe. All seen from the initiator."""

from amaranth import *
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from .config import CoreConfig

__all__ = ["DataPort", "FetchPort", "ProbePort", "Window", "Wishbone"]


class FetchPort(wiring.Signature):
    """Instruction memory, read only, pipelined: address in one cycle, data in the next.

    A request is a cycle with ``en``. Its answer comes in the next cycle, or later: while ``ready`` is low in an
    answer cycle the memory needs more time, and the core makes no new request until it is high. From then on
    ``ready`` stays high, and the answer (``rdata``, ``err``) holds its value, until the cycle after the next request:
    block RAM with a read enable does so. A memory without wait states ties ``ready`` to 1.
    """

    def __init__(self):
        super().__init__(
            {
                "en": Out(1),  # request; never high while an answer is due and ready is low
                "addr": Out(32),  # byte address, multiple of 4; valid with en
                "rdata": In(32),  # the word; valid from the answer cycle on
                "err": In(1),  # nothing there; valid with rdata
                "ready": In(1),  # the answer is there
            }
        )


class DataPort(wiring.Signature):
    """Data RAM, same protocol as `FetchPort`, with byte-wise writes.

    ``we`` high is a store: it takes effect at the end of the request cycle and is never asserted for an access that
    a check refuses. A read may be asserted for a load that is then refused: its answer is discarded. Reads below
    0x8000_0000 (devices) may be asserted too: the RAM must answer, its answer is not used.
    """

    def __init__(self):
        super().__init__(
            {
                "en": Out(1),  # request, read or write
                "addr": Out(32),  # byte address; bits 1:0 are to be ignored; valid with en
                "we": Out(4),  # byte lanes to write; all 0: a read. Implies en
                "wdata": Out(32),  # bytes in their lanes; valid with we
                "rdata": In(32),  # the word; valid in the answer cycle
                "err": In(1),  # nothing there (read or write); valid in the answer cycle
                "ready": In(1),  # the answer is there
            }
        )


class Wishbone(wiring.Signature):
    """Wishbone B4, classic cycles, 32 bits wide, byte granularity; names as in the specification, section 2.2.

    ``stb`` stays until ``ack`` or ``err``; both may come in the cycle in which ``stb`` rises, at the earliest. One of
    them must come in bounded time: the core waits for it with interrupts pending, so that a device that never answers
    takes the processor away from the kernel.
    """

    def __init__(self):
        super().__init__(
            {
                "cyc": Out(1),
                "stb": Out(1),
                "we": Out(1),
                "adr": Out(30),  # word address: byte address >> 2
                "sel": Out(4),  # byte lanes
                "dat_w": Out(32),
                "dat_r": In(32),
                "ack": In(1),
                "err": In(1),
            }
        )


class Window(data.Struct):
    """Half-open byte range ``[lower, upper)`` with permissions; lower >= upper matches nothing."""

    lower: 32
    upper: 32
    read: 1
    write: 1


class ProbePort(wiring.Signature):
    """What the core is doing, for the monitor: the active windows and every access that took effect.

    The core's own verdict is not on it, so that a watcher has to judge for itself.
    """

    def __init__(self, config: CoreConfig):
        super().__init__(
            {
                "id": Out(config.id_bits),  # active module in this cycle
                "arena": Out(Window),  # active windows; meaningless while id is 0
                "device": Out(Window),
                "grant": Out(Window),
                "public": Out(Window),
                "store": Out(1),  # a store leaves for the RAM in this cycle, from (addr, size)
                "device_request": Out(1),  # a device access was let through in this cycle; on the bus from the next
                "device_write": Out(1),  # it is a write
                "load": Out(
                    1
                ),  # a load from RAM was let through in this cycle: its data go to rd unless the RAM refuses it
                "addr": Out(32),  # byte address of the access
                "size": Out(2),  # log2 of its bytes: 0, 1 or 2
            }
        )
