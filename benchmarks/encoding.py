"""How fast series become images, against pyts, gudhi and persim in the same run: `python -m benchmarks.encoding`.

Every round runs each contestant once, one after the other, so that a busy neighbour disturbs them alike; what is
printed is the median over rounds of the ratio within a round. One thread, and its processor time: who else is running
does not count. The peers are no part of kdviz; `make bench` installs them (requirements-bench.txt).
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import subprocess  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
from collections.abc import Callable  # noqa: E402
from time import process_time  # noqa: E402

import numpy as np  # noqa: E402

from kdviz.data.dataset import Dataset  # noqa: E402
from kdviz.modalities.base import modality  # noqa: E402

Work = Callable[[], object]
ROUNDS = 7
SIDE, SIGMA = 64, 0.05


def rounds(mine: Work, peers: dict[str, Work], count: int = ROUNDS) -> tuple[float, dict[str, tuple[float, float]]]:
    """Median seconds of `mine`; and by peer its median seconds and the median ratio to `mine`."""
    contestants = [mine, *peers.values()]
    for work in contestants:
        work()
    times = np.array([[_seconds(work) for work in contestants] for _ in range(count)])
    ratio = np.median(times[:, 1:] / times[:, :1], axis=0)
    seconds = np.median(times, axis=0)
    return float(seconds[0]), {peer: (float(seconds[i + 1]), float(ratio[i])) for i, peer in enumerate(peers)}


def _seconds(work: Work) -> float:
    start = process_time()
    work()
    return process_time() - start


def walks(count: int, length: int) -> np.ndarray:
    """Random walks (N, T), float32."""
    return np.random.default_rng(0).normal(size=(count, length)).cumsum(1).astype(np.float32)


def show(title: str, result: tuple[float, dict[str, tuple[float, float]]], wanted: dict[str, str]) -> None:
    """One line for us, one for every peer."""
    mine, peers = result
    print(f"\n{title}: {mine * 1e3:.2f} ms")
    for peer, (seconds, ratio) in peers.items():
        print(f"  {peer:<32}{seconds * 1e3:10.2f} ms   {ratio:8.2f} x   {wanted.get(peer, '')}")


def gramian(count: int, length: int, side: int, judged: bool) -> None:
    """GASF in float32: as a new array, where asking for memory costs most, and into a buffer that is used again."""
    from pyts.image import GramianAngularField

    rows = walks(count, length)
    double = rows.astype(np.float64)
    eye = modality("gaf", {"size": side, "kind": "gasf", "range": "window"})
    peer = GramianAngularField(image_size=side)
    buffer = np.zeros((count, 1, side, side), np.float32)
    ours = eye.see(rows[:, None])[:, 0]
    print(f"\nlargest difference from pyts: {np.abs(ours - peer.transform(double)).max():.1e}")
    wanted = {"pyts": "wanted: at least 8", "writing the bytes": "wanted: at least 0.33"} if judged else {}
    works: dict[str, Work] = {"pyts": lambda: peer.transform(double), "writing the bytes": lambda: buffer.fill(1)}
    title = f"GASF {count} x {length} -> {side} x {side}"
    show(f"{title}, one buffer", rounds(lambda: eye.see(rows[:, None], buffer), works), wanted)
    works["writing the bytes"] = lambda: np.empty_like(buffer).fill(1)
    show(f"{title}, new arrays", rounds(lambda: eye.see(rows[:, None]), works), wanted)


def gudhi_diagrams(rows: np.ndarray) -> list[np.ndarray]:
    """Finite sublevel pairs of each row by gudhi's cubical complex."""
    import gudhi

    found = []
    for row in rows:
        complex_ = gudhi.CubicalComplex(vertices=row)
        complex_.compute_persistence()
        pairs = complex_.persistence_intervals_in_dimension(0)
        found.append(pairs[np.isfinite(pairs[:, 1])])
    return found


def persistence(count: int, length: int) -> None:
    """Series to persistence images; the same ranges, resolution and blur for everybody."""
    from gudhi.representations import PersistenceImage
    from persim import PersistenceImager

    rows = walks(count, length)
    rows /= rows.std()
    double = rows.astype(np.float64)
    settings = {"resolution": SIDE, "sigma": SIGMA, "filtration": "sublevel", "essential": "drop", "normalise": "none"}
    settings |= {"tilt": 0, "weight": "linear"}
    eye = modality("persistence", settings)
    eye.fit(rows[:, None])
    across, up = eye.axes(0)  # type: ignore[attr-defined]
    births = (across.low, across.low + across.step * SIDE)
    lives = (0.0, up.step * SIDE)
    gudhi_image = PersistenceImage(
        bandwidth=SIGMA * (births[1] - births[0]),
        weight=lambda p: p[1],
        resolution=[SIDE, SIDE],
        im_range=[*births, *lives],
    )
    square = (births[0], births[0] + SIDE * across.step)
    persim_image = PersistenceImager(
        birth_range=square,
        pers_range=(0.0, SIDE * across.step),
        pixel_size=across.step,
        kernel_params={"sigma": (SIGMA * (births[1] - births[0])) ** 2 * np.eye(2)},
    )
    diagrams = gudhi_diagrams(double)
    works: dict[str, Work] = {
        "gudhi + gudhi": lambda: gudhi_image.fit_transform(gudhi_diagrams(double)),
        "gudhi + persim": lambda: persim_image.transform(gudhi_diagrams(double), skew=True),
    }
    wanted = {"gudhi + gudhi": "wanted: at least 30", "gudhi + persim": "wanted: at least 50"}
    print(f"\npairs a series: {np.mean([len(d) for d in diagrams]):.0f}; persim's image: {persim_image.resolution}")
    show(f"series -> PI {count} x {length} -> {SIDE} x {SIDE}", rounds(lambda: eye.see(rows[:, None]), works), wanted)


def first_encode() -> None:
    """A fresh checkout's first persistence image, and a later process's: seconds in a process of its own."""
    code = (
        "from time import perf_counter as now; a = now()\n"
        "import numpy as np; from kdviz.modalities.base import modality\n"
        "x = np.random.default_rng(0).normal(size=(50, 1, 150)).astype('f4'); b = now()\n"
        "e = modality(NAME); e.fit(x); e.see(x); print(f'{b - a:.2f} {now() - b:.2f}')"
    )
    print("\nfirst encode of 50 x 150 in a new process, seconds (imports of numpy and kdviz + encode):")
    with tempfile.TemporaryDirectory() as place:
        for name, what in (
            ("gaf", "GAF, nothing compiled"),
            ("persistence", "PI, nothing compiled"),
            ("persistence", "PI, compiled before"),
        ):
            words = [sys.executable, "-c", code.replace("NAME", repr(name))]
            place_env = {**os.environ, "NUMBA_CACHE_DIR": place}
            said = subprocess.run(words, env=place_env, check=True, capture_output=True, text=True).stdout
            print(f"  {what:<24}{' + '.join(said.split())}")


MANY = """
import resource, sys
import numpy as np
from kdviz.data.dataset import Dataset
from kdviz.modalities.base import modality
from kdviz.runs.store.view_cache import encoded
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
name, how = sys.argv[1:]
eye = modality(name)
x = np.random.default_rng(0).normal(size=(20000, 1, 150)).astype('f4').cumsum(2)
i = np.arange(len(x))
data = Dataset(x, i % 2, ('a', 'b'), ('value',), i[::2], i[1::4], i[3::4], 'walks')
eye.fit(x[:50]); eye.see(x[:50])
before = peak()
if how == 'kept':
    view = encoded(data, eye)
else:
    view = np.empty((len(x), *eye.shape(1, 150)), 'f4'); view[:] = 0
    before = peak()
    eye.fit(x[data.train]); eye.see(x, view)
print(f'{peak() - before:.0f} MB beside {"a view" if how == "kept" else "the view"} of {view.nbytes / 1e6:.0f} MB')
"""


def many() -> None:
    """Peak memory of fitting to and encoding 20,000 series, beside the view; and through the file that is kept."""
    print("\n20,000 x 150, peak memory above what was there before, in a process of its own:")
    for name in ("gaf", "persistence", "markov", "recurrence"):
        for how in ("memory", "kept"):
            with tempfile.TemporaryDirectory() as home:
                words = [sys.executable, "-c", MANY, name, how]
                said = subprocess.run(words, env={**os.environ, "KDVIZ_HOME": home}, check=True, capture_output=True)
                print(f"  {name:<12} {how:<7}{said.stdout.decode().strip()}")


def kept() -> None:
    """What a second training on the same data saves: to find the views again against making them."""
    for count, channels, length in ((1000, 1, 500), (2000, 3, 500), (20000, 1, 150)):
        x = walks(count * channels, length).reshape(count, channels, length)
        i = np.arange(count)
        names = tuple(map(str, range(channels)))
        data = Dataset(x, i % 2, ("a", "b"), names, i[::2], i[1::4], i[3::4], "walks")
        with tempfile.TemporaryDirectory() as home:
            os.environ["KDVIZ_HOME"] = home
            for name in ("gaf", "persistence"):
                _found(data, name)


def _found(data: Dataset, name: str) -> None:
    from kdviz.runs.store.view_cache import encoded

    view = encoded(data, modality(name))
    found, peers = rounds(lambda: encoded(data, modality(name)).sum(), {"made": lambda: _made(data, name)}, 3)
    print(
        f"  {' x '.join(map(str, data.X.shape)):<16} {name:<12}{view.nbytes / 1e6:5.0f} MB  fitted and made "
        f"{peers['made'][0] * 1e3:6.0f} ms   found {found * 1e3:5.0f} ms   "
        f"{'kept' if isinstance(view, np.memmap) else 'not worth keeping'}"
    )


def _made(data: Dataset, name: str) -> float:
    eye = modality(name)
    eye.fit(data.X[data.train])
    return float(eye.see(data.X).sum())


def main() -> None:
    """Print everything."""
    first_encode()
    many()
    print("\nviews of a data set, found on disk against made anew:")
    kept()
    persistence(200, 500)
    gramian(1000, 500, 128, judged=True)
    gramian(1000, 150, 64, judged=False)


if __name__ == "__main__":
    main()
