"""Watch recordings whose anomalies are known: VUS-PR by view and control, intervals over files, and seconds.

    python -m benchmarks.watch FOLDER [--views signal,gaf] [--method hidden,rd] [--seeds 0] [--set gaf.teacher=scan ...]

FOLDER holds npz files of x (C, T), label (T,) and train_end; files are the unit of the intervals. `--speed` takes the
seconds of 30,000 and of a million samples instead, and of the volumes.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch

from kdviz.core.params import pairs
from kdviz.data.sources.open_data import open_recording
from kdviz.data.sources.recordings import beats
from kdviz.data.stretch import Stretch
from kdviz.metrics.detection import measured, vus
from kdviz.training.watched.watch_loop import Watched, watch
from kdviz.training.watched.watch_scores import controls, whole_scores
from kdviz.training.watched.watch_settings import fused_keys, settings_of, window_for
from kdviz.training.watched.watch_teachers import watch_recipe_for

BOOTSTRAPS = 10_000


def scores_of(
    stretch: Stretch, given: argparse.Namespace, seed: int, beside: bool = True
) -> dict[str, dict[str, object]]:
    """Every measure of every score; the marks are read after all of them are there."""
    views, methods = (tuple(filter(None, (text or "").split(","))) for text in (given.views, given.method))
    recipe = watch_recipe_for(stretch, views, methods, pairs(given.settings), seed)
    began = time.process_time()
    found = next(e for e in watch(recipe, stretch, None, lambda: False) if isinstance(e, Watched))
    learned = time.process_time()
    every = dict(whole_scores(found, stretch, fused_keys(recipe), 1.0, 0.0))
    print(
        f"  {stretch.name} W={recipe.window}: {learned - began:.1f} s + {time.process_time() - learned:.1f} s",
        flush=True,
    )
    if beside and stretch.marks is not None:
        every |= controls(found, stretch, recipe, settings_of(recipe))
    if stretch.marks is None:
        return {}
    marks = stretch.marks[stretch.tested :]
    buffer = min(window_for(stretch)[1] or 100, marks.size // 4)
    return {name: dict(measured(marks, s.z[stretch.tested :], buffer)) for name, s in every.items()}


def interval(values: np.ndarray) -> tuple[float, float]:
    """95 % of the mean over files, by bootstrap."""
    rng = np.random.default_rng(0)
    means = values[rng.integers(0, values.size, (BOOTSTRAPS, values.size))].mean(1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def speed(given: argparse.Namespace) -> None:
    """CPU seconds of long recordings without marks, and of the volumes."""
    for length in (30_000, 1_000_000):
        rng = np.random.default_rng(0)
        x = beats(np.arange(length) / 168) + 0.05 * rng.standard_normal(length)
        stretch = Stretch(x[None].astype(np.float32), min(length // 3, 20_000), ("x",), f"{length:,} samples")
        scores_of(stretch, given, 0, beside=False)
    marks = np.zeros(20_000, np.int64)
    marks[5_000:5_400] = marks[9_000:11_000] = 1
    began = time.process_time()
    vus(marks, np.random.default_rng(0).random(20_000), 168)
    print(f"volumes of 20,000 samples: {time.process_time() - began:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--views")
    parser.add_argument("--method")
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--set", dest="settings", nargs="+", action="extend", default=[])
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.speed:
        return speed(given)
    names = sorted(given.folder.glob("*.npz")) if given.folder else []
    if not names:
        raise SystemExit("Give a folder with recordings: python -m benchmarks.watch FOLDER")
    seeds = [int(s) for s in given.seeds.split(",")]
    found = {p.stem: [scores_of(open_recording(p), given, s) for s in seeds] for p in names}
    print("score".ljust(18), *(name[:9].rjust(9) for name in found), "  mean  95 % over files   AUC-PR  AUC-ROC  UCR")
    for score in next(iter(found.values()))[0]:
        each = {k: [[float(r[score][m]) for r in runs if score in r] for runs in found.values()]
                for k, m in (("v", "vus_pr"), ("p", "auc_pr"), ("r", "auc_roc"))}  # fmt: skip
        vus_pr = np.array([np.mean(v) for v in each["v"] if v])
        hits = [r[score]["ucr"] for runs in found.values() for r in runs if r.get(score, {}).get("ucr") is not None]
        low, high = interval(vus_pr)
        print(
            score.ljust(18), *(f"{v:9.2f}" for v in vus_pr), f"{vus_pr.mean():6.2f}  [{low:.2f}, {high:.2f}]    ",
            f"{np.mean([np.mean(v) for v in each['p']]):6.2f}  {np.mean([np.mean(v) for v in each['r']]):6.2f}  ",
            f"{sum(map(bool, hits))}/{len(hits)}",
        )  # fmt: skip


if __name__ == "__main__":
    main()
