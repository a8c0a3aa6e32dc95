"""x."""
import streamlit as st
def page() -> None:
    """x."""
    st.title("library")
