"""Draws the result as SVG. The same numbers give the same bytes, so that the pictures can be generated files."""

import io
from collections.abc import Callable, Mapping, Sequence

__all__ = ["cycles_svg", "frequency_svg", "luts_svg"]

_SETTINGS = {"svg.hashsalt": "paddock", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9}
_COLOURS = ("#33658a", "#f26419", "#55a630", "#7b2d8b")


def _figure(draw: Callable, title: str) -> str:
    """SVG of what ``draw(axes)`` draws."""
    from matplotlib import rc_context  # only whoever writes docs has it
    from matplotlib.figure import Figure

    with rc_context(_SETTINGS):
        figure = Figure(figsize=(8, 3.6), facecolor="white", layout="constrained")
        axes = figure.add_subplot()
        axes.set_title(title)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#dddddd")
        axes.set_axisbelow(True)
        draw(axes)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
    # No trailing blanks, as in every other file.
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _names(rows: Sequence[Mapping]) -> tuple[list[str], list[str]]:
    """Configurations and devices, in the order of the rows."""
    return list(dict.fromkeys(row["config"] for row in rows)), list(dict.fromkeys(row["device"] for row in rows))


def _grouped(axes, rows: Sequence[Mapping], each: Callable) -> None:
    """``each(position, row, width, colour, label)`` for every row, those of one configuration side by side."""
    configs, devices = _names(rows)
    width = 0.8 / len(devices)
    labelled = set()
    for row in rows:
        number = devices.index(row["device"])
        position = configs.index(row["config"]) + (number - (len(devices) - 1) / 2) * width
        label = None if row["device"] in labelled else row["part"]
        labelled.add(row["device"])
        each(position, row, width, _COLOURS[number % len(_COLOURS)], label)
    axes.set_xticks(range(len(configs)), configs, rotation=30, ha="right")
    axes.figure.legend(loc="outside lower center", ncols=len(devices), frameon=False)


def luts_svg(rows: Sequence[Mapping]) -> str:
    """How many more LUTs than without protection, in percent."""

    def draw(axes) -> None:
        def bar(position, row, width, colour, label):
            axes.bar(position, row["luts_percent"], 0.9 * width, color=colour, label=label)

        _grouped(axes, [row for row in rows if "luts_percent" in row], bar)
        axes.set_ylabel("%")

    return _figure(draw, "LUTs more than the same core without protection")


def frequency_svg(rows: Sequence[Mapping]) -> str:
    """Median frequency; the line is from the lowest to the highest of all placements."""

    def draw(axes) -> None:
        def dot(position, row, _width, colour, label):
            spread = [[row["mhz_median"] - row["mhz_min"]], [row["mhz_max"] - row["mhz_median"]]]
            axes.errorbar(position, row["mhz_median"], spread, fmt="o", ms=4, capsize=2, color=colour, label=label)

        _grouped(axes, [row for row in rows if "mhz_median" in row], dot)
        axes.set_ylim(bottom=0)
        axes.set_ylabel("MHz")

    return _figure(draw, "Frequency: median, lowest and highest of the placements")


def cycles_svg(rows: Sequence[Mapping]) -> str:
    """How many times the cycles without protection, on a logarithmic axis that begins there."""
    workloads = list(dict.fromkeys(row["workload"] for row in rows))
    configs = list(dict.fromkeys(row["config"] for row in rows if row["times_none"] != 1))

    def draw(axes) -> None:
        width = 0.8 / len(configs)
        for number, config in enumerate(configs):
            times = [row["times_none"] for row in rows if row["config"] == config]
            offset = (number - (len(configs) - 1) / 2) * width
            positions = [index + offset for index in range(len(workloads))]
            bars = axes.bar(positions, [each - 1 for each in times], 0.9 * width, bottom=1, color=_COLOURS[number])
            bars.set_label(config)
            axes.bar_label(bars, [f"{each:.1f}" for each in times], fontsize=7)
        axes.set_yscale("log")
        axes.set_ylim(bottom=1)
        axes.set_yticks([1, 2, 5, 10, 20], ["1", "2", "5", "10", "20"])
        axes.set_xticks(range(len(workloads)), [workload.replace("_", " ") for workload in workloads])
        axes.figure.legend(loc="outside lower center", ncols=len(configs), frameon=False)

    return _figure(draw, "Cycles, times those without protection")
