"""Work as data: what a job is, who does it, how far it is; for page, batch and cluster alike."""
