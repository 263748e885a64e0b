from dataclasses import replace

import numpy as np
import pytest

from benchmarks.localisation import localisation_auc
from kdviz.core.errors import UserError
from kdviz.data.sources import samples
from kdviz.data.sources.planted import Params, band, decoy, planted, shortcut, truth

DATA = planted()
QUIET = replace(Params(), strength=50.0, shortcut=1.0, leak=0.0)


def test_the_same_seed_gives_the_same_bits_and_another_seed_others() -> None:
    assert planted().sha256 == DATA.sha256
    assert planted(replace(Params(), seed=1)).sha256 != DATA.sha256


def test_the_fingerprint_never_changes_from_version_to_version() -> None:
    assert DATA.X.dtype == np.float32 and DATA.X.shape == (240, 3, 128)
    assert DATA.sha256.startswith("15c1f276415b")


def test_the_truth_marks_exactly_where_the_loudness_of_the_ripple_lies() -> None:
    data = planted(replace(QUIET, decoy=0.0, shortcut=0.0))
    marked = truth(data)
    assert (marked.sum(1) == Params().width).all()
    loud = np.abs(data.X[:, 0])
    assert localisation_auc(loud, marked).mean() > 0.95
    assert (loud[marked].mean() > 10 * loud[~marked].mean()) and np.abs(data.X[:, 2]).max() < 6


def test_only_the_pitch_of_the_true_ripple_tells_the_class() -> None:
    data = planted(replace(QUIET, shortcut=0.0))
    pitch = {}
    for name, mask in {"true": truth(data), "decoy": decoy(data)}.items():
        cut = data.X[:, 0][mask].reshape(data.series, -1)
        spectrum = np.abs(np.fft.rfft(cut * np.hanning(cut.shape[1]), 512))
        pitch[name] = np.fft.rfftfreq(512, 1 / 64)[spectrum.argmax(1)]
    wanted = np.array(band(data))[data.y]
    assert np.abs(pitch["true"] - wanted).max() < 1.5
    assert np.abs(pitch["decoy"] - np.sqrt(6 * 12)).max() < 1.5


def test_decoy_and_shortcut_never_lie_on_the_truth() -> None:
    assert not (truth(DATA) & decoy(DATA)).any() and not (truth(DATA) & shortcut(DATA)).any()


def test_the_place_of_the_evidence_tells_nothing_about_the_class() -> None:
    data = planted(replace(Params(), series=4000))
    middle = truth(data).argmax(1)
    assert abs(middle[data.y == 0].mean() - middle[data.y == 1].mean()) < 3


def test_the_shortcut_is_in_training_only_and_mostly_of_one_class() -> None:
    carried = shortcut(DATA).any(1)
    assert not carried[DATA.test].any()
    ones = carried[DATA.train][DATA.y[DATA.train] == 1]
    assert 0.6 < ones.mean() < 1.0 and carried[DATA.train][DATA.y[DATA.train] == 0].mean() < 0.2
    loud = planted(QUIET)
    assert loud.X[shortcut(loud).any(1)][:, 2, :16].mean() > 10 > abs(loud.X[~shortcut(loud).any(1)][:, 2].mean())


def test_it_is_found_among_the_samples_and_its_truth_with_it() -> None:
    again = samples.load("planted")
    assert again.sha256 == DATA.sha256 and again.source["sample"] == "planted"
    np.testing.assert_array_equal(truth(again), truth(DATA))
    assert samples.load("planted-7").sha256 == planted(replace(Params(), seed=7)).sha256


def test_a_data_set_from_elsewhere_has_no_truth_and_says_so() -> None:
    with pytest.raises(UserError, match="sample:planted"):
        truth(replace(DATA, source={"file": "x"}))


def test_absurd_wishes_are_answered_in_words() -> None:
    with pytest.raises(UserError, match="shorten"):
        planted(replace(Params(), width=64))
    with pytest.raises(UserError, match="below 32 Hz"):
        planted(replace(Params(), high=40.0))
    with pytest.raises(UserError, match="seed"):
        samples.load("planted-99999999999999999999")
