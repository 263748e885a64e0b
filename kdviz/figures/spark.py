"""A small line drawing that a page shows at once: SVG, no script."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kdviz.figures.palette import INK

WIDTH, HEIGHT, EDGE = 320, 72, 4


def spark(lines: NDArray[np.floating], colours: tuple[str, ...] = (INK,)) -> str:
    """Lines (n, T) on one scale as an SVG text."""
    low, high = float(lines.min()), float(lines.max())
    x = np.linspace(EDGE, WIDTH - EDGE, lines.shape[1])
    y = HEIGHT - EDGE - (lines - low) / ((high - low) or 1.0) * (HEIGHT - 2 * EDGE)
    drawn = "".join(
        f'<polyline fill="none" stroke="{colours[k % len(colours)]}" stroke-width="1.5" '
        f'points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, row, strict=True))}"/>'
        for k, row in enumerate(y)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{drawn}</svg>'
