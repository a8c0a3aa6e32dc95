"""A session: many videos of many runners, worked through on one machine or on many.

Every video is a message (`task`) that any executor can do: worker processes here (`crew`) or a
cluster (`cluster`). What is finished is recognised by its run folder (`work`), so that the same
command goes on where it was stopped. Afterwards all run folders become tables, a roster and a page
a runner (`results`).
"""
