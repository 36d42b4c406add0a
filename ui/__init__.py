"""Command line and Streamlit app. Decides nothing."""
