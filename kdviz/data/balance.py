"""What is odd about the classes: one only, one of a single series, very different sizes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kdviz.data.quality import Finding, many


def about_classes(labels: Sequence[str]) -> tuple[Finding, ...]:
    """One class only, a class of one series, classes of very different size."""
    counts = Counter(labels)
    if len(counts) == 1:
        only = next(iter(counts))
        words = f"All series have class {only[:40]}. Encoding works; distillation needs two classes."
        return (Finding("one_class", words, len(labels)),)
    found = []
    alone = sorted(k for k, n in counts.items() if n == 1)
    if alone:
        which = many(len(alone), "class has", "classes have")
        words = f"{which} one series only (first: {alone[0][:40]}): too few to learn from and to test."
        found.append(Finding("class_of_one", words, len(alone)))
    most, least = counts.most_common()[0], counts.most_common()[-1]
    if most[1] >= 5 * least[1] and not alone:
        words = f"Classes differ in size: {most[0][:40]} has {most[1]:,} series, {least[0][:40]} has {least[1]:,}."
        found.append(Finding("imbalance", f"{words} Judge by F1, not by accuracy alone.", most[1] - least[1]))
    return tuple(found)
