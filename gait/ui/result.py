"""x."""
import streamlit as st
def show(run) -> None:
    """x."""
    st.title("result"); st.write(run.path.name)
