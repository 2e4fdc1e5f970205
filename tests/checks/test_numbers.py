"""Series of numbers: what a check says of them."""

import seqkit


def rows(change=lambda number, row: row):
    made = []
    for number in range(200):
        time = f"2024-01-{1 + number // 24:02} {number % 24:02}:00"
        row = {"time": time, "load": float(number % 24), "flat": 1.0}
        if row := change(number, row):
            made.append(row)
    return made


def found(dataset, check, verdict="warn"):
    report = seqkit.recipes.forecasting.check(dataset)
    return [one.text for one in report.checks[check] if one.verdict == verdict]


def test_values_that_are_missing_or_never_change():
    def change(number, row):
        return {**row, "load": None} if number % 10 == 0 and number < 50 else row

    texts = found(rows(change), "numbers")
    assert "train, load: 5 of 140 values are missing" in texts
    assert "test, flat: always 1" in texts


def test_a_mean_that_has_drifted():
    def change(number, row):
        return {**row, "load": row["load"] + 100 * (number >= 160)}

    (drift,) = [one for one in found(rows(change), "numbers") if "deviations" in one]
    assert drift.startswith("test, load: the mean is 14")


def test_times_that_are_missing_or_out_of_order():
    hole = rows(lambda number, row: row if number != 30 else None)
    assert found(hole, "times") == ["train: 1 times are missing"]
    swapped = rows()
    swapped[3], swapped[4] = swapped[4], swapped[3]
    (text,) = found(swapped, "times", "fail")
    assert "split train, row 4: expected a time after 2024-01-01 04:00:00" in text


def test_nothing_is_wrong_with_the_sample():
    report = seqkit.recipes.forecasting.check()
    assert report.verdict == "pass" and "duplicates" not in report.checks
