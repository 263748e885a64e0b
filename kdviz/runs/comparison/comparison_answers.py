"""What a comparison of runs says, typed; None stands for what is unknown. Neither torch nor scipy: pages read it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class MeanScore:
    """The mean of n runs with its 95 % t interval."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class Difference:
    """Paired differences to another method, what they allow to conclude, and that as a sentence.

    See kdviz.metrics.hypothesis_tests.Paired; `unit` is what was paired: seed or split.
    """

    mean: MeanScore
    bootstrap: tuple[float | None, float | None]
    p: float | None
    least_p: float | None
    adjusted: float | None
    comparisons: int
    pairs: int
    needed: int | None
    unit: str
    conclusive: bool
    can_conclude: bool
    sentence: str


@dataclass(frozen=True)
class MethodRow:
    """A method on one data set with one student: its runs, mean scores, costs, and differences.

    agreement, kl, match and transfer are those beside one teacher, the `reference` that the method hands on; `beside`
    has the same by the view of every teacher. No mean is taken over teachers: methods differ in how many they have.
    """

    method: str
    runs: tuple[str, ...]
    seeds: int
    splits: int
    accuracy: MeanScore
    agreement: MeanScore
    kl: MeanScore
    match: MeanScore
    transfer: MeanScore
    seconds: MeanScore
    weights: float | None
    macs: float | None
    milliseconds: float | None
    to_scratch: Difference | None
    to_baseline: Difference | None
    reference: str
    beside: dict[str, dict[str, MeanScore]]

    def score(self, name: str, teacher: str = "") -> MeanScore:
        """A mean score by its name; beside the teacher of a view where one is named, unknown without such a one."""
        if teacher:
            return self.beside.get(teacher, {}).get(name, MeanScore(None, None, None, 0))
        found: MeanScore = getattr(self, name)
        return found

    def cost(self, name: str) -> float | None:
        """A cost by its name: weights, macs or milliseconds."""
        found: float | None = getattr(self, name)
        return found

    def difference(self, key: str) -> Difference | None:
        """`to_scratch` or `to_baseline`."""
        return self.to_scratch if key == "to_scratch" else self.to_baseline


@dataclass(frozen=True)
class ComparedPlace:
    """One data set and student with a row for each method."""

    data: str
    student: str
    rows: tuple[MethodRow, ...]

    @property
    def teachers(self) -> tuple[str, ...]:
        """The views of all teachers here, the signal first."""
        found = {name for row in self.rows for name in row.beside}
        return tuple(sorted(found, key=lambda view: (view != "signal", view)))


@dataclass(frozen=True)
class MethodOrder:
    """The ranking over data sets; see kdviz.metrics.ranking.Ranking.

    middle    by method: the interquartile mean over data sets and seeds, with its interval
    chances   by method: how probably it is worse than the baseline, the same, better; None without one
    """

    ranks: dict[str, float]
    friedman: float | None
    pairs: tuple[tuple[str, str, float | None], ...]
    groups: tuple[tuple[str, ...], ...]
    sets: int
    sets_for_any: int
    sentence: str
    middle: dict[str, tuple[float | None, float | None, float | None]]
    chances: dict[str, tuple[float, float, float]] | None


@dataclass(frozen=True)
class StudentOrder:
    """The ranking of methods with one student, or `why` there is none."""

    student: str
    ranking: MethodOrder | None
    why: str

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        if self.ranking is None:
            return {"student": self.student, "why": self.why}
        found = {name: value for name, value in asdict(self.ranking).items() if value is not None or name == "friedman"}
        said, middle, chances = found.pop("sentence"), found.pop("middle"), found.pop("chances", None)
        whole = {**found, "student": self.student, "sentence": said, "middle": middle}
        return whole if chances is None else {**whole, "chances": chances}


@dataclass(frozen=True)
class RunPoint:
    """One run with its accuracy, agreement (with its reference teacher) and costs."""

    id: str
    method: str
    student: str
    data: str
    seed: int
    accuracy: float | None
    agreement: float | None
    weights: float | None
    macs: float | None
    milliseconds: float | None


@dataclass(frozen=True)
class ComparedPair:
    """Two networks on the same test series; see kdviz.runs.comparison.compare.compare_pair."""

    value: float | None
    low: float | None
    high: float | None
    units: int
    unit: str
    p: float | None
    only_first: int
    only_second: int
    series: int


@dataclass(frozen=True)
class Comparison:
    """So many runs compared; `unmeasured` are those whose networks were not asked; `pair` is there for just two."""

    runs: int
    unmeasured: tuple[str, ...]
    baseline: str
    places: tuple[ComparedPlace, ...]
    orders: tuple[StudentOrder, ...]
    points: tuple[RunPoint, ...]
    pair: ComparedPair | None = None

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        found = asdict(self)
        pair = found.pop("pair")
        found["orders"] = [each.as_dict() for each in self.orders]
        return found if pair is None else {**found, "two": pair}
