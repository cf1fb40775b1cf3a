"""The cores that are fuzzed: every window left out once, and the ends of the table and of the call stack."""

from dataclasses import replace

from paddock.config import DEFAULT, MINIMAL, PLAIN, CoreConfig

__all__ = ["CONFIGS", "MIXED", "RUN", "config_name"]

CONFIGS: dict[str, CoreConfig] = {
    name: replace(config, rvfi=True)
    for name, config in {
        "default": DEFAULT,
        "minimal": MINIMAL,
        "plain": PLAIN,
        "no-device": replace(DEFAULT, device_window=False),
        "no-grant": replace(DEFAULT, grant_window=False),
        "no-public": replace(DEFAULT, public_window=False),
        "smallest": replace(DEFAULT, modules=2, frames=2),
        "largest": replace(DEFAULT, modules=256, frames=256),
    }.items()
}
#: All of them in turn.
MIXED = "mixed"
#: So many seeds in a row have the same core, that each meets every combination of wait states and interrupts.
RUN = 16


def config_name(choice: str, seed: int) -> str:
    """The core that a seed runs on."""
    return list(CONFIGS)[seed // RUN % len(CONFIGS)] if choice == MIXED else choice
