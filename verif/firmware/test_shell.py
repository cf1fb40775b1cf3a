"""The monitor shell, used as by hand: a command is typed when the prompt is there."""

import functools
import io

import pytest

from paddock.cli import main
from paddock.fw.shell import build_shell, typed

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
    _, *found, end = typed(build_shell().elf, SESSION)
    assert end == "exit\n"
    return dict(zip(SESSION, found, strict=True))


@pytest.mark.parametrize("command", SESSION)
def test_command(command):
    for text in SESSION[command]:
        assert text in answers()[command]


def test_lines_from_a_pipe(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("put 1 piped\nget 1\n"))
    assert main(["shell"]) == 0
    assert "> get 1\npiped\n> exit\n" in capsys.readouterr().out.replace("\r", "")
