"""Views too large for memory: a batch has the same bits, however it comes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from kdviz.modalities.base import modality
from kdviz.runs.store import view_cache
from kdviz.runs.store.home import cache_home
from kdviz.training import streamed_views
from kdviz.training.encoded_data import whole
from kdviz.training.streamed_views import DrawnView, MappedView, part_of, view_of
from tests.conftest import bumps
from tests.runs.worker.test_runs import answer, asked, done


@pytest.mark.parametrize(("name", "kind"), [("signal", DrawnView), ("gaf", DrawnView), ("persistence", MappedView)])
@pytest.mark.parametrize("most", [0, 1 << 30], ids=["in passing", "kept"])
def test_a_batch_has_the_bits_that_it_would_be_cut_out_with(
    name: str, kind: type, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bumps(channels=2)
    cut = torch.from_numpy(whole(data, modality(name)))
    monkeypatch.setattr(view_cache, "WORTH", 1)
    monkeypatch.setattr(view_cache, "PASSING", 0)
    monkeypatch.setattr(view_cache, "most", lambda: most)
    monkeypatch.setattr(streamed_views, "LARGE", 0)
    monkeypatch.setattr(streamed_views, "IN_USE", 20_000)
    found = view_of(data, modality(name), view_cache.encoded, data)
    assert type(found) is kind and tuple(found.shape) == tuple(cut.shape)
    train = torch.from_numpy(data.train)
    part, order = part_of(found, train), torch.randperm(data.train.size)
    for index in (*torch.split(order, 7), slice(0, 5)):
        assert torch.equal(part[index], cut[train][index])
    assert np.array_equal(part_of(cut, train)[order].numpy(), part[order].numpy())
    kept = list(Path(cache_home() / "encodings").glob("*.npy")) if (cache_home() / "encodings").is_dir() else []
    assert len(kept) == (kind is MappedView and most > 0)


def test_a_run_learns_the_same_bits_from_views_that_are_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    data = bumps()
    held = answer(done(asked(data, epochs=2, **{"teacher.epochs": 2}), data))
    monkeypatch.setenv("KDVIZ_HOME", f"{cache_home().parent}-other")
    monkeypatch.setattr(streamed_views, "LARGE", 0)
    assert answer(done(asked(data, epochs=2, **{"teacher.epochs": 2}), data)) == held
