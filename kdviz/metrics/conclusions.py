"""What the numbers of one run allow to be said, and what they do not. Sentences, no torch.

An interval of one run tells of other test series, never of other trainings: that is said every time.
"""

from __future__ import annotations

from dataclasses import dataclass

from kdviz.metrics.agreement import AgreementSummary
from kdviz.metrics.intervals import Estimate, too_few
from kdviz.metrics.similarity import SIMILARITY

SURE = 0.05
ONE_SEED = (
    "One run, one seed: the intervals tell of other test series, not of other trainings. "
    "Repeat with at least six seeds before saying so of the method."
)
NO_GROUPS = "No subjects are known, so windows of one person count as independent: intervals may be too narrow."


@dataclass(frozen=True)
class Family:
    """A p corrected (Holm) for all the comparisons that are made together, and how many those are."""

    adjusted: float | None
    comparisons: int

    @property
    def several(self) -> bool:
        """Whether there is anything to correct for."""
        return self.comparisons > 1


def of_instances(found: AgreementSummary, unit: str = "series", family: Family | None = None) -> str:
    """Whether the evidence belongs to the series itself, or to any of its class; p is the corrected one."""
    this = family or Family(found.p, 1)
    if found.p is None or this.adjusted is None:
        return f"Chance cannot be told: no class has two {unit} with a map."
    few = too_few(found.specific.units, unit)
    if few:
        return f"Whether the evidence belongs to the series itself cannot be told. {few}"
    counted = f"p = {this.adjusted:.2g}" + (f", corrected for {this.comparisons} comparisons" if this.several else "")
    if this.adjusted <= SURE and _above(found.specific):
        return (
            "The student's evidence belongs to the series itself: it is nearer to the teacher's map of the same "
            f"series than to its maps of others of the class ({counted})."
        )
    return (
        "It is not shown that the student's evidence belongs to the series itself: another series of the class may do "
        f"as well ({counted}). What agrees, if anything, is the habit of the class."
    )


def of_control(transfer: Estimate | None, unit: str = "series") -> str:
    """Whether distillation has anything to do with it."""
    if transfer is None or transfer.value is None:
        return "There is no from-scratch control, so nothing can be said about what distillation did."
    if transfer.low is None or transfer.high is None:
        few = too_few(transfer.units, unit) or "There is no interval: the control leaves no room."
        return f"{few} So nothing can be said about what distillation did."
    share = f"{transfer.value:.0%} of the way (95 % from {transfer.low:.0%} to {transfer.high:.0%})"
    if transfer.low > 0:
        return f"In this run the student is nearer to the teacher than its from-scratch control is: {share}."
    if transfer.high < 0:
        return f"In this run the student is farther from the teacher than its from-scratch control is: {share}."
    return (
        f"The from-scratch control matches the teacher as well ({share}): nothing here shows that distillation "
        "moved the evidence."
    )


def conclusion_sentences(measure: str, found: AgreementSummary, unit: str, family: Family | None = None) -> list[str]:
    """Everything that may be said of one measure, in sentences; the last ones are what may not.

    `unit` is what is independent: kdviz.data.dataset.Dataset.unit.
    """
    how = SIMILARITY[measure]
    said = [how.meaning, of_instances(found, unit, family), of_control(found.transfer, unit)]
    above = found.above.value
    if above is not None and above <= 0:
        said.append("The student is no nearer to the teacher than chance, so a difference to the control means little.")
    if found.undefined:
        said.append(f"{found.undefined} series have a map with nothing to compare and are left out.")
    return [*said, ONE_SEED, *([NO_GROUPS] if unit == "series" else [])]


def shown(value: Estimate | None, digits: int = 2) -> str:
    """An interval as text: `0.55 (0.51 to 0.58)`."""
    if value is None or value.value is None:
        return "–"
    if value.low is None:
        return f"{value.value:.{digits}f}"
    return f"{value.value:.{digits}f} ({value.low:.{digits}f} to {value.high:.{digits}f})"


def _above(interval: Estimate) -> bool:
    return interval.low is not None and interval.low > 0
