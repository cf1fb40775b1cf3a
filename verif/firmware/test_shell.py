"""The monitor shell, used as by hand: a command is typed when the prompt is there."""

import functools
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from paddock.fw.shell import build_shell
from paddock.sim.run import simulate

#: Typed in this order -> what the answer must have in it.
SESSION = {
    "modules": ["ready, faults 0, restarts 0 of 10  serial", "rogue", "files"],
    "put 3 hello": ["\n0\n"],
    "get 3": ["\nhello\n"],
    "get 4": ["ENOENT"],
    "poke rogue 1": ["rogue (id 4): store refused, pc ", "address 00000000: null page", "rogue says EFAULT (-14)"],
    "poke": ["poke rogue N"],
    "faults": ["1 faults\n[1] cycle "],
    "bench": ["a call of led and back: "],
    "restart rogue": ["\n0\n"],
    "restart serial": ["\n0\n"],
    "restart nobody": ["no such module"],
    "mem": ["files: arena ", ", heap 0 of 0 used, 0 at most, in 0 blocks, 0 refused, 0 bad frees\n"],
    "help": ["exit  end"],
    "xmodules\b\b\b\b\b\b\b\b\bbogus": ["no such command: bogus"],
}


@functools.cache
def answers() -> dict[str, str]:
    read_keys, write_keys = os.pipe()
    read_text, write_text = os.pipe()
    found = {}
    with ThreadPoolExecutor(1) as pool:

        def run():
            try:
                return simulate(build_shell().elf, max_cycles=100_000_000, stdin=read_keys, stdout=write_text)
            finally:
                os.close(write_text)

        simulation = pool.submit(run)

        def until_prompt() -> str:
            text = b""
            while not text.endswith(b"\n> "):
                byte = os.read(read_text, 1)
                assert byte, f"the shell ended: {text!r}"
                text += byte
            return text.decode()

        until_prompt()
        for command in SESSION:
            os.write(write_keys, command.encode() + b"\n")
            found[command] = until_prompt()
        os.write(write_keys, b"exit\n")
        assert simulation.result().status == 0
    return found


@pytest.mark.parametrize("command", SESSION)
def test_command(command):
    for text in SESSION[command]:
        assert text in answers()[command]
