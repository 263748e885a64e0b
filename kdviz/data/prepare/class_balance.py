"""What is odd about the classes: none, one only, one of a single series, very different sizes."""

from __future__ import annotations

import re
from collections import Counter

from kdviz.data.cells import Words
from kdviz.data.prepare.quality import Finding, many


def about_classes(labels: Words | None, series: int) -> tuple[Finding, ...]:
    """No labels, one class only, a class of one series, classes of very different size."""
    if labels is None:
        sentence = "There are no labels. Encoding works; distillation needs two classes: "
        sentence += "name the label column if there is one."
        return (Finding("no_labels", sentence, series),)
    counts = Counter(map(str, labels))
    if len(counts) == 1:
        only = next(iter(counts))
        sentence = f"All series have class {only[:40]}. Encoding works; distillation needs two classes."
        return (Finding("one_class", sentence, series),)
    found = _alike(list(counts))
    alone = sorted(k for k, n in counts.items() if n == 1)
    if alone:
        which = many(len(alone), "class has", "classes have")
        sentence = f"{which} one series only (first: {alone[0][:40]}): too few to learn from and to test."
        found.append(Finding("class_of_one", sentence, len(alone)))
    most, least = counts.most_common()[0], counts.most_common()[-1]
    if most[1] >= 5 * least[1] and not alone:
        sentence = f"Classes differ in size: {most[0][:40]} has {most[1]:,} series, {least[0][:40]} has {least[1]:,}."
        found.append(Finding("imbalance", f"{sentence} Judge by F1, not by accuracy alone.", most[1] - least[1]))
    return tuple(found)


def _alike(names: list[str]) -> list[Finding]:
    """Classes whose names differ by capital letters, blanks or marks only."""
    spelt: dict[str, list[str]] = {}
    for name in names:
        if not any(c.isalpha() for c in name):
            continue  # -1 and 1 are no spellings of one class
        spelt.setdefault(re.sub(r"[\s_-]+", " ", name).strip().casefold(), []).append(name)
    pairs = [sorted(v) for v in spelt.values() if len(v) > 1]
    if not pairs:
        return []
    there = "; ".join(" and ".join(repr(n[:30]) for n in p[:3]) for p in pairs[:3])
    sentence = f"Classes are alike but for case, blanks or marks: {there}. Each counts as a class of its own."
    return [Finding("labels_alike", sentence, len(pairs))]
