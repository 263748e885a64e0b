"""Every guess has another side, one setting away, and that setting works."""

from __future__ import annotations

import numpy as np
import pytest

from kdviz.data.mapping import mapping_from
from kdviz.data.raw import File
from kdviz.data.sources import parser_child
from tests.data.readers.test_devices import lines, walks
from tests.data.tables import layouts

Z = walks(240, 3).round(4)
STAYS = np.repeat([1, 2, 3, 1], 60)
FILES = {
    "ramp.csv": "n_s,ax,ay\n" + lines([[f"{i / 50:.2f}", *Z[i, :2]] for i in range(240)], ","),
    "stays.csv": lines([[*Z[i], STAYS[i]] for i in range(240)], ","),
    "words.csv": "ax,ay,what\n" + lines([[*Z[i, :2], "up" if STAYS[i] > 1 else "down"] for i in range(240)], ","),
    "few.csv": "time_s,ax,ay,gear\n" + lines([[f"{i / 50:.2f}", *Z[i, :2], int(i / 7) % 5] for i in range(240)], ","),
    "square.npy": layouts.npy(np.cumsum(np.random.default_rng(0).normal(size=(12, 20, 24)), axis=2)),
}


@pytest.mark.parametrize("name", FILES)
def test_the_second_best_reading_is_one_setting_away_and_can_be_read(name: str) -> None:
    data = FILES[name]
    content = data.encode() if isinstance(data, str) else data
    first = parser_child.opened([File(name, content)], mapping_from({}))
    assert first.surety is not None and 0.3 <= first.surety["sure"] < 1 and first.surety["why"]
    key, _, value = first.surety["setting"].partition("=")
    other = parser_child.opened([File(name, content)], mapping_from({key: value}))
    assert other.dataset.sha256 != first.dataset.sha256
    assert other.surety is not None and not other.surety["setting"].startswith(f"{key}=")


def test_what_names_say_is_sure() -> None:
    for name in ("tall.csv", "multivariate.ts", "night.edf", "named_last.csv"):
        found = parser_child.opened([File(name, layouts.FILES[name][0])], mapping_from({}))
        assert found.surety == {"sure": 1.0, "setting": "", "why": ""}, name
