"""What a build shows while it runs, from lines that its tools print."""

from boards.progress import Progress

LINES = (
    (0, " Yosys 0.70 (git sha1 28ba3cb92, Release, Clang 22.1.0)"),
    (9, "9. Executing SYNTH_ICE40 pass."),
    (50, "9.24.6.2. Executing ABC9 pass"),
    (60, "9.25. Executing ABC pass (technology mapping using ABC)."),
    (80, "Info: Packing constants.."),
    (81, "Info: Packing IOs.."),
    (90, "Info: Creating initial analytic placement for 3868 cells, random placement wirelen = 131429."),
    (200, "Info: Routing 17521 arcs."),
    (210, "Info:       1000 |      117        882 |  117   882 |     16915|      16.43      16.43|"),
    (231, "Info:       2000 |      217       1782 |  117   882 |     15015|      16.43      32.43|"),
    (240, "Info:       3000 |      317       2682 |  117   882 |     13015|      16.43      40.43|"),
    (262, "Info:     iter=12 wires=81234 overused=345 overuse=400 archfail=NA"),
    (300, "Info: Program finished normally."),
)


def test_each_stage_once_and_now_and_then_what_is_left():
    shown, now = [], [0]
    progress = Progress(shown.append, clock=lambda: now[0])
    for seconds, line in LINES:
        now[0] = seconds
        progress.feed(line)
    assert [line.strip() for line in shown] == [
        "0 s  synthesis",
        "9 s  synthesis: for this FPGA",
        "50 s  synthesis: mapping to LUTs",
        "80 s  packing",
        "90 s  placement",
        "200 s  routing",
        "231 s  routing: 15015 connections left",
        "262 s  routing: 345 connections left",
        "300 s  bitstream",
    ]
