"""Watch recordings whose anomalies are known: VUS-PR by view and control, intervals over files, and seconds.

    python -m benchmarks.watch FOLDER [--views signal,gaf] [--method hidden,rd] [--seeds 0,1,2] [--set gaf.teacher=scan]
    python -m benchmarks.watch --markdown      # the tables of docs/watch-measured.md, from the lines that are kept

FOLDER holds npz files of x (C, T), label (T,) and train_end; files are the unit of the intervals. With `--keep` every
score is added to docs/watch-measured.jsonl, of which the newest line of a recording, score and seed counts. `--speed`
takes the seconds of 30,000 samples instead, with `--views signal` also of a million, and of the volumes.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from kdviz.core.params import pairs
from kdviz.data.sources.open_data import open_recording
from kdviz.data.sources.recordings import beats
from kdviz.data.stretch import Stretch
from kdviz.metrics.detection import measured, vus
from kdviz.training.recipe import Recipe
from kdviz.training.watched.watch_loop import Watched, watch
from kdviz.training.watched.watch_scores import CHANCE, NEIGHBOUR, by_chance, controls, scored, whole_scores
from kdviz.training.watched.watch_settings import FUSED, fused_keys, pairs_from, settings_of, window_for
from kdviz.training.watched.watch_teachers import teacher_id, watch_recipe_for

BOOTSTRAPS = 10_000
PAGE = Path(__file__).parents[1] / "docs" / "watch-measured.md"
KEPT = PAGE.with_suffix(".jsonl")
Row = dict[str, Any]
Measures = dict[str, dict[str, float]]
"""By score, a measure of each recording, the mean over its seeds."""
AGAINST = (
    ("hidden, signal, scan", "discord"), ("hidden, signal, scan", "neighbour, signal, scan"),
    ("hidden, signal, scan", "hidden, signal, own"), ("hidden, signal, scan", "hidden, signal, random"),
    ("rd, gaf, lite0", "rd, gaf, random"), ("rd, gaf, lite0", "discord"),
    ("hidden, signal, scan + rd, gaf, lite0", "hidden, signal, scan"),
    ("hidden, signal, scan + rd, gaf, lite0", "discord"), ("hidden, signal, scan + rd, gaf, lite0", "random"),
)  # fmt: skip
"""What is held against what on the page, the difference taken recording by recording."""


def scores_of(stretch: Stretch, given: argparse.Namespace, seed: int, beside: bool = True) -> list[Row]:
    """Every measure of every score; the marks are read after all of them are there."""
    views, methods = (tuple(filter(None, (text or "").split(","))) for text in (given.views, given.method))
    recipe = watch_recipe_for(stretch, views, methods, pairs(given.settings), seed)
    began = time.process_time()
    found = next(e for e in watch(recipe, stretch, None, lambda: False) if isinstance(e, Watched))
    learned = time.process_time()
    every = dict(whole_scores(found, stretch, fused_keys(recipe), 1.0, 0.0))
    print(
        f"  {stretch.name} seed {seed} W={recipe.window}: {learned - began:.1f} s + "
        f"{time.process_time() - learned:.1f} s",
        flush=True,
    )
    if stretch.marks is None:
        return []
    nobody = np.zeros(stretch.length, np.uint16)
    every[CHANCE] = scored(by_chance(stretch.length, seed), nobody, found.windows.layout, 1.0, 0.0)
    if beside:
        every |= controls(found, stretch, recipe, settings_of(recipe))
    marks, names = stretch.marks[stretch.tested :], _names(recipe)
    buffer = min(window_for(stretch)[1] or 100, marks.size // 4)
    return [
        {"recording": Path(stretch.name).stem, "seed": seed, "score": names.get(name, name)}
        | {k: v if v is None else round(float(v), 4) for k, v in measured(marks, s.z[stretch.tested :], buffer).items()}
        for name, s in every.items() if not (name == FUSED and len(fused_keys(recipe)) == 1)
    ]  # fmt: skip


def _names(recipe: Recipe) -> dict[str, str]:
    """A score's name outside of its run: method, view, teacher; several joined where they are fused."""
    settings, known = settings_of(recipe), pairs_from(recipe)
    names = {p.key: f"{p.method}, {p.view}, {teacher_id(p, settings)}" for p in known}
    lead = next((p for p in known if p.view == "signal"), known[0])
    return {
        **names, FUSED: " + ".join(names[k] for k in fused_keys(recipe)),
        NEIGHBOUR: f"{NEIGHBOUR}, {lead.view}, {teacher_id(lead, settings)}",
    }  # fmt: skip


def interval(values: np.ndarray) -> tuple[float, float]:
    """95 % of the mean over files, by bootstrap."""
    rng = np.random.default_rng(0)
    means = values[rng.integers(0, values.size, (BOOTSTRAPS, values.size))].mean(1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def by_score(rows: list[Row], measure: str = "vus_pr") -> Measures:
    """A measure of every score and recording, the mean over its seeds; the newest line of each counts."""
    newest = {(r["score"], r["recording"], r["seed"]): float(r[measure]) for r in rows if r[measure] is not None}
    held: dict[str, dict[str, list[float]]] = {}
    for (score, recording, _), value in newest.items():
        held.setdefault(score, {}).setdefault(recording, []).append(value)
    return {score: {k: float(np.mean(v)) for k, v in each.items()} for score, each in held.items()}


def table(rows: list[Row]) -> Iterator[str]:
    """A line for each score that every recording has: by recording, mean with its interval, and by seed."""
    vus_pr, precision, roc, hit = (by_score(rows, m) for m in ("vus_pr", "auc_pr", "auc_roc", "ucr"))
    names = sorted({r["recording"] for r in rows})
    heads = [n.removesuffix("_machine").removesuffix("_v1_0").removeprefix("ucr") for n in names]
    yield f"| score | {' | '.join(heads)} | mean | 95 % over files | by seed | AUC-PR | AUC-ROC | highest hits |"
    yield "|---" * (len(names) + 7) + "|"
    for score, each in sorted(vus_pr.items(), key=lambda item: -float(np.mean(list(item[1].values())))):
        if set(each) != set(names):
            continue
        low, high = interval(np.array([each[n] for n in names]))
        by_seed = [
            _short(np.mean(list(by_score([r for r in rows if r["seed"] == s])[score].values())))
            for s in sorted({r["seed"] for r in rows if r["score"] == score})
        ]
        cells = [
            *(_short(each[n]) for n in names), f"**{_short(np.mean(list(each.values())))}**",
            f"{_short(low)} to {_short(high)}", " ".join(by_seed), _short(np.mean(list(precision[score].values()))),
            _short(np.mean(list(roc[score].values()))),
            f"{sum(hit.get(score, {}).values()):.1f} of {len(hit.get(score, {}))}",
        ]  # fmt: skip
        yield f"| {score} | {' | '.join(cells)} |"


def differences(rows: list[Row]) -> Iterator[str]:
    """How far one score is above another on the same recordings, and what that shows."""
    every = len({r["recording"] for r in rows})
    found = {score: each for score, each in by_score(rows).items() if len(each) == every}
    yield "| score | beside | difference | 95 % over files | |"
    yield "|---|---|---|---|---|"
    for mine, other in AGAINST:
        if mine in found and other in found:
            apart = np.array([value - found[other][n] for n, value in sorted(found[mine].items())])
            low, high = interval(apart)
            told = "**above**" if low > 0 else "**below**" if high < 0 else "no difference shown"
            yield f"| {mine} | {other} | {apart.mean():+.2f} | {low:+.2f} to {high:+.2f} | {told} |"


def _short(value: float | np.floating[Any]) -> str:
    return f"{value:.2f}".replace("0.", ".", 1)


def write_page() -> None:
    """The page with its tables made anew from the lines that are kept."""
    rows = [json.loads(line) for line in KEPT.read_text().splitlines()]
    text = PAGE.read_text()
    for mark, lines in (("watched", table(rows)), ("differences", differences(rows))):
        head, tail = text.split(f"<!-- {mark} -->")[0], text.split(f"<!-- /{mark} -->")[1]
        text = "\n".join([f"{head}<!-- {mark} -->", *lines, f"<!-- /{mark} -->{tail}"])
    PAGE.write_text(text)


def speed(given: argparse.Namespace) -> None:
    """CPU seconds of long recordings without marks, a million samples for the signal alone, and of the volumes."""
    for length in (30_000, 1_000_000) if given.views == "signal" else (30_000,):
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
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--set", dest="settings", nargs="+", action="extend", default=[])
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.speed:
        return speed(given)
    if given.markdown:
        return write_page()
    names = sorted(given.folder.glob("*.npz")) if given.folder else []
    if not names:
        raise SystemExit("Give a folder with recordings: python -m benchmarks.watch FOLDER")
    rows: list[Row] = []
    for seed in map(int, given.seeds.split(",")):
        for path in names:
            # discord and neighbour hear no seed: once a recording
            beside = not any(r["score"] == "discord" and r["recording"] == path.stem for r in rows)
            found = scores_of(open_recording(path), given, seed, beside)
            rows += found
            if given.keep:
                with KEPT.open("a") as file:
                    file.writelines(json.dumps(row) + "\n" for row in found)
    print("\n".join(table(rows)))


if __name__ == "__main__":
    main()
