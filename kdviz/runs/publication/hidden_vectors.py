"""Where the hidden vectors of test series lie: teacher, student and control in two dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.core.params import Choice, Range
from kdviz.core.plain_text import one_line
from kdviz.figures.chart import TOLD_APART, Axis, Chart, Point, points
from kdviz.figures.palette import network_name
from kdviz.metrics.separability import evenly_spaced
from kdviz.runs.analysis.opened_run import OpenedRun, chunked
from kdviz.runs.publication.base import UNTESTED, FigureKind, over_seeds, shared, whose
from kdviz.runs.publication.figure_sheet import PublicationFigure

Places = NDArray[np.float64]
DRAWS = 20
MOST_STEPS = 500
"""Of t-SNE: with twice as many, distances within 1,000 points correlate by 0.98 with those of these."""


@dataclass(frozen=True)
class Params:
    """How the vectors are laid out."""

    layout: Annotated[str, Choice(("pca", "tsne"), "principal components, or t-SNE that starts from them")] = "pca"
    seed: Annotated[int, Range(0, 2**31 - 1, 1, "of t-SNE and of the clusters")] = 0
    series: Annotated[int, Range(20, 1000, 1, "test series, evenly spaced")] = 1000


class Embedding(FigureKind):
    """Hidden vectors after pooling; how far their clusters are the classes (V-measure) beside permuted labels."""

    id = "embedding"
    title = "Embedding of teacher, student and control"
    says = (
        "It shows how far classes lie apart in the hidden vectors; distances between groups of a t-SNE mean nothing, "
        "and a layout in two dimensions hides what lies in the others."
    )
    params = Params

    def draw(self, runs: Sequence[OpenedRun], given: Params) -> PublicationFigure:
        """The first run's layout; clusters of all."""
        one = runs[0]
        series = evenly_spaced(one.data.test, given.series)
        y = one.data.y[series]
        roles = shared(runs, (f"teacher.{one.reference}", "student", "control"))
        charts: dict[str, Chart] = {}
        numbers: dict[str, Any] = {"run": one.run.folder.name, "series": series.tolist(), "labels": y.tolist()}
        said, laid = [], dict[str, tuple[Places, str]]()
        names = [one_line(name, 24) for name in one.data.classes]
        most = TOLD_APART - 1 if len(names) > TOLD_APART else len(names)
        vectors = {role: _vectors(one, role, series) for role in roles}
        with ThreadPoolExecutor(2) as pool:  # t-SNE lets other threads work
            for done, (role, layout) in enumerate(
                {r: pool.submit(_laid_out, vectors[r], given) for r in roles}.items()
            ):
                self.tell(done, len(roles), network_name(role))
                laid[role] = layout.result()
        for role, (places, words) in laid.items():
            title = network_name(role)
            scores = [_clusters(vectors[role], y, given.seed), *(_clustered(each, role, given) for each in runs[1:])]
            score, by_chance = ([each[k] for each in scores] for k in (0, 1))
            groups = dict[str, list[Point]]()
            for label in np.unique(y):
                group = groups.setdefault(names[label] if label < most else f"{len(names) - most} more classes", [])
                for k in np.flatnonzero(y == label):
                    told = f"series {series[k]}, {names[label]}"
                    group.append(Point(float(places[k, 0]), float(places[k, 1]), told, pick=int(series[k])))
            axes = [Axis(f"{'t-SNE' if given.layout == 'tsne' else 'component'} {k}") for k in (1, 2)]
            charts[title] = points(groups, axes[0], axes[1], f"{title}: hidden vectors of {series.size} test series.")
            said.append(f"{title}: V-measure {over_seeds(score)}, with permuted labels {over_seeds(by_chance)}{words}.")
            numbers[role] = {"v_measure": float(np.mean(score)), "permuted": float(np.mean(by_chance)),
                             "places": places.tolist()}  # fmt: skip
        how = (
            f"t-SNE from principal components, {MOST_STEPS} steps, seed {given.seed}"
            if given.layout == "tsne"
            else "principal components"
        )
        first = "" if len(runs) == 1 else f" Drawn is seed {one.recipe.seed}."
        caption = (
            f"{whose(runs)}{first} Hidden vectors of {series.size} of them by {how}. Clusters (k-means, seed "
            f"{given.seed}, as many as classes) beside the classes: {' '.join(said)} {UNTESTED}"
        )
        return self.made(caption, charts, numbers)


def _vectors(opened: OpenedRun, role: str, series: NDArray[np.int64]) -> Places:
    net, found = opened.networks[role], []
    for some in chunked(series):
        with torch.no_grad():
            views = opened.input(net).views(some, names=net.modalities)
            found.append(net(views).embedding.double().numpy())
    return np.concatenate(found)


def _clustered(opened: OpenedRun, role: str, given: Params) -> tuple[float, float]:
    series = evenly_spaced(opened.data.test, given.series)
    return _clusters(_vectors(opened, role, series), opened.data.y[series], given.seed)


def _laid_out(vectors: Places, given: Params) -> tuple[Places, str]:
    """(n, 2), and which share of the variance the components hold; a component's sign is that of its largest weight."""
    centred = vectors - vectors.mean(0)
    _, size, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes[:2] * np.sign(axes[:2][np.arange(len(axes[:2])), np.abs(axes[:2]).argmax(1)])[:, None]
    places = centred @ axes.T
    if places.shape[1] < 2:
        places = np.column_stack([places, np.zeros(len(places))])
    if given.layout == "pca":
        share = float(np.square(size[:2]).sum() / max(np.square(size).sum(), 1e-30))
        return places, f" (two components hold {share:.0%} of the variance)"
    from sklearn.manifold import TSNE

    start = places / max(places[:, 0].std(), 1e-12) * 1e-4
    wide = min(30.0, (len(vectors) - 1) / 3)
    made = TSNE(
        init=start.astype(np.float32),
        random_state=given.seed,
        perplexity=wide,
        method="barnes_hut",
        max_iter=MOST_STEPS,
    )
    return np.asarray(made.fit_transform(centred.astype(np.float32)), np.float64), ""


def _clusters(vectors: Places, y: NDArray[np.int64], seed: int) -> tuple[float, float]:
    """The V-measure of k-means clusters with the classes, and its mean over permuted labels."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import v_measure_score

    many = min(len(np.unique(y)), len(np.unique(vectors, axis=0)))
    found = KMeans(many, n_init=4, random_state=seed).fit_predict(vectors)
    dice = np.random.default_rng(seed)
    permuted = [v_measure_score(dice.permutation(y), found) for _ in range(DRAWS)]
    return float(v_measure_score(y, found)), float(np.mean(permuted))
