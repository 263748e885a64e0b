"""What the server runs for each visitor. It lies here, not beside pages/, so that Streamlit never takes that folder
for pages of its older kind: a deep link into a server that has just started would then skip the menu.
"""

from kdviz.ui.shell.frame import boot

boot()
