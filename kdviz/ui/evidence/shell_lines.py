"""The shell lines that give what the evidence and frequency pages show."""

from __future__ import annotations

import shlex

import streamlit as st

from kdviz.ui.evidence.what_if_panel import wanted
from kdviz.ui.widgets.board_controls import EvidenceSelection

ARRAYS = "--out maps.npz"


def evidence(this: EvidenceSelection, epoch: int | None, panel: str) -> str:
    """The board's line, then the open panel's where that is another."""
    run, extractor = this.run.folder.name, this.wanted.extractors[0]
    start = f"python -m kdviz evidence {run} --extractor {extractor} --series {this.series}{_asked(this)}"
    at = "" if epoch is None else f" --epoch {epoch}"
    rows = len(this.wanted.extractors)
    rest = "" if epoch is not None else " --numbers" + (f" --beside {rows - 1}" if rows > 1 else "")
    board = f"{start}{at}{rest} {ARRAYS}"
    match panel:
        case "what_if":
            change = wanted(this.data)
            places = [
                change["what"],
                change["start"],
                change["stop"],
                *([change["other"]] if "other" in change else []),
            ]
            return f"{start}{at} --change {':'.join(map(str, places))} --out changed.npz\n{board}"
        case "true":
            many = st.session_state.get("many") or "8"
            return f"python -m kdviz faithfulness {run} --extractor {extractor} --many {many} --out curves.npz\n{board}"
        case "fidelity":
            return f"python -m kdviz fidelity {run} --out fidelity.npz\n{board}"
        case "own":
            return f"{start} --own {ARRAYS}"
        case "frequency":
            stage = min(each.stages for each in this.networks.roles.values()) - 1
            return f"python -m kdviz frequency {run} --series {this.series} --stage {stage} --out spectra.npz\n{board}"
    return board


def _asked(this: EvidenceSelection) -> str:
    """Which class the networks were asked about."""
    match this.wanted.target:
        case "true":
            return ""
        case "predicted":
            return " --predicted"
    return f" --class {shlex.quote(this.data.classes[this.target])}"
