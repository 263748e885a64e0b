"""What is told of a run is what its checkpoints say: scrubber, likeness, fidelity, frequencies."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from kdviz.core.errors import UserError
from kdviz.metrics.agreement import agree
from kdviz.metrics.similarity import similarity_measure
from kdviz.runs.analysis.evidence_match import looked, match, matches
from kdviz.runs.analysis.fidelity import answers, by_epoch, layers, twin
from kdviz.runs.analysis.frequency_content import filters, spectra
from kdviz.runs.analysis.frequency_importance import accuracy_by_cutoff, coherence_by_frequency
from kdviz.runs.analysis.method_maps import attended
from kdviz.runs.analysis.opened_run import OpenedRun, look, open_for_looking
from kdviz.runs.analysis.sanity_checks import deletion_curves, weight_randomisation
from kdviz.runs.analysis.series_evidence import board, usual
from kdviz.runs.analysis.snapshots import Arrays, binned, probes, rounded, snapshots
from kdviz.runs.store.run import adopt, by_identity
from kdviz.runs.worker.run_worker import bring
from tests.lookable import Lookable


@pytest.fixture(scope="module")
def fam(lookable: Lookable, tmp_path_factory: pytest.TempPathFactory) -> OpenedRun:
    """A finished run of FAM with a signal and a GAF teacher."""
    with pytest.MonkeyPatch.context() as patch:
        here = lookable.copied(tmp_path_factory.mktemp("module_home"))
        patch.setenv("KDVIZ_HOME", str(here.home))
        opened = open_for_looking(by_identity(here.fam))
        _ = opened.networks, opened.modalities
        return opened


def shown(arrays: Arrays, name: str, place: int | None = None) -> tuple[np.ndarray, float]:
    """Maps of the scrubber as values again, and by how much rounding may have moved them."""
    values, scale = arrays[name], arrays[f"{name}/scale"]
    if place is not None:
        values, scale = values[:, place], scale[:, place]
    return values * scale[:, None], 0.51 * float(scale.max())


def test_the_scrubber_shows_what_the_checkpoints_say(fam: OpenedRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KDVIZ_HOME", str(fam.run.folder.parents[1]))
    found = snapshots(fam)
    series, arrays, pearson, own = found.series, found.arrays, similarity_measure("pearson"), twin(fam, [*found.epochs])
    theirs = {t: look(fam, fam.networks[f"teacher.{t}"], "cam", series, None) for t in found.teachers}
    assert set(theirs) == {"signal", "gaf"} and own is not None
    for t, seen in theirs.items():
        back, most = shown(arrays, f"teacher/{t}")
        assert np.abs(back - seen.times[t]).max() <= most
        np.testing.assert_array_equal(arrays[f"teacher/{t}/answer"], seen.probability.argmax(1))
    for place, epoch in enumerate(found.epochs):
        for who, opened, matched in (("student", fam, "match"), ("control", own, "control_match")):
            seen = look(opened, opened.at_epoch(epoch), "cam", series, None)
            back, most = shown(arrays, f"{who}/signal", place)
            assert np.abs(back - seen.times["signal"]).max() <= most
            np.testing.assert_array_equal(arrays[f"{who}/answer"][:, place], seen.probability.argmax(1))
            np.testing.assert_allclose(arrays[f"{who}/sure"][:, place], seen.probability.max(1), atol=1e-6)
            for t in theirs:
                expected = pearson(seen.times["signal"], theirs[t].times[t])
                np.testing.assert_allclose(arrays[f"{matched}/{t}"][:, place], expected, atol=1e-6)


def test_the_scrubbers_chance_line_is_what_agreement_says_of_the_same_maps(fam: OpenedRun) -> None:
    found = snapshots(fam)
    series = found.series
    theirs = look(fam, fam.networks["teacher.gaf"], "cam", series, None).times["gaf"]
    for place, epoch in enumerate(found.epochs):
        mine = look(fam, fam.at_epoch(epoch), "cam", series, None).times["signal"]
        told = agree("pearson", mine, theirs, fam.data.y[series])
        assert found.arrays["chance/gaf"][place] == pytest.approx(np.nanmean(told.chance), abs=1e-6)


def test_the_scrubber_has_the_controls_epochs_too(fam: OpenedRun, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert snapshots(fam).control == ("signal",)


def test_a_damaged_scrubber_file_is_made_anew(fam: OpenedRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KDVIZ_HOME", str(fam.run.folder.parents[1]))
    first = snapshots(fam).arrays
    place = fam.run.folder / "snapshots-cam.npz"
    place.write_bytes(place.read_bytes()[:100])
    again = snapshots(fam).arrays
    assert first.keys() == again.keys()
    np.testing.assert_array_equal(first["student/signal"], again["student/signal"])


def test_the_worker_writes_the_scrubber_of_a_run_asked_for_in_the_app_and_of_no_sweeps(
    fam: OpenedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(fam.run.folder.parents[1], tmp_path / "home")
    monkeypatch.setenv("KDVIZ_HOME", str(tmp_path / "home"))
    run = by_identity(fam.recipe.identity)
    place = run.folder / "snapshots-cam.npz"
    place.unlink()
    assert bring(run.folder) == 0 and not place.exists()
    adopt(run)
    assert bring(run.folder) == 0
    with np.load(place, allow_pickle=False) as file:
        np.testing.assert_array_equal(file["student/signal"], snapshots(fam).arrays["student/signal"])


def test_bins_keep_the_mean_and_rounding_loses_half_a_step() -> None:
    maps = np.random.default_rng(0).standard_normal((4, 3, 1000)).astype(np.float32)
    np.testing.assert_allclose(binned(maps, 100).mean(-1), maps.mean(-1), atol=1e-5)
    values, scale = rounded(maps)
    assert np.abs(values * scale[..., None] - maps).max() <= 0.51 * scale.max()


def test_the_probe_set_takes_every_class_in_turn(fam: OpenedRun) -> None:
    few = probes(fam, 4)
    assert np.isin(few, fam.data.test).all() and np.bincount(fam.data.y[few]).tolist() == [2, 2]


def test_a_network_agrees_wholly_with_itself(fam: OpenedRun) -> None:
    found = looked(fam, "cam")
    twin = type(found)(found.series, found.asked, {**found.seen, "student": found.seen["teacher.signal"]})
    agreed = matches(fam, twin, ("pearson",))["signal"]["pearson"]
    assert agreed.match.value == pytest.approx(1.0) and agreed.above.value == pytest.approx(1.0)


def test_with_maps_of_noise_nothing_is_above_chance(fam: OpenedRun) -> None:
    found = looked(fam, "cam")
    student = found.seen["student"]
    noise = np.random.default_rng(0).standard_normal(student.times["signal"].shape).astype(np.float32)
    blind = type(student)(student.maps, {"signal": noise}, student.probability)
    agreed = matches(fam, type(found)(found.series, found.asked, {**found.seen, "student": blind}), ("pearson",))
    assert abs(agreed["signal"]["pearson"].specific.value) < 0.15


def test_no_number_stands_alone_and_one_seed_is_always_said(fam: OpenedRun) -> None:
    for measures in match(fam, "cam").teachers.values():
        for each in measures.values():
            assert {"by_chance", "by_control", "transfer", "p"} <= asdict(each.numbers).keys()
            assert any("one seed" in sentence.lower() for sentence in each.sentences)


def test_an_epoch_that_was_not_kept_is_said_to_be_none(fam: OpenedRun) -> None:
    with pytest.raises(UserError, match="was not kept"):
        board(fam, 0, fam.data.X[:1], ["cam"], 0, 99)


def test_what_is_usual_is_told_for_every_map(fam: OpenedRun) -> None:
    found = usual(fam, "cam")["teacher.gaf"]
    assert found.maps.keys() == found.times.keys() == {"gaf"}


def test_attention_can_be_asked_of_every_stage_and_of_no_other(fam: OpenedRun) -> None:
    shapes = [
        look(fam, fam.networks["teacher.gaf"], f"attention:{k}", fam.data.test[:1], None).maps["gaf"].shape
        for k in range(3)
    ]
    assert len(set(shapes)) > 1
    with pytest.raises(UserError):
        looked(fam, "attention:9")
    with pytest.raises(UserError):
        looked(fam, "cam:1")


def test_fidelity_tells_student_and_control_and_itself_is_one(fam: OpenedRun) -> None:
    test = answers(fam)["test"]
    assert set(test.fidelity) == {"student", "control"} and test.followed["student"].disputed >= 0
    tables = [v for by in layers(fam).tables.values() for both in by.values() for v in (both.linear, both.unbiased)]
    assert tables and all(v.min() >= -0.5 and v.max() <= 1 + 1e-9 for v in tables)


def test_fidelity_by_epoch_ends_where_the_answer_stands(fam: OpenedRun) -> None:
    end = by_epoch(fam).teachers["student"]["signal"].agreement[-1]
    assert end == pytest.approx(answers(fam)["test"].fidelity["student"]["signal"]["agreement"])


def test_the_filters_of_a_run_are_those_it_learned(fam: OpenedRun) -> None:
    assert (fam.run.folder / "method-last.safetensors").exists()
    found = filters(fam, fam.data.test[:1])
    assert found and all(each.radius >= 1 for each in found.values())
    for each in found.values():
        assert each.rates["global"] == pytest.approx(float(each.rate_lines["global"][-1]))
    assert attended(fam, fam.data.test[:2])


def test_all_frequencies_are_the_series_itself(fam: OpenedRun) -> None:
    found = accuracy_by_cutoff(fam, [1.0])
    assert {role: found.low[role][0] for role in fam.networks} == found.whole


def test_spectra_sum_to_one_and_coherence_has_its_chance(fam: OpenedRun) -> None:
    found = [each for by in spectra(fam, fam.data.test, -1).values() for each in by.values()]
    assert found and all(each.radial.sum() == pytest.approx(1.0) for each in found)
    assert {"student", "control", "chance"} <= coherence_by_frequency(fam, "cam", "signal").lines().keys()


def test_deleting_starts_from_the_untouched_series_and_random_orders_stand_beside(fam: OpenedRun) -> None:
    found = deletion_curves(fam, "cam", "student", "linear", 4)
    assert found.deletion[0] == pytest.approx(found.random[0]) and found.areas.random.value is not None
    assert sum(each.series for each in found.classes.values()) == 4 and set(found.classes) <= set(fam.data.classes)
    assert found.verdict is None and all(each.verdict is None for each in found.classes.values())
    whole = sum(each.series * (each.deletion_gain.value or 0.0) for each in found.classes.values()) / 4
    assert whole == pytest.approx(found.areas.deletion_gain.value)
    assert weight_randomisation(fam, "cam", "student", 4).modalities.keys() == {"signal"}
    with pytest.raises(UserError, match="no network"):
        deletion_curves(fam, "cam", "nobody", "linear", 4)
