"""The page: `gait app`, or `streamlit run app.py` in a checkout."""

from gait.ui.server import main

main()
