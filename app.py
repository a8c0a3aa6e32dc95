"""The page: `gait app`, or `streamlit run app.py` in a checkout.

Streamlit reads this file twice: the server imports `app`, and every look at the page runs the file.
"""

import streamlit as st

from gait.ui.server import main, walls

if __name__ == "__main__":
    main()
else:
    app = st.App(__file__, **walls())
