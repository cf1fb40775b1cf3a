"""The kernel's allocator on the host, under its sanitizers, in random histories against a model of a few lines."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from paddock.cache import cached, content_key
from paddock.fw.build import FIRMWARE

DRIVER = Path(__file__).parent / "host" / "alloc_driver.c"
KERNEL = FIRMWARE / "kernel"
EINVAL = 22
BLOCK, FOREIGN, FREED, INSIDE = range(4)
SETTINGS = settings(
    max_examples=100,
    stateful_step_count=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def driver(source: Path) -> Path:
    """The driver with the allocator ``source``, compiled with the host's sanitizers."""
    flags = ["-std=gnu11", "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    # The host's own headers come first where both have one.
    includes = [f"-I{KERNEL}", "-idirafter", FIRMWARE / "include"]

    def build(folder: Path) -> None:
        # g++ is what everyone has who has set up the project; it compiles C if it is told so for each file.
        command = ["g++", *flags, *includes, "-x", "c", source, "-x", "c", DRIVER, "-o", folder / "driver"]
        subprocess.run(command, check=True)

    headers = [KERNEL / "alloc.h"]
    return cached("host-alloc", content_key(files=[source, DRIVER, *headers], texts=flags), build) / "driver"


def bound(granules: int) -> int:
    """A free run of this length is found in any case."""
    if granules < 16:
        return granules
    step = 1 << granules.bit_length() - 4
    return (granules // step + 1) * step


class AllocatorMachine(RuleBasedStateMachine):
    """Random use of one heap; the model knows the owner of each granule."""

    program = None
    process = None

    @classmethod
    def start(cls):
        """Start the driver; one does for all histories, unless it has died."""
        if cls.process is None or cls.process.poll() is not None:
            cls.process = subprocess.Popen([cls.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    @classmethod
    def end(cls):
        """The sanitizers have their last word when it ends."""
        with cls.process as process:
            process.stdin.close()
            assert process.wait() == 0, process.stdout.read()

    def ask(self, *words) -> int:
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer.strip().lstrip("-").isdigit():
            self.process.wait()
            raise AssertionError(answer or "the driver has died")
        return int(answer)

    @initialize(
        base=st.sampled_from([0x1000, 0x8000_1230, 0xFFFF_0000]),
        shift=st.sampled_from([4, 5, 7]),
        initial=st.integers(0, 20) | st.integers(0, 200),
        more=st.integers(0, 60),
        data=st.data(),
    )
    def create(self, base, shift, initial, more, data):
        self.base, self.shift, self.initial, self.limit = base, shift, initial, initial + more
        self.quota = data.draw(st.integers(0, self.limit) | st.just(self.limit))
        self.start()
        self.ask("n", base, shift, initial, self.limit, self.quota)
        self.empty()

    def empty(self):
        self.granules = self.initial
        self.blocks: dict[int, int] = {}
        self.freed: list[int] = []

    def runs(self) -> list[tuple[int, int]]:
        """(first granule, length) of everything that is free."""
        taken = {g for start, count in self.blocks.items() for g in range(start, start + count)}
        runs, start = [], None
        for g in range(self.granules + 1):
            if g < self.granules and g not in taken:
                start = g if start is None else start
            elif start is not None:
                runs.append((start, g - start))
                start = None
        return runs

    def address(self, granule: int) -> int:
        return self.base + (granule << self.shift)

    def granules_for(self, size: int) -> int:
        return -(-size >> self.shift) if size else 0

    def check_allocation(self, size):
        count = self.granules_for(size)
        used = sum(self.blocks.values())
        found = self.ask("a", size)
        if found == 0:
            longest = max((length for _, length in self.runs()), default=0)
            assert not 0 < count <= self.quota - used or longest < bound(count)
            return
        assert 0 < count <= self.quota - used
        start = (found - self.base) >> self.shift
        assert found == self.address(start)
        assert any(low <= start and start + count <= low + length for low, length in self.runs())
        self.blocks[start] = count

    @rule(granules=st.integers(1, 5))
    def allocate_small(self, granules):
        self.check_allocation((granules << self.shift) - granules % 2)

    @rule(size=st.integers(0, 300) | st.integers(0, 8000) | st.sampled_from([2**31, 2**32 - 1]))
    def allocate_any(self, size):
        self.check_allocation(size)

    @precondition(lambda self: self.blocks)
    @rule(number=st.integers(0, 30))
    def free(self, number):
        start = sorted(self.blocks)[number % len(self.blocks)]
        assert self.ask("l", self.address(start)) == BLOCK
        assert self.ask("s", self.address(start)) == self.blocks[start] << self.shift
        assert self.ask("f", self.address(start)) == 0
        del self.blocks[start]
        self.freed.append(self.address(start))

    @precondition(lambda self: len(self.blocks) > 3)
    @rule()
    def free_every_second(self):
        for number in range(len(self.blocks) // 2):
            self.free(number)

    def check_refused(self, pointer: int):
        """Whatever is no block is refused, is said to be no block, and has no size."""
        offset = pointer - self.base
        start = offset >> self.shift
        aligned = offset % (1 << self.shift) == 0
        if aligned and start in self.blocks:
            return
        look = self.ask("l", pointer)
        assert (look == FOREIGN) == (not 0 <= start < self.granules)
        assert look != BLOCK and (aligned or look != FREED)
        if aligned and start in [low for low, _ in self.runs()]:
            assert look == FREED
        assert self.ask("s", pointer) == 0
        assert self.ask("f", pointer) == (-EINVAL if pointer else 0)

    @precondition(lambda self: self.freed)
    @rule(number=st.integers(0, 30))
    def free_again(self, number):
        self.check_refused(self.freed[number % len(self.freed)])

    @rule(offset=st.integers(-40, 5000) | st.integers(0, 2**32 - 1))
    def free_anything(self, offset):
        self.check_refused((self.base + offset) % 2**32)
        end = self.address(self.granules)
        self.check_refused(end + offset % 3 * 16)

    @rule(most=st.integers(-30, 2), odd=st.booleans())
    def grow(self, most, odd):
        """Ask for about as much as it could grow by."""
        runs = self.runs()
        tail = runs[-1][1] if runs and sum(runs[-1]) == self.granules else 0
        size = (max(0, tail + self.limit - self.granules + most) << self.shift) + odd
        count = self.granules_for(size)
        used = sum(self.blocks.values())
        more = self.ask("g", size)
        if more:
            assert more == count - tail << self.shift
            assert count <= self.quota - used and max(length for _, length in runs or [(0, 0)]) < bound(count)
            self.granules += count - tail
            assert self.granules <= self.limit
            found = self.ask("a", size)
            assert found == self.address(self.granules - count)
            self.ask("f", found)
        else:
            fits = any(length >= count for _, length in runs)
            assert count == 0 or fits or count > self.quota - used or self.granules + count - tail > self.limit

    @rule(dice=st.integers(0, 7))
    def reset(self, dice):
        if dice == 0:
            self.ask("r")
            self.empty()


def run(source: Path, how: settings = SETTINGS):
    machine = type("Machine", (AllocatorMachine,), {"program": driver(source)})
    run_state_machine_as_test(machine, settings=how)
    machine.end()


def test_random_histories_agree_with_a_model():
    run(KERNEL / "alloc.c")


_PLANTS = {
    "neighbour_above_is_left": ("if (free_size(heap, end)) {", "if (0) {"),
    "neighbour_below_is_left": ("if (below) {", "if (0) {"),
    "quota_is_one_more": ("count <= heap->quota - heap->used ?", "count <= heap->quota - heap->used + 1 ?"),
    "rest_is_lost": ("if (found > count) {", "if (found > count + 1) {"),
    "inside_is_a_block": ("(tag & KIND) == USED ? HEAP_BLOCK", "(tag & KIND) != FREE ? HEAP_BLOCK"),
    "class_is_trusted": (" && free_size(heap, index) >= count", ""),
    "grows_beyond_its_limit": ("heap->limit - heap->granules ||", "heap->limit - heap->granules + 1 ||"),
    "reset_keeps_what_has_grown": (
        "heap->granules = heap->initial;",
        "if (!heap->granules) heap->granules = heap->initial;",
    ),
    "last_granule_behind_the_heap": (">= heap->granules) {", "> heap->granules) {"),
}


@pytest.mark.parametrize("name", _PLANTS)
def test_notices(name, tmp_path):
    old, new = _PLANTS[name]
    text = (KERNEL / "alloc.c").read_text()
    assert text.count(old) == 1
    (tmp_path / "alloc.c").write_text(text.replace(old, new))
    # What is wrong shows in an assertion, or in the driver's end; the shortest history is of no interest here.
    with pytest.raises((AssertionError, BaseExceptionGroup)):
        run(tmp_path / "alloc.c", settings(SETTINGS, phases=[Phase.generate], max_examples=400))
