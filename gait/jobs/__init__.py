"""Work as data: queue, workers, Dask, progress."""
