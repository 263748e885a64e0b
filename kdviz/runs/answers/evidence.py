"""Where every network of a run looked in one series, by one extractor."""

from __future__ import annotations

import numpy as np

from kdviz.evidence.base import extractor as named
from kdviz.runs.analysis import opened_run
from kdviz.runs.answers.base import Answer, Arrays, Question, opened
from kdviz.training.encoded_data import encode


class Evidence(Question):
    """Maps, time axis and probabilities by role."""

    id = "evidence"

    def answer(self, run: str, extractor: str, series: int, target: int | None = None) -> Answer:
        """Words `roles` and `signed`; arrays `role/map/modality`, `role/time/modality`, `view/modality`."""
        one = opened(run)
        opened_run.check_series(one, series)
        asked = None if target is None else np.array([target])
        found = opened_run.evidence(one, extractor, np.array([series]), asked)
        arrays: Arrays = {}
        for role, seen_ in found.items():
            arrays |= {f"{role}/map/{m}": value[0] for m, value in seen_.maps.items()}
            arrays |= {f"{role}/time/{m}": value[0] for m, value in seen_.times.items()}
            arrays[f"{role}/probability"] = seen_.probability[0]
        views = encode(one.eyes, one.data.X[series : series + 1])
        arrays |= {f"view/{m}": v[0].numpy() for m, v in views.items()}
        return {"roles": list(found), "signed": named(extractor).signed}, arrays
