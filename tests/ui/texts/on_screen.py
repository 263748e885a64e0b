"""Which words a file puts on the screen by itself, read from its syntax: in a call that draws, or as a sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

SAYS = ("say", "say_plain", "counted")
# fmt: off
DRAWS = {
    "Column", "CheckboxColumn", "DatetimeColumn", "ListColumn", "NumberColumn", "Page", "ProgressColumn", "TextColumn",
    "button", "cache_data", "cache_resource", "caption", "checkbox", "dataframe", "dialog", "download_button", "error",
    "expander", "file_uploader", "form_submit_button", "header", "image", "info", "latex", "link_button", "markdown",
    "metric", "multiselect", "number_input", "page_link", "pills", "plotly_chart", "popover", "progress", "radio",
    "segmented_control", "select_slider", "selectbox", "set_page_config", "slider", "spinner", "status", "subheader",
    "success", "table", "tabs", "text", "text_area", "text_input", "title", "toast", "toggle", "warning",
}
"""What Streamlit calls that which puts words on the screen."""
WRAPPERS = {
    "RequestRefused": (1,), "UserError": (0,), "_changed": (0,), "_length": (1,), "_make": (1,), "change": (3,),
    "chart": (3,), "dropped": (0,), "link": (1,), "one_of": (1, 2), "some_of": (0, 1),
}
"""Our own ways to the screen: which of their arguments are words."""
MACHINE = {
    "anchor", "args", "bind", "border", "color", "column_config", "column_order", "config", "data", "default",
    "file_name", "format", "format_func", "gap", "height", "horizontal_alignment", "icon", "key", "label_visibility",
    "language", "layout", "max_entries", "mime", "on_change", "on_click", "on_dismiss", "on_select", "output_format",
    "page_icon", "persist_state", "position", "selection_mode", "shortcut", "ttl", "type", "url_path",
    "vertical_alignment", "visibility", "width",
}
"""Keyword arguments that nobody reads."""
# fmt: on
THROUGH = ("Markdown", "capitalize", "dict", "join", "list", "lower", "one_line", "sentence", "str", "text")
"""Calls that pass words on."""
ALLOWED = {
    "kdviz/ui/data/findings.py": {"remedy "},  # the beginning of a key
    "kdviz/ui/data/mapping_form.py": {"Excel", "ODS", "MATLAB"},  # formats as readers call them, compared with
    "kdviz/ui/learn.py": {"labels alone", "activation map"},  # a kind's id; a word looked for in methods' entries
    "kdviz/ui/lens/payload.py": {"image ", "pixel ", "tilt "},  # beginnings of keys
    "kdviz/ui/runs/runs_list.py": {"MM-DD HH:mm"},  # a format
    "kdviz/ui/server/admission.py": {"Cache-Control", "Retry-After"},
    "kdviz/ui/server/cookie.py": {"; Path=/; Max-Age=", "; HttpOnly; SameSite=Lax"},
    "kdviz/ui/server/guard.py": {"Content-Security-Policy", "Referrer-Policy", "Set-Cookie"},
    "kdviz/ui/shell/frame.py": {" · kdviz", "About"},  # the app's name; Streamlit's own entry of its menu
    "kdviz/ui/widgets/drawings.py": {'<div id="'},
    "kdviz/ui/widgets/series_picker.py": {"Left", "Right"},  # keys of the keyboard, as Streamlit calls them
}
"""Words that are none for people, by file."""
FOR_BROWSERS = ("AGAIN", "IN_HEADER", "LARGER", "LISTEN", "POLICY", "STYLE", "UNSEEN")
"""Scripts, styles, frames of pages and policies."""
NOT_SAID = re.compile(
    r":material/\w+:"  # an icon
    r"|[a-z]+/[a-z.+-]+"  # a MIME type
    r"|python -m kdviz.*|(?: ?--[a-z]+(?: [a-z.-]+)?)+"  # a line for a shell, or a part of one
)


def called(call: ast.Call) -> str:
    """The last part of what is called."""
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def looks_said(literal: str) -> bool:
    """Whether this could be a sentence or a label: words with blanks between them, or one with a capital."""
    rest = NOT_SAID.sub("", literal)
    return bool(re.search(r"[^\W\d_]{2,}[,.:;]? [^\W\d_]{2,}|^[A-Z][a-z]+(?![\w(])", rest))


def stands_between(part: str) -> bool:
    """Whether this part of an f-string is a word beside a value: ` of `, ` more`."""
    return bool(re.search(r"(?<![-\w])[^\W\d_]{2,}(?= )|(?<= )[^\W\d_]{2,}(?![-\w])", NOT_SAID.sub("", part)))


def has_letters(literal: str) -> bool:
    """Whether any of it is read."""
    return bool(re.search(r"[^\W\d_]", NOT_SAID.sub("", literal)))


def literals(node: ast.expr) -> Iterator[str]:
    """The words that an argument would put on the screen: not those of keys, comparisons and other calls."""
    match node:
        case ast.Constant(value=str(value)):
            yield value
        case ast.Call() if called(node) in THROUGH:
            receiver = [node.func.value] if isinstance(node.func, ast.Attribute) else []
            for each in [*receiver, *node.args]:
                yield from literals(each)
        case ast.FormattedValue():
            yield from literals(node.value)
        case ast.IfExp():
            yield from literals(node.body)
            yield from literals(node.orelse)
        case ast.Call() | ast.Subscript() | ast.Compare() | ast.Attribute() | ast.Lambda():
            return
        case _:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    yield from literals(child)


def logs(call: ast.Call) -> bool:
    """Whether only the server's log reads it."""
    return getattr(getattr(call.func, "value", None), "id", "") == "log"


def shown(call: ast.Call) -> Iterator[str]:
    """The words that a call puts on the screen."""
    name = called(call)
    if name in WRAPPERS:
        places = [a for place, a in enumerate(call.args) if place in WRAPPERS[name]]
    elif isinstance(call.func, ast.Attribute) and name in DRAWS and not logs(call):
        places = list(call.args)
    else:
        return
    for each in [*places, *(k.value for k in call.keywords if k.arg not in MACHINE)]:
        yield from literals(each)


def quiet(tree: ast.Module) -> set[int]:
    """The nodes that nobody reads: docstrings, keys of sentences, lines of the log, what browsers run."""
    found = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (called(node) in SAYS or logs(node)):
            found |= {id(n) for each in node.args for n in ast.walk(each)}
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in FOR_BROWSERS:
            found |= {id(n) for n in ast.walk(node.value)}
    return found


def past_the_catalogue(path: str, tree: ast.Module) -> list[str]:
    """What this file puts on the screen past the catalogue, with its line."""
    unread, found = quiet(tree), list[tuple[int, str]]()
    for node in ast.walk(tree):
        match node:
            case ast.Call():
                found += [(node.lineno, words) for words in shown(node) if has_letters(words)]
            case ast.JoinedStr():
                parts = [n.value for n in node.values if isinstance(n, ast.Constant) and id(n) not in unread]
                found += [(node.lineno, part) for part in map(str, parts) if stands_between(part)]
            case ast.Constant(value=str(value)) if id(node) not in unread and looks_said(value):
                found.append((node.lineno, value))
    return sorted({f"{path}:{line}: {words!r}" for line, words in found if words not in ALLOWED.get(path, set())})
