"""jobs: work that must finish, whatever dies on the way: steps, retries with backoff, resumption, progress to show.

A verb asks for a job in the act's own transaction (`enqueue`); a worker picks it up within milliseconds (`runner`, which
alone knows the engine, DBOS). Only opaque ids are arguments or results: the engine stores both.
Never runs anything in the process that answers people.
Start reading at `port.py`.
"""

from kept.jobs.models import JobRow
from kept.jobs.port import Job, JobState, Progress, Step, enqueue, job, progress_of, registered

__all__ = ["Job", "JobRow", "JobState", "Progress", "Step", "enqueue", "job", "progress_of", "registered"]
