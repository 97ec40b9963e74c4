"""jail: the child's side of the sandbox. Standard library only (and PyAV, in the child that looks into files).

Runs in a fresh interpreter that was started with an empty environment, isolated from the user's own Python set-up, with one
socket to its parent and nothing else. It is handed one job, confines itself, does it, and ends. Never imported for what it
does by the parent, except `job.Job`, the message between the two. Start reading at `main.py`, then `confine.py`.
"""

from .job import PROBE, RUN, TRIAL, Job

__all__ = ["PROBE", "RUN", "TRIAL", "Job"]
