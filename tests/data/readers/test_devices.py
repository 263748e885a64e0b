"""Devices' own layouts, as their programs write them: heads, counters, units, rates."""

from __future__ import annotations

import numpy as np
import pytest

from kdviz.core.errors import FileError
from tests.data.readers.test_reported_files import cases, opened, recording

ROWS = 120
X, Y = np.sin(np.arange(ROWS) / 7), np.cos(np.arange(ROWS) / 9)


def test_a_counter_beside_a_clock_is_no_channel() -> None:
    rows = "".join(f'"2023-05-02 09:30:{i / 20:06.3f}",{111868300 + i},{X[i]:.4f},{Y[i]:.4f}\n' for i in range(ROWS))
    head = '"TOA5","CR1000","fast"\n"TIMESTAMP","RECORD","Ux","Uy"\n"TS","RN","m/s","m/s"\n"","","Smp","Smp"\n'
    found = recording(opened("fast.dat", head + rows))
    assert (found.channels, found.rate, found.rows) == (("Ux", "Uy"), 20.0, ROWS)


@pytest.mark.parametrize(
    ("line", "rate"), [("0.5 msec/sample", 2000), ("2000 samples/second", 2000), ("2 kS/s: 2 kSa/s", 2000)]
)
def test_minutes_with_fractions_are_a_clock_and_the_head_says_the_rate(line: str, rate: float) -> None:
    rows = "".join(f"{i / 120_000:.9f}\t{X[i]:.4f}\t{Y[i]:.4f}\n" for i in range(ROWS))
    found = recording(opened("s07.txt", f"s07.acq\n{line}\nmin\tCH1\tCH2\n\t{ROWS}\t{ROWS}\n{rows}"))
    assert (found.channels, found.rate, found.rows) == (("CH1", "CH2"), rate, ROWS)


def test_more_names_than_values_are_refused_and_the_advice_works() -> None:
    text = "a,time,b,c\n" + "".join(f"{i / 50},{X[i]:.4f},{Y[i]:.4f}\n" for i in range(ROWS))
    with pytest.raises(FileError, match=r"4 names, line 2 has 3 values.*head=2 header=no"):
        opened("a.csv", text)
    assert recording(opened("a.csv", text, head=2, header="no")).rows == ROWS


def test_the_first_values_may_be_missing() -> None:
    times = [f"2023-05-02T{9 + i // 60:02d}:{i % 60:02d}:00Z" for i in range(ROWS)]
    rows = [
        f"sensor.{s},{'unknown' if i < 2 else round(20 + X[i], 3)},{t}\n" for s in "ab" for i, t in enumerate(times)
    ]
    found = cases(opened("history.csv", "entity_id,state,last_changed\n" + "".join(rows)))
    assert [v.shape for v in found.values] == [(1, ROWS)] * 2
