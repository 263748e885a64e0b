"""Are the maps true? Two checks that cost seconds, so a button asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.figures import palette
from kdviz.figures.evidence_charts import deletions
from kdviz.metrics.conclusions import shown
from kdviz.metrics.perturbations import BASELINES
from kdviz.runs.store.run import Run
from kdviz.ui.evidence.controls import EvidenceSelection
from kdviz.ui.state import cache
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.widgets.drawings import mount

MANY = {"8": "8 series", "16": "16 series", "32": "32 series"}


def show_sanity(this: EvidenceSelection) -> None:
    """Deletion and insertion, then the randomisation check."""
    sight = this.wanted.sights[0]
    st.markdown(
        "**Deletion and insertion.** Segments of the raw signal go, or come back, in the order of each network's own "
        "map; GAF and persistence image are made anew each time. A true map beats random orders, whatever fills a gap."
    )
    many = one_of(st.segmented_control, "How many test series", MANY, "8", "many", required=True)
    if _asked("deletion", this.run, sight, many):
        deletion(this, sight, int(many))
    st.markdown(
        "**Random weights.** The same extractor on the same networks with weights made anew. A map that hardly changes "
        "draws the signal, not what the network learned."
    )
    if _asked("randomised", this.run, sight, "32"):
        show_randomisation(this, sight)


def _asked(what: str, run: Run, sight: str, many: str) -> bool:
    """Whether this check was asked for; its answer is kept, so it stays on the page."""
    mark = (run.folder.name, sight, many)
    words = {"deletion": "Delete and insert", "randomised": "Try random weights"}[what]
    if st.button(words, key=f"ask_{what}"):
        st.session_state[f"asked_{what}"] = mark
    return bool(st.session_state.get(f"asked_{what}") == mark)


def deletion(this: EvidenceSelection, sight: str, many: int) -> None:
    """Areas under the curves of every network and baseline, beside random orders."""
    found: dict[str, dict[str, Any]] = {}
    curves: dict[str, dict[str, Any]] = {}
    roles = list(this.networks["roles"])
    bar, done = st.progress(0.0, "Deleting"), 0
    for role in roles:
        for baseline in BASELINES:
            try:
                words, arrays = cache.answer(this.run, "deletion", sight=sight, role=role, baseline=baseline, many=many)
                found.setdefault(role, {})[baseline] = words
                curves.setdefault(baseline, {})[role] = arrays
            except UserError as wrong:
                if baseline == next(iter(BASELINES)):
                    st.caption(f"{palette.network_name(role)}: {sentence(wrong)}")
            done += 1
            bar.progress(done / (len(roles) * len(BASELINES)), f"Deleting: {palette.network_name(role)}")
    bar.empty()
    if not found:
        return
    baseline = one_of(
        st.segmented_control, "What fills a gap", {b: b for b in BASELINES}, "linear", "fill", required=True, wrap=True
    )
    titles = {role: palette.network_name(role) for role in roles}
    for column, (role, lines) in zip(cycle(st.columns(min(len(roles), 3))), curves[baseline].items(), strict=False):
        with column:
            st.markdown(f"**{titles[role]}**")
            hint = {} if role == roles[0] else {"hint": ""}
            mount("chart", deletions(role, lines, verdict(titles[role], found[role])) | hint, f"curves_{role}")
    table(found, baseline, titles)
    for role, each in found.items():
        st.markdown(f"- {verdict(titles[role], each)}")
    st.caption(f"Filled with {BASELINES[baseline]}. {many} test series; intervals are over series, one run, one seed.")


def table(found: Mapping[str, Any], baseline: str, titles: Mapping[str, str]) -> None:
    """One row a network; what it gains over random orders, and over how wide a range of baselines."""
    rows: dict[str, list[str]] = {"network": [titles[role] for role in found]}
    for key in ("deletion", "insertion", "random", "deletion_gain", "insertion_gain"):
        rows[key.replace("_", " ")] = [shown(each[baseline][key]) for each in found.values()]
    for key in ("deletion_gain", "insertion_gain"):
        rows[f"{key.replace('_', ' ')}, all fillings"] = [_span(each, key) for each in found.values()]
    st.dataframe(rows, hide_index=True, key="deletions")


def _span(each: Mapping[str, Any], key: str) -> str:
    values = [one[key]["value"] for one in each.values() if one[key]["value"] is not None]
    return f"{min(values):.2f} to {max(values):.2f}" if values else "–"


def verdict(name: str, each: Mapping[str, Any]) -> str:
    """Whether a network's maps are true, as far as these fillings agree."""
    won = [
        one["deletion_gain"]["low"] is not None
        and one["deletion_gain"]["low"] > 0
        and one["insertion_gain"]["low"] is not None
        and one["insertion_gain"]["low"] > 0
        for one in each.values()
    ]
    if all(won):
        return f"{name}: true by every filling; both curves beat random orders."
    if any(won):
        return f"{name}: true by {sum(won)} of {len(won)} fillings; the verdict depends on what fills the gap."
    return f"{name}: not shown to be true; by no filling do both curves beat random orders."


def show_randomisation(this: EvidenceSelection, sight: str) -> None:
    """The rank correlation with maps of random weights, one row a network."""
    rows: dict[str, list[str]] = {"network": [], "rank correlation with random weights": [], "what it says": []}
    for role in this.networks["roles"]:
        try:
            words, _ = cache.answer(this.run, "randomised", sight=sight, role=role)
        except UserError as wrong:
            st.caption(f"{palette.network_name(role)}: {sentence(wrong)}")
            continue
        for modality, each in words["modalities"].items():
            rows["network"].append(
                palette.network_name(role) + (f", {modality}" if len(words["modalities"]) > 1 else "")
            )
            rows["rank correlation with random weights"].append(shown(each))
            rows["what it says"].append(passed(each["value"]))
    st.dataframe(rows, hide_index=True, key="random_weights")
    st.caption("Adebayo et al., Sanity checks for saliency maps, 2018. 32 test series, three random networks each.")


def passed(value: float | None) -> str:
    """The check in words."""
    if value is None:
        return "nothing to compare"
    if abs(value) < 0.3:
        return "passed: the map is the network's own"
    return "in part: some of the map needs no learning" if abs(value) < 0.7 else "failed: it draws the input"
