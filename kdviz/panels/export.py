"""A panel as a file: PNG, SVG or PDF for a paper, CSV or npz for numbers, Python to make it again."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np

from kdviz.core.errors import UserError
from kdviz.core.plain_text import no_formula
from kdviz.figures.chart_export import UNDATED, on_paper
from kdviz.panels.draw import draw
from kdviz.panels.panel import KDVIZ, Panel

PANEL_FORMATS = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "csv": "text/csv",
    "npz": "application/octet-stream",
    "py": "text/x-python",
}
SIZE = (5.2, 3.9)
DOTS = 160


def panel_bytes(panel: Panel, form: str) -> bytes:
    """The panel as a file of this format; raises UserError for another."""
    if form in ("png", "svg", "pdf"):
        return picture(panel, form)
    if form == "csv":
        return table(panel)
    if form == "npz":
        return archive(panel)
    if form == "py":
        return panel_script(panel).encode()
    raise UserError(f"A panel is saved as one of {', '.join(PANEL_FORMATS)}; asked for was {form[:20]!r}.")


def picture(panel: Panel, form: str) -> bytes:
    """Drawn for paper: white, text as text, the same bytes for the same panel."""
    from matplotlib.figure import Figure

    with on_paper():
        figure = Figure(figsize=SIZE, layout="constrained")
        draw(figure.add_subplot(), panel.call, panel.arrays, title=panel.name, **panel.given)
        out = io.BytesIO()
        figure.savefig(out, format=form, dpi=DOTS, metadata=UNDATED[form])
    return out.getvalue()


def table(panel: Panel) -> bytes:
    """Columns where all arrays are vectors of one length, otherwise one value a row with its place."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    arrays = list(panel.arrays.values())
    if all(a.ndim == 1 and a.size == arrays[0].size for a in arrays):
        writer.writerow([no_formula(name) for name in panel.arrays])
        writer.writerows(zip(*(a.tolist() for a in arrays), strict=True))
    elif len(arrays) == 1 and arrays[0].ndim == 2:
        writer.writerows(arrays[0].tolist())
    else:
        for name, array in panel.arrays.items():
            writer.writerow([no_formula(name), *(f"axis {n}" for n in range(array.ndim)), "value"])
            writer.writerows([no_formula(name), *place, float(v)] for place, v in np.ndenumerate(array))
    return out.getvalue().encode()


def archive(panel: Panel) -> bytes:
    """The arrays by name, compressed; no pickles."""
    out = io.BytesIO()
    arrays: dict[str, Any] = dict(panel.arrays)
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def panel_script(panel: Panel) -> str:
    """A Python file that makes the panel again and saves it as a picture."""
    imports = sorted({"from matplotlib import pyplot as plt", *panel.imports})
    given = "".join(f", {name}={value!r}" for name, value in {"title": panel.name, **panel.given}.items())
    arrays = ", ".join(f'"{name}": {name}' for name in panel.arrays)
    drawn = (
        'figure, axes = plt.subplots(layout="constrained")',
        f'kdviz.draw(axes, "{panel.call}", {{{arrays}}}{given})',
        f'figure.savefig("panel.png", dpi={DOTS})',
    )
    return "\n".join([*imports, "", KDVIZ, "", *panel.code, "", *drawn, ""])
