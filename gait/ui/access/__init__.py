"""Who may see the page, and what was sent to whom: a wall in front of Streamlit, not inside it."""
