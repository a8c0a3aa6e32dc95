"""The page: widgets in, charts out. What it shows is computed elsewhere."""
