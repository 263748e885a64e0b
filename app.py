"""`streamlit run app.py` serves `app`; run as a script, as tests do, this is the whole app without its server."""

import streamlit as st

from kdviz.ui.server import lifespan
from kdviz.ui.shell import frame

if __name__ == "__main__":
    frame.boot()
else:
    app = st.App(
        lifespan.SCRIPT, lifespan=lifespan.lifespan, middleware=lifespan.middleware(), on_script_error=lifespan.tell
    )
