"""What a manifest may say, and how it is refused."""

import pytest

from paddock.fw.manifest import Lend, ManifestError, Operation, Recovery, read_image, read_module

OPERATION = "[operations.run]\n"


def module(folder, text, name="probe", sources=("probe.c",)):
    place = folder / name
    place.mkdir(parents=True)
    (place / "module.toml").write_text(text)
    for source in sources:
        (place / source).write_text("")
    return place


def image(folder, names, **modules):
    for name, text in modules.items():
        module(folder / "modules", text, name)
    (folder / "image.toml").write_text(f"modules = {list(names)!r}\n")
    return read_image(folder, library=folder / "library", ids=16)


def test_defaults(tmp_path):
    found = read_module(module(tmp_path, OPERATION))
    assert (found.name, found.stack, found.heap, found.quota, found.budget) == ("probe", 512, 0, 0, 20_000)
    assert (found.device, found.callers, found.operations) == (None, (), (Operation("run"),))
    assert found.recovery == Recovery("keep", 0, "", "")
    assert (found.interrupts, found.interrupt_budget) == ({}, 2000)


def test_everything(tmp_path):
    text = """
        stack = 256
        heap = 1021
        heap_max = 4000
        quota = 100
        services = ["kmalloc"]
        include = ["."]
        define = { SPEED = 115200, NAME = "led" }
        budget = 5
        timers = 3
        device = "gpio"
        device_access = "read"
        callers = ["other"]
        [operations.run]
        lend = { pointer = 0, length = 5, access = "both" }
    """
    found = read_module(module(tmp_path, text))
    assert (found.stack, found.heap, found.quota, found.budget, found.device_access) == (256, 1021, 100, 5, 1)
    assert (found.heap_max, found.services, found.timers) == (4000, ("kmalloc",), 3)
    assert found.flags == (f"-I{found.folder / '.'}", "-DSPEED=115200", "-DNAME=led")
    assert (found.device.name, found.callers) == ("gpio", ("other",))
    assert found.operations == (Operation("run", Lend(0, 5, 3)),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stak = 256", "unknown key 'stak'"),
        ("stack = 'big'", "stack must be a whole number, not 'big'"),
        ("stack = true", "stack must be a whole number, not True"),
        ("stack = 32", "stack must be from 64 to 1048576, not 32"),
        ("stack = 100", "stack must be a multiple of 16, not 100"),
        ("heap = -1", "heap must be from 0 to 16777216, not -1"),
        ("heap = 64\nquota = 65", "quota must be from 0 to 64, not 65"),
        ("heap = 64\nheap_max = 63", "heap_max must be from 64 to 16777216, not 63"),
        (
            "services = ['malloc']",
            "services has 'malloc', which is no service of the kernel; those are: kmalloc, ksize",
        ),
        ("include = ['nowhere']", "include has 'nowhere', and there is no such folder in"),
        ("include = ['../other']", "include has '../other', which lies outside the module's folder"),
        ("define = { 'a b' = 1 }", "define has 'a b', which is no name of a C macro"),
        ("define = { A = true }", "define.A must be a whole number or a string, not True"),
        ("budget = 0", "budget must be from 1 to 2147483647, not 0"),
        ("device = 'lamp'", "there is no device 'lamp'; those for modules are: gpio, timer"),
        ("device = 'uart'", "device 'uart' belongs to the kernel: it is the kernel's console"),
        ("device_access = 'rw'", "device_access must be one of read, write, both, not 'rw'"),
        ("callers = 'led'", "callers must be a list, not 'led'"),
        ("callers = [1]", "callers must be a list of strings, not 1"),
        ("callers = ['a', 'a']", "callers has 'a' twice"),
        ("on_fault = 'retry'", "on_fault must be one of keep, restart, quarantine, panic, not 'retry'"),
        ("on_fault = 'restart'\nretries = 256", "retries must be from 0 to 255, not 256"),
        ("init = 'other'", "init must be one of the operations, not 'other'"),
        ("notify = 'other'", "notify must be one of the operations, not 'other'"),
        ("interrupt_budget = 0", "interrupt_budget must be from 1 to 2147483647, not 0"),
        ("timers = 257", "timers must be from 0 to 256, not 257"),
        ("interrupts.timer = 'on'", "interrupts.timer: the module has no device 'timer'"),
        ("device = 'timer'\ninterrupts.timer = 1", "interrupts.timer must be the name of a function, not 1"),
        ("device = 'gpio'\ninterrupts.gpio = 'on'", "interrupts.gpio: device 'gpio' has no interrupt line"),
        ("device = 'gpio'\nconsole = true", "console = true goes with device = 'uart' only"),
        ("console = 1", "console must be true or false, not 1"),
        ("stack = ", "Invalid value"),
    ],
)
def test_refused_module(tmp_path, text, message):
    with pytest.raises(ManifestError) as error:
        read_module(module(tmp_path, f"{text}\n{OPERATION}"))
    assert message in str(error.value)
    assert str(tmp_path / "probe" / "module.toml") in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no [operations.NAME]"),
        ("[operations]\nrun = 1", "operations.run must be a table, not 1"),
        ("[operations.'a b']", "'a b' is no name of a C function"),
        ("[operations.run]\nlent = 1", "operations.run: unknown key 'lent'"),
        ("[operations.run]\nlend = 1", "operations.run: lend must be a table, not 1"),
        ("[operations.run.lend]\nlength = 1", "pointer must be from 0 to 5, not -1"),
        ("[operations.run.lend]\npointer = 6", "pointer must be from 0 to 5, not 6"),
        ("[operations.run.lend]\npointer = 1\nlength = 1\naccess = 'read'", "pointer and length are both argument 1"),
        ("[operations.run.lend]\npointer = 1\nlength = 2\naccess = 'x'", "access must be one of read, write, both"),
    ],
)
def test_refused_operation(tmp_path, text, message):
    with pytest.raises(ManifestError) as error:
        read_module(module(tmp_path, text))
    assert message in str(error.value)


def test_refused_folders(tmp_path):
    with pytest.raises(ManifestError, match=r"module\.toml does not exist"):
        read_module(tmp_path / "nothing")
    with pytest.raises(ManifestError, match=r"there is no \.c, \.S, \.o or \.a beside it"):
        read_module(module(tmp_path, OPERATION, sources=()))
    with pytest.raises(ManifestError, match="'my-probe' is the module's name and must be a C identifier"):
        read_module(module(tmp_path, OPERATION, "my-probe"))


def test_driver(tmp_path):
    text = """
        device = "timer"
        on_fault = "restart"
        init = "run"
        interrupt_budget = 500
        interrupts.timer = "on_time"
        [operations.run]
    """
    found = read_module(module(tmp_path, text))
    assert found.recovery == Recovery("restart", 3, "run", "")
    assert (found.interrupts, found.interrupt_budget) == ({"timer": "on_time"}, 500)


def test_driver_of_the_console(tmp_path):
    found = read_module(module(tmp_path, f"device = 'uart'\nconsole = true\n{OPERATION}"))
    assert found.device.name == "uart"


def test_ids_follow_the_image(tmp_path):
    found = image(tmp_path, ["b", "a"], a="[operations.a_run]", b="[operations.b_run]")
    assert [one.name for one in found] == ["b", "a"]


@pytest.mark.parametrize(
    ("names", "modules", "message"),
    [
        (["a", "a"], {"a": OPERATION}, "modules has 'a' twice"),
        (["a"], {}, "there is no module 'a'"),
        (["a", "b"], {"a": OPERATION, "b": OPERATION}, "modules a and b both export 'run'"),
        (
            ["a", "b"],
            {"a": "device='gpio'\n[operations.a_run]", "b": "device='gpio'\n[operations.b_run]"},
            "device 'gpio' of module b is taken by module a",
        ),
        (["a"], {"a": "callers=['b']\n" + OPERATION}, "callers has 'b', which is not in this image"),
        (["a"], {"a": "callers=['a']\n" + OPERATION}, "callers has the module itself"),
        ([f"m{index}" for index in range(16)], {}, "16 modules, but there are ids for 15"),
    ],
)
def test_refused_image(tmp_path, names, modules, message):
    with pytest.raises(ManifestError) as error:
        image(tmp_path, names, **modules)
    assert message in str(error.value)
