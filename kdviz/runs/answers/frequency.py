"""What frequencies the networks are made of."""

from __future__ import annotations

import numpy as np

from kdviz.metrics.separability import evenly_spaced
from kdviz.runs.analysis.frequency_content import filters, spectra
from kdviz.runs.analysis.opened_run import OpenedRun, check_series
from kdviz.runs.answers.base import Answer, Question, opened


class Frequency(Question):
    """Spectra of every network at a stage, and a frequency method's filters."""

    id = "frequency"

    def answer(self, run: str, series: int, stage: int = -1) -> Answer:
        """See `frequency`."""
        return frequency(opened(run), series, stage)


def frequency(one: OpenedRun, series: int, stage: int = -1) -> Answer:
    """Words `spectra` and `filters`; arrays `spectra/...` over some test series with `series` first, `filters/...`.

    Maps and filters are those of `series`; radial energy and shares are over up to 64 test series.
    """
    check_series(one, series)
    others = evenly_spaced(one.data.test, 64)
    mine = np.concatenate([[series], others[others != series]]).astype(np.int64)
    seen, maps = spectra(one, mine, stage)
    done, filtered = filters(one, mine)
    arrays = {f"spectra/{name}": value for name, value in maps.items()}
    arrays |= {f"filters/{name}": value for name, value in filtered.items()}
    return {"spectra": seen, "filters": done, "series": int(mine.size)}, arrays
