import streamlit as st

st.title("Encode")
