"""A session: many videos of many runners, worked through on one machine or on many.

Every video is a job (`gait.jobs`) that any executor can do: worker processes here or a cluster.
What is finished is recognised by its run folder (`schedule`), so that the same command goes on
where it was stopped. Afterwards all run folders become tables, a roster and a page a runner.
"""
