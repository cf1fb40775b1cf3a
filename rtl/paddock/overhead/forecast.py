"""How long the rest of a campaign will take, from what its runs have taken so far."""

from collections import Counter, defaultdict
from statistics import mean

__all__ = ["Forecast"]


class Forecast:
    """Counts runs by group, such as (tool, device): runs of one group take about the same time."""

    def __init__(self, slots: int):
        self._slots = slots
        self._left: Counter = Counter()
        self._seconds: dict[object, list[float]] = defaultdict(list)
        self.total = self.done = 0

    def expect(self, group: object, runs: int = 1) -> None:
        """There will be so many runs."""
        self._left[group] += runs
        self.total += runs

    def finish(self, group: object, seconds: float | None = None) -> None:
        """One is done, now or in an earlier campaign; it took ``seconds``, or hardly any time as it ended early."""
        self._left[group] -= 1
        self.done += 1
        self._seconds[group].append(seconds or 0)

    def seconds_left(self) -> float | None:
        """An estimate; None while a group has not had its first run. Times of this machine and others are averaged."""
        left = {group: runs for group, runs in self._left.items() if runs > 0}
        if any(group not in self._seconds for group in left):
            return None
        return sum(runs * mean(self._seconds[group]) for group, runs in left.items()) / self._slots

    def __str__(self) -> str:
        seconds = self.seconds_left()
        if seconds is None:
            return "no estimate yet"
        minutes = seconds / 60
        return f"about {minutes:.0f} min left" if minutes < 90 else f"about {minutes / 60:.1f} h left"
