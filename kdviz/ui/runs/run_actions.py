"""What can be done with a run: continue, extend, duplicate with changes, export, report, delete."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.core.files import is_held
from kdviz.metrics.perturbations import BASELINES
from kdviz.report.recorded_report import recorded_page
from kdviz.report.run_report import DELETED_SERIES, RunReportInput, run_report
from kdviz.report.watch_report import watch_report
from kdviz.runs.analysis.evidence_answers import DeletionCurves
from kdviz.runs.archive import transfer
from kdviz.runs.hosting import share_links
from kdviz.runs.looker.questions import DELETION, MEASURES, NETWORKS, SNAPSHOTS
from kdviz.runs.recorded import record
from kdviz.runs.store.home import hosted
from kdviz.runs.store.measures import Measures, kept
from kdviz.runs.store.run import LOCK, WITH_ANSWER, Run, RunState
from kdviz.training.defaults import ARCHITECTURES
from kdviz.training.shell_command import said
from kdviz.ui.runs.trash_list import discard
from kdviz.ui.shell.frame import go, link
from kdviz.ui.state import cache, launch
from kdviz.ui.state.cache import method_row
from kdviz.ui.state.visitor import own
from kdviz.ui.texts.formatting import file_name, sentence
from kdviz.ui.texts.sentences import say
from kdviz.ui.widgets import run_result
from kdviz.ui.widgets.publication import figures_for_report, figures_of


def material(run: Run, paper: Sequence[str] = ()) -> RunReportInput:
    """What a report needs, asked of the looker; less of it where the data is not here.

    paper   kinds of figures for a paper to put into it
    """
    row = method_row(run)
    try:
        data = cache.dataset_of(run)
    except UserError:
        return RunReportInput(run, row, None, kept(run))
    try:
        shots = cache.answer(run, SNAPSHOTS)
    except UserError:
        shots = None
    deletion = {role: by for role in cache.answer(run, NETWORKS).roles if (by := _deletion(run, role))}
    return RunReportInput(run, row, data, measures(run), shots, deletion, figures_of([run.folder.name], paper))


def _deletion(run: Run, role: str) -> dict[str, DeletionCurves]:
    """By filling; nothing for a network without a map in time."""
    asked = {"extractor": "cam", "role": role, "many": DELETED_SERIES}
    try:
        return {filling: cache.answer(run, DELETION, baseline=filling, **asked) for filling in BASELINES}
    except UserError:
        return {}


def measures(run: Run) -> Measures:
    """The run's measures, taken now where they were not yet."""
    return kept(run) or cache.answer(run, MEASURES)


MOST_EPOCHS = 2000


def bar(run: Run) -> None:
    """Buttons in one row; what asks for more opens beneath."""
    state = run.state
    with st.container(horizontal=True, vertical_alignment="center"):
        if state in WITH_ANSWER and run.final and run.final.get("accuracy"):
            link("evidence", say("page evidence"))
        if run.recipe.train_end:
            link("watch", say("page watch"))
        else:
            link("distill", say("curves"))
        if not own(run):
            carry(run)
            st.caption(say("reader"))
            return
        if state in (RunState.STOPPED, RunState.INTERRUPTED, RunState.FAILED) and st.button(
            say("continue"), key="continue", icon=":material/play_arrow:"
        ):
            launch.again(run)
        if state in (RunState.RUNNING, RunState.QUEUED) and st.button(say("stop"), key="stop", icon=":material/stop:"):
            run.cancel()
            st.toast(say("stopping"))
        carry(run)
        delete(run)
        if hosted():
            st.button(say("take link back"), key="withdraw", help=say("link help"), on_click=_withdraw, args=(run,))
    if not run.recipe.train_end:
        duplicate(run)


def carry(run: Run) -> None:
    """The run as an archive, and as a report."""
    if run.state not in WITH_ANSWER:
        return
    with st.popover(say("export run"), icon=":material/download:", key="export_run", on_change="rerun") as opened:
        if opened.open:
            _offer(run)


def _offer(run: Run) -> None:
    name = f"{run.recipe.method}-{run.folder.name[:12]}"
    try:
        run_result.offer_archive(run, name)
        without = run.recipe.recorded or run.recipe.train_end or not run.recipe.teacher_names
        paper = [] if without else figures_for_report(say("figures in report"), False, "paper_in_report")
        page = _report(str(run.folder), run.outcome_key, tuple(paper))
        st.download_button(say("report size", megabytes=len(page) / 1e6), page, file_name(name, "html", page),
                           "text/html", on_click="ignore", key="save_report", help=say("report help"))  # fmt: skip
        able = not run.recipe.recorded and not run.recipe.train_end
        if able and st.button(say("student alone"), key="student_alone", help=say("student help")):
            student, parity = _student(str(run.folder), run.outcome_key)
            st.download_button(say("student file size", kilobytes=len(student) / 1e3), student,
                               file_name(name, "onnx", student), "application/octet-stream", on_click="ignore",
                               key="save_student")  # fmt: skip
            st.caption(say("student parity", parity=parity))
    except UserError as wrong:
        st.warning(sentence(wrong))


@st.cache_data(max_entries=4, show_spinner=say("spinner student"))
def _student(run: str, mark: str) -> tuple[bytes, float]:
    return transfer.exported_student(Run(Path(run)))


@st.cache_data(max_entries=4, show_spinner=say("spinner report"))
def _report(run: str, mark: str, paper: tuple[str, ...]) -> bytes:
    this = Run(Path(run))
    if this.recipe.train_end:
        return watch_report(this).encode()
    return (_recorded(this) if this.recipe.recorded else run_report(material(this, paper))).encode()


def _recorded(run: Run) -> str:
    """The report of networks that were trained elsewhere; without its data, its numbers."""
    try:
        data = cache.dataset_of(run)
    except UserError:
        data = None
    return recorded_page(run, record.read(run), data, kept(run)).html()


def delete(run: Run) -> None:
    """Into the trash, with the way back."""
    if not is_held(run.folder / LOCK) and own(run):
        st.button(say("delete"), key="delete", icon=":material/delete:", on_click=discard, args=((run.folder.name,),))


def _withdraw(run: Run) -> None:
    share_links.withdraw(run)
    st.toast(say("link taken back"))


def duplicate(run: Run) -> None:
    """The same again with other numbers, as a new run."""
    with st.expander(say("again with changes"), icon=":material/content_copy:"):
        try:
            wish, settings = said(run.recipe, method_row(run))
            data = cache.dataset_of(run)
        except UserError as wrong:
            st.caption(sentence(wrong))
            return
        with st.form("again", border=False):
            changed, more = _changes(wish, dict(settings))
            st.caption(say("longer"))
            if not st.form_submit_button(say("begin"), icon=":material/play_arrow:"):
                return
        try:
            launch.begin(data, changed, more)
        except UserError as wrong:
            st.error(sentence(wrong), title=say("cannot start"))
            return
        go("distill")


def _changes(wish: dict[str, Any], settings: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The wish with what was changed in the form."""
    methods = {m["id"]: m["title"] for m in cache.catalogue()["methods"]}
    sizes, (left, middle, right) = list(ARCHITECTURES), st.columns(3)
    method = left.selectbox(say("method"), list(methods), index=list(methods).index(wish["method"]),
                            format_func=methods.__getitem__, key="again_method")  # fmt: skip
    epochs = middle.number_input(say("epochs"), 1, MOST_EPOCHS, min(wish["epochs"], MOST_EPOCHS), key="again_epochs")
    seed = right.number_input(say("seed"), 0, 9999, min(wish["seed"], 9999), key="again_seed")
    size = left.selectbox(
        say("student size"), sizes, index=sizes.index(settings.get("architecture", "tiny")), key="again_size"
    )
    rate = middle.number_input(
        say("learning rate"), 1e-5, 1.0, float(settings.get("rate", 0.01)), format="%g", key="again_rate"
    )
    batch = right.number_input(say("batch"), 0, 256, int(settings.get("batch", 16)), key="again_batch")
    if method != wish["method"]:
        settings = {k: v for k, v in settings.items() if not k.startswith("method.")}
        wish = {**wish, "selection": None}
    settings |= {"architecture": size, "rate": float(rate), "batch": int(batch)}
    return {**wish, "method": method, "epochs": int(epochs), "seed": int(seed)}, settings
