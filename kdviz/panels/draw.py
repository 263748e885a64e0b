"""Panels on paper: each function draws its arrays on matplotlib axes; `draw` calls one of them by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError

Array = NDArray[Any]
AMOUNT, SIGNED = "cividis", "RdBu_r"
INK = "#4A4F57"
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C8C8C", "#F0E442")


def lines(axes: Any, arrays: Mapping[str, Array], title: str = "", across: str = "sample", up: str = "") -> None:
    """Lines (T,) over `times` (T,); one legend where there is more than one."""
    times = arrays["times"]
    drawn = {name: values for name, values in arrays.items() if name != "times"}
    for colour, (name, values) in zip(COLOURS, drawn.items(), strict=False):
        axes.plot(times, values, color=colour if len(drawn) > 1 else INK, linewidth=1.2, label=name.replace("_", " "))
    if len(drawn) > 1:
        axes.legend(frameon=False)
    axes.set(title=title, xlabel=across, ylabel=up)


def plane(
    axes: Any,
    arrays: Mapping[str, Array],
    title: str = "",
    limits: tuple[float, float] | None = None,
    across: str = "pixel",
    up: str = "pixel",
    upright: bool = False,
) -> None:
    """The image (h, w), row 0 at the top or, where `upright`, at the bottom; signed limits diverge."""
    image = arrays["image"]
    low, high = limits or (float(image.min()), float(image.max()))
    shown = axes.imshow(
        image, cmap=SIGNED if low < 0 else AMOUNT, vmin=low, vmax=high, origin="lower" if upright else "upper",
        interpolation="nearest",
    )  # fmt: skip
    axes.figure.colorbar(shown, ax=axes, shrink=0.8)
    axes.set(title=title, xlabel=across, ylabel=up)


def pairs(axes: Any, arrays: Mapping[str, Array], title: str = "") -> None:
    """Persistence pairs by value: `birth`, `death` (K,) and `sign` (K,), 1 for valleys and -1 for peaks."""
    birth, death, sign = arrays["birth"], arrays["death"], arrays["sign"]
    for way, name, shape, colour in ((1, "valleys", "o", "#E69F00"), (-1, "peaks", "D", "#009E73")):
        mine = sign == way
        if mine.any():
            axes.scatter(birth[mine], death[mine], s=22, marker=shape, color=colour, label=name)
    both = np.concatenate([birth, death])
    if both.size:
        axes.plot([both.min(), both.max()], [both.min(), both.max()], color=INK, linestyle=":", linewidth=1)
        axes.legend(frameon=False)
    axes.set(title=title, xlabel="born at value", ylabel="merges at value")
    axes.set_aspect("equal", adjustable="datalim")


def grid(
    axes: Any, arrays: Mapping[str, Array], title: str = "", names: tuple[str, ...] = (), upright: bool = False
) -> None:
    """Many images (n, h, w) on one scale, in place of `axes`."""
    images = arrays["images"]
    low, high = float(images.min()), float(images.max())
    limits = (-max(-low, high), max(-low, high)) if low < 0 else (0.0, high)
    columns = min(4, len(images))
    rows = -(-len(images) // columns)
    figure = axes.figure
    axes.remove()
    for number, image in enumerate(images):
        one = figure.add_subplot(rows, columns, number + 1)
        one.imshow(
            image, cmap=SIGNED if low < 0 else AMOUNT, vmin=limits[0], vmax=limits[1],
            origin="lower" if upright else "upper", interpolation="nearest",
        )  # fmt: skip
        one.set_title(names[number] if number < len(names) else "", fontsize="small")
        one.set_axis_off()
    figure.suptitle(title)


def bars(axes: Any, arrays: Mapping[str, Array], title: str = "", names: tuple[str, ...] = ()) -> None:
    """Accuracies with 95 % intervals and chance: `neighbour` and `probe`, each (n, 4): value, low, high, chance."""
    place = np.arange(len(arrays["neighbour"]))
    kinds = (("neighbour", "nearest neighbour", "o", -0.12), ("probe", "linear probe", "s", 0.12))
    for colour, (key, label, shape, shift) in zip(COLOURS, kinds, strict=False):
        value, low, high, chance = arrays[key].T
        axes.errorbar(
            value, place + shift, xerr=[np.maximum(value - low, 0), np.maximum(high - value, 0)], fmt=shape,
            color=colour, label=label, capsize=2,
        )  # fmt: skip
        axes.scatter(chance, place + shift, marker="|", s=120, color=INK)
    axes.set_yticks(place, names or [str(p) for p in place])
    axes.invert_yaxis()
    axes.set(title=title, xlabel="accuracy (vertical bar: chance)", xlim=(0, 1.02))
    axes.legend(frameon=False)


DRAWINGS: dict[str, tuple[Callable[..., None], tuple[str, ...]]] = {
    "lines": (lines, ("times",)),
    "plane": (plane, ("image",)),
    "pairs": (pairs, ("birth", "death", "sign")),
    "grid": (grid, ("images",)),
    "bars": (bars, ("neighbour", "probe")),
}


def draw(axes: Any, what: str, arrays: Mapping[str, Array], **given: Any) -> None:
    """Draw arrays on matplotlib axes as `what`; the rest is given to the function of that name above.

    lines   `times` (T,) and any number of (T,)          title, across, up
    plane   `image` (h, w)                               title, limits, across, up, upright
    pairs   `birth`, `death`, `sign`, each (K,)          title
    grid    `images` (n, h, w)                           title, names, upright
    bars    `neighbour`, `probe`, each (n, 4)            title, names

    Raises UserError for another name, and where an array is missing.
    """
    if what not in DRAWINGS:
        raise UserError(f"A panel is drawn as one of {', '.join(DRAWINGS)}; asked for was {what[:20]!r}.")
    function, needed = DRAWINGS[what]
    if missing := [name for name in needed if name not in arrays]:
        raise UserError(f"Drawn as {what}, a panel needs {' and '.join(missing)} among its arrays.")
    function(axes, arrays, **given)
