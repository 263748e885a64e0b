"""The rooms that know Streamlit."""
