"""Configurations that cannot be built are refused in words that name field and value; the presets elaborate."""

import dataclasses
import re

import pytest
from amaranth.back import rtlil

from paddock.config import DEFAULT, MINIMAL, PLAIN, PMP4, PMP8, PMP16, ConfigError, CoreConfig, SocConfig
from paddock.core import Core

REFUSED = {
    "reset_address must be a multiple of 4 from 0x80000000 up (the core fetches from RAM only), not 0x80000002": {
        "reset_address": 0x8000_0002
    },
    "reset_address must be a multiple of 4 from 0x80000000 up (the core fetches from RAM only), not 0x0": {
        "reset_address": 0
    },
    "hart_id must fit 32 bits, not -1": {"hart_id": -1},
    "modules must be a power of two from 2 to 256, not 12": {"modules": 12},
    "modules must be a power of two from 2 to 256, not 1": {"modules": 1},
    "modules must be a power of two from 2 to 256, not 512": {"modules": 512},
    "modules must be a power of two from 2 to 256, not '16'": {"modules": "16"},
    "frames must be a power of two from 2 to 256, not 0": {"frames": 0},
    "frames must be a power of two from 2 to 256, not 3": {"frames": 3},
    "pmp must be one of 0, 4, 8, 16, not 5": {"pmp": 5, "paddock": False},
    "pmp 16 and paddock exclude each other: set paddock to False, or pmp to 0": {"pmp": 16},
}
SOC_REFUSED = {
    "ram_bytes must be a power of two from 4096 to 67108864, not 2048": {"ram_bytes": 2048},
    "ram_bytes must be a power of two from 4096 to 67108864, not 5000": {"ram_bytes": 5000},
    "reset_address 0x80010000 lies behind the RAM, which ends at 0x80010000": {
        "core": CoreConfig(reset_address=0x8001_0000),
        "ram_bytes": 0x1_0000,
    },
    "baud must be from 1 to clock_hz / 16 = 62500, not 115200": {"clock_hz": 1_000_000, "baud": 115_200},
    "baud must be from 1 to clock_hz / 16 = 62500, not 0": {"clock_hz": 1_000_000, "baud": 0},
}
ELABORATED = {
    "default": DEFAULT,
    "minimal": MINIMAL,
    "plain": PLAIN,
    "pmp4": PMP4,
    "pmp8": PMP8,
    "pmp16_rvfi": dataclasses.replace(PMP16, rvfi=True),
    "rvfi": dataclasses.replace(DEFAULT, rvfi=True),
    "smallest": dataclasses.replace(MINIMAL, modules=2, frames=2),
    "largest": dataclasses.replace(DEFAULT, modules=256, frames=256),
    **{f"without_{name}": dataclasses.replace(DEFAULT, **{name: False}) for name in
       ("device_window", "grant_window", "public_window")},
}  # fmt: skip


@pytest.mark.parametrize("message", REFUSED)
def test_core_refuses(message):
    with pytest.raises(ConfigError, match=f"^{re.escape(message)}$"):
        CoreConfig(**REFUSED[message])


@pytest.mark.parametrize("message", SOC_REFUSED)
def test_soc_refuses(message):
    with pytest.raises(ConfigError, match=f"^{re.escape(message)}$"):
        SocConfig(**SOC_REFUSED[message])


def test_configurations_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        DEFAULT.modules = 4


@pytest.mark.parametrize("name", ELABORATED)
def test_elaborates(name):
    assert "module \\top" in rtlil.convert(Core(ELABORATED[name]), emit_src=False)


def test_d10_configured_out_there_is_no_logic_of_the_extension():
    text = rtlil.convert(Core(PLAIN), emit_src=False)
    for word in ("modules", "checker", "fetch_checker", "probe", "grant", "arena", "pd_"):
        assert word not in text, f"{word!r} is in the plain core"


@pytest.mark.parametrize("config", [PLAIN, DEFAULT], ids=["plain", "default"])
def test_configured_out_there_is_no_logic_of_user_mode_and_pmp(config):
    text = rtlil.convert(Core(config), emit_src=False)
    for word in ("pmp", "user", "counters"):
        assert word not in text, f"{word!r} is in the core"


def test_widths_follow():
    config = CoreConfig(modules=64, frames=8)
    assert (config.id_bits, config.frame_bits) == (6, 3)
