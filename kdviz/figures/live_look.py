"""Where networks look at one series while they train, as the browser draws it: plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.figures.palette import colour
from kdviz.figures.scrubber import MOST_POINTS

FULL = 100


def live_look(
    signal: NDArray[np.floating[Any]],
    series: str,
    looks: Mapping[str, Sequence[int]],
    names: Mapping[str, str],
    epochs: Mapping[str, str],
    alt: str,
) -> dict[str, Any]:
    """What live_look.js draws.

    signal (T,)   one channel of the series, which is called `series`
    looks         by role and view, e.g. `teacher.gaf` or `student signal`: shares of the peak, -FULL to FULL
    names, epochs the words beside each band, by the same keys; `alt` says the picture to who does not see it
    """
    step = max(1, len(signal) // MOST_POINTS)
    rows = [
        {"name": names[key], "epoch": epochs[key], "colour": colour(key.partition(" ")[0]), "values": list(values)}
        for key, values in looks.items()
    ]
    line = [round(float(v), 4) for v in signal[::step]]
    return {"signal": line, "series": series, "rows": rows, "full": FULL, "alt": alt}
