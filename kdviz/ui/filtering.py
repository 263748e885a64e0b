"""What a frequency method's filter does to the student's map, beside what the teacher has there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from numpy.typing import NDArray

from kdviz.figures import frequency as draw
from kdviz.figures.tiles import Tile, tiles, together
from kdviz.ui import board
from kdviz.ui.drawings import mount
from kdviz.ui.linked import one_of

FREQUENCIES = ("frequency", "frequency")
SPECTRA = (
    ("student, before", "before"),
    ("|filter|", "filter"),
    ("left by the mask", "mask"),
    ("student, after", "after"),
    ("teacher", "teacher"),
)
MAPS = (("student, before", "seen"), ("student, rebuilt", "rebuilt"), ("teacher", "wanted"))
NONE = (
    "This method has no filter of frequencies: the spectra above are all there is. Distil with FAM (`fam`, `fam1d` or "
    "`fam_review`) to see one learn."
)


def show(words: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """One filter of the run."""
    found = words["filters"]
    if not found:
        st.info(NONE, title="No filter here")
        return
    key = one_of(st.selectbox, "Filter", {name: titled(name) for name in found}, next(iter(found)), "filter")
    about = found[key]
    st.markdown(told(about))
    mine = {what: arrays[f"filters/{key}/{what}"] for what in ("before", "filter", "mask", "after", "teacher")}
    mount("tiles", tiles([Tile(name, mine[what], *FREQUENCIES) for name, what in SPECTRA]), "spectra")
    st.caption("Log(1 + mean magnitude over channels), zero frequency in the centre; each panel on its own scale.")
    maps = [Tile(name, arrays[f"filters/{key}/{what}"]) for name, what in MAPS]
    mount("tiles", tiles(maps, together(maps)), "maps")
    st.caption("Means over channels, one colour scale: what the method asks to be alike are the last two.")
    lines = {f"{which} branch": arrays[f"filters/{key}/{which} rate"] for which in ("global", "local")
             if f"filters/{key}/{which} rate" in arrays}  # fmt: skip
    if lines:
        said = "; ".join(f"{name} from {v[0]:.2f} to {v[-1]:.2f}" for name, v in lines.items())
        mount("chart", draw.rates(arrays["filters/epochs"], lines, f"Rates: {said}."), "rates")
        st.caption("The learned rates of the two branches (gamma 1, gamma 2) over training.")


def titled(key: str) -> str:
    """`gaf 0` for people."""
    teacher, _, level = key.rpartition(" ")
    return f"{board.who(f'teacher.{teacher}')}, level {int(level) + 1 if level.isdecimal() else level}"


def told(about: Mapping[str, Any]) -> str:
    """A filter in words: what its mask removes, whose branch is louder, whether it brings the student nearer."""
    side, radius = about["side"], about["radius"]
    mask = (
        f"The mask removes the {2 * radius} lowest frequencies along each axis (radius {radius} on a side of {side})."
        if radius
        else f"**The mask removes nothing**: at a side of {side} its radius is 0. Raise `min_radius` or `cuton`."
    )
    both = about["energy"]
    total = both["global"] + both["local"] or 1.0
    loud = (
        f"Of what it hands on, {both['global'] / total:.0%} of the energy is the global branch's, the rest the local's."
    )
    before, after = about["distance"]["before"], about["distance"]["after"]
    if before is None or after is None:
        return f"{mask} {loud}"
    nearer = "nearer to" if after < before else "no nearer to"
    moved = (
        f"Its spectrum is {before:.1f} dB from the teacher's before the filter and {after:.1f} dB after: {nearer} it."
    )
    return f"{mask} {loud} {moved}"
