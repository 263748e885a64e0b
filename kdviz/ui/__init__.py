"""The pages, one room each, and what they share; the only rooms that know Streamlit."""
