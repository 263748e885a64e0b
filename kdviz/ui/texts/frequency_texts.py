"""The sentences of the page Frequency."""

SENTENCES: dict[str, str] = {
    "frequency": "Frequency",
    "frequency asks": "Which frequencies do teacher and student hear, and which of them carry the decision?",
    "frequency none": "Nothing to hear yet",
    "frequency refused": "This cannot be shown",
    "frequency made of": "What are their features made of?",
    "frequency filter": "What does the filter do? {help}",
    "frequency decide": "Which frequencies carry the decision?",
    "frequency share": "Which frequencies does the evidence share?",
    "frequency maps of": "Feature maps of",
    "frequency stage": "stage {stage} of {depth}",
    "frequency title": "{network}, {view}",
    # spectra
    "frequency spectra alt": "Energy of feature maps by frequency. {each}.",
    "frequency above half": "{network}: {share} above half",
    "frequency network": "network",
    "frequency map": "map",
    "frequency high": "energy above half the highest frequency",
    "frequency high range": "{share} ({low} to {high})",
    "frequency spectra": "Means over channels and {series} test series, scaled to sum one; the constant part is left "
    "out of the shares. Maps of different sizes have different highest frequencies: compare shapes, not places.",
    # accuracy by cut
    "frequency all": "all frequencies",
    "frequency low now": "only up to {cut:.0%}",
    "frequency high now": "only from {cut:.0%}",
    "frequency low": "Only up to the cut",
    "frequency high pass": "Only from the cut",
    "frequency low alt": "Accuracy with only up to the cut. {reached}.",
    "frequency high alt": "Accuracy with only from the cut. {reached}.",
    "frequency reaches": "{network} reaches {accuracy:.0%} with low frequencies alone",
    "frequency cut": "Accuracy on {series} test series whose signal was filtered (sharp edges, zero phase, means "
    "kept); every image is made anew. Networks never met such series: a fall shows what they rely on, not what the "
    "data hold.",
    # coherence
    "frequency coherence mean": "{who}: mean {mean:.2f}",
    "frequency coherence alt": "Coherence. {each}.",
    "frequency coherence": "Welch coherence of CAMs in time with the {teacher}'s, means over {series} test series. "
    "Chance: the teacher's maps of other series of the class; few segments raise it. One run, one seed.",
    # a method's filter
    "frequency no filter": "This method has no filter of frequencies: the spectra above are all there is. Distil "
    "with FAM (`fam`, `fam1d` or `fam_review`) to see one learn.",
    "frequency no filter here": "No filter here",
    "frequency which filter": "Filter",
    "frequency level": "{teacher}, level {level}",
    "frequency tile before": "student, before",
    "frequency tile filter": "|filter|",
    "frequency tile mask": "left by the mask",
    "frequency tile after": "student, after",
    "frequency tile teacher": "teacher",
    "frequency tile seen": "student, before",
    "frequency tile rebuilt": "student, rebuilt",
    "frequency tile wanted": "teacher",
    "frequency axis": "frequency",
    "frequency pictures": "Log(1 + mean magnitude over channels), zero frequency in the centre; each panel on its "
    "own scale.",
    "frequency maps": "Means over channels, one colour scale: what the method asks to be alike are the last two.",
    "frequency branch global": "global branch",
    "frequency branch local": "local branch",
    "frequency rate": "{branch} from {first:.2f} to {last:.2f}",
    "frequency rates alt": "Rates: {each}.",
    "frequency rates": "The learned rates of the two branches (gamma 1, gamma 2) over training.",
    "frequency mask": "The mask removes the {lowest} lowest frequencies along each axis (radius {radius} on a side "
    "of {side}).",
    "frequency mask none": "**The mask removes nothing**: at a side of {side} its radius is 0. Raise `min_radius` or "
    "`cuton`.",
    "frequency loud": "Of what it hands on, {share:.0%} of the energy is the global branch's, the rest the local's.",
    "frequency nearer": "Its spectrum is {before:.1f} dB from the teacher's before the filter and {after:.1f} dB "
    "after: nearer to it.",
    "frequency no nearer": "Its spectrum is {before:.1f} dB from the teacher's before the filter and {after:.1f} dB "
    "after: no nearer to it.",
}
