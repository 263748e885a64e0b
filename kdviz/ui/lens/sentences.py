"""What the lens says; the browser fills in the numbers. A translation is another such table."""

from __future__ import annotations

SENTENCES = {
    "idle": "Drag along the signal to light a stretch in every picture, click to let it go; point at a pixel or a pair "
    "to see what it is made of. Keys: Tab, arrows, Shift for ten steps, Space for both ends of a stretch, Esc.",
    "idle touch": "Draw along the signal with a finger to light a stretch in every picture; touch a pixel or a pair to "
    "see what it is made of. A tap on the signal lets the stretch go.",
    "title": "{channel}, series {series}, class {label}",
    "keys": "{name}. Arrow keys move, with Shift ten steps, Escape clears.",
    "sample": "sample {t}",
    "samples": "samples {t}–{u}",
    "itself": "itself",
    "value": "The value at {t} is {value}.",
    "one end": "One end of the stretch is sample {t}. Move on and press Space for the other.",
    "stretch": "Stretch of {n} samples, {a} to {b}{time}: its rows and columns are lit; "
    "{inside} of {all} pairs are born in it.",
    "pixel": "Pixel ({i}, {j}) = {value}: compares {a} with {b}.",
    "pixel gasf": "Pixel ({i}, {j}) = cos(φ{i} + φ{j}) = {value}: compares {a} with {b}.",
    "pixel gadf": "Pixel ({i}, {j}) = sin(φ{i} − φ{j}) = {value}: compares {a} with {b}.",
    "pixel markov": "Pixel ({i}, {j}) = {value}: how often the level at {a} steps to the level at {b}.",
    "pixel recurrence": "Pixel ({i}, {j}) = {value}: how far {a} is from {b}.",
    "diagram": "Persistence diagram",
    "image valley": "Image of valleys",
    "image peak": "Image of peaks",
    "tilt 0": "",
    "tilt 1": ", tilted up",
    "tilt -1": ", tilted down",
    "valley": "Valley",
    "peak": "Peak",
    "pair": "{what} born at sample {b} ({x}), merges at {d} ({y}): lives {life}.",
    "valley essential": "The deepest valley, born at sample {b} ({x}), never merges: it is ended at the maximum, "
    "sample {d} ({y}), and lives {life}.",
    "peak essential": "The highest peak, born at sample {b} ({x}), never merges: it is ended at the minimum, "
    "sample {d} ({y}), and lives {life}.",
    "spot": "Pixel at birth {x}, lifetime {y} = {value}: fed by {fed}.",
    "spot dark": "Pixel at birth {x}, lifetime {y} = {value}: no pair reaches it.",
    "feeds": "{what} {b}→{d} ({share} %)",
    "more": "{n} more",
    "spot axes": "across: birth, up: lifetime",
    "still": "Nothing changes here, so there is nothing to compare.",
}
