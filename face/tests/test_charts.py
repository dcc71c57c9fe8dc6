"""Charts in numbers: where a value stands in the picture, and that the table says the same."""

from face.charts import chart


def test_a_chart_of_steps_goes_through_its_values_from_the_left_to_the_right() -> None:
    drawn = chart("Stock", ["Mon", "Tue"], {"On hand": [10, 5], "Available": [8, 0]}, level=("Low at", 2))
    assert drawn.scale == ("20", "15", "10", "5", "0")
    assert drawn.series[0].path == "M0 50.0 V50.0 H50.0 V75.0 H100.0"
    assert drawn.series[1].area == "M0 60.0 V60.0 H50.0 V100.0 H100.0 V100 H0 Z"
    assert (drawn.level, drawn.level_name) == (90.0, "Low at")
    assert [(slot.label, slot.values) for slot in drawn.slots] == [("Mon", ("10", "8")), ("Tue", ("5", "0"))]
    assert drawn.slots[1].told == "Tue: On hand 5, Available 0"


def test_bars_stand_beside_each_other_and_nothing_is_a_flat_line() -> None:
    bars = chart("Orders", ["1", "2", "3"], {"Orders": [0, 3, 1]}, kind="bars")
    assert (bars.series[0].path, bars.series[0].area.count("Z")) == ("", 3)
    assert bars.ends == ("1", "2", "3")
    nothing = chart("Orders", ["1"], {"Orders": [0]})
    assert (nothing.scale[0], nothing.series[0].path) == ("4", "M0 100.0 V100.0 H100.0")
    assert chart("Orders", [], {}).slots == ()


def test_large_values_have_round_lines_behind_them() -> None:
    assert chart("Units", ["x"], {"Units": [7_654_321]}).scale == (
        "8,000,000",
        "6,000,000",
        "4,000,000",
        "2,000,000",
        "0",
    )
