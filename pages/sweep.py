import streamlit as st

from kdviz.ui.sweep import sweep_view
from kdviz.ui.texts.sentences import say
from kdviz.ui.widgets import page_links
from kdviz.ui.widgets.page_links import views

st.title(say("page sweep"))
st.caption(say("sweeps"))
views("sweep")
page_links.questions("kd", "control")
sweep_view.show_sweep()
