"""`streamlit run app.py` serves `app`; run as a script, as tests do, this is the whole app without its server."""

import streamlit as st

from kdviz.ui import server, shell

if __name__ == "__main__":
    shell.boot()
else:
    app = st.App(server.SCRIPT, lifespan=server.lifespan, middleware=server.middleware(), on_script_error=server.tell)
