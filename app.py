"""The page: `gait app`, or `streamlit run app.py` in a checkout."""

from gait.ui.router import main

main()
