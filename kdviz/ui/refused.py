"""What a request is answered that goes no further: a status and a sentence."""

from __future__ import annotations

from starlette.responses import HTMLResponse, PlainTextResponse, Response

AGAIN = """<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<meta name="viewport" content="width=device-width"><title>kdviz</title>
<style>:root{{color-scheme:light dark;font:1.1rem/1.5 sans-serif}}
body{{max-width:34rem;margin:20vh auto;padding:0 1rem}}</style>
<body><h1>Just a moment</h1><p role="status">{sentence}</p></body></html>"""


class Refused(Exception):
    """Goes no further. `waits`: a page that tries again by itself is a better answer than a line of text."""

    def __init__(self, status: int, sentence: str, waits: bool = False) -> None:
        super().__init__(sentence)
        self.status, self.waits = status, waits

    def response(self) -> Response:
        """The answer to an HTTP request."""
        if self.waits:
            return HTMLResponse(
                AGAIN.format(sentence=self), self.status, {"Retry-After": "3", "Cache-Control": "no-store"}
            )
        return PlainTextResponse(str(self), self.status)
