import streamlit as st

from kdviz.core.errors import UserError
from kdviz.ui.distill import live_run, method_choice, settings_dialog, setup
from kdviz.ui.shell import presenter
from kdviz.ui.shell.frame import command
from kdviz.ui.state import cache, current, launch
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say
from kdviz.ui.widgets import page_links, run_switch

st.title(say("page distill"))
data = current.data()
run = current.run()
setup.about(data)
setup.refuse_unteachable(data)
try:
    mine = run if run is not None and run.recipe.data == data.sha256 else None
    if mine is not None:
        setup.adopt(mine)
    rows = cache.catalogue()["methods"]
    row = method_choice.pick_method(rows, mine.recipe.method if mine is not None else method_choice.USUAL)
    asked, learning = st.columns([2, 3], gap="large")
    with asked:
        begin = st.container(horizontal=True, vertical_alignment="center")
        wish, settings = setup.wishes(row, data)
        cannot = method_choice.refused(row, wish, data)
        with begin:
            by_key = "T" if presenter.on() else None
            if st.button(say("begin"), key="start", icon=":material/play_arrow:", disabled=cannot, shortcut=by_key):
                launch.begin(data, wish, settings, settings_dialog.device())
                setup.begun()
                st.rerun()
            setup.more(row, wish)
        method_choice.disabled(rows, wish)
        page_links.questions("kd", "control", "eskd")
    with learning, st.container(border=True, key="live"):
        run_switch.on_data(mine, data.sha256)
        if mine is None:
            if run is not None:
                run_switch.elsewhere(run)
            live_run.nothing_yet()
        elif setup.is_of_form(mine, wish, settings):
            live_run.panel(mine)
        else:
            live_run.former(mine)
    command(setup.command(data, wish, settings))
except UserError as wrong:
    st.error(sentence(wrong), title=say("cannot start"))
