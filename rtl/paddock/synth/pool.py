"""Where jobs are carried out: side by side here, or on a Dask cluster."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import CommandError
from .job import Execute, Job, run_job

__all__ = ["executor"]


@contextmanager
def executor(jobs: int, scheduler: str = "") -> Iterator[tuple[Execute, int]]:
    """(how to carry out one job, how many to ask for at a time): ``jobs`` here, or all that a Dask cluster takes.

    ``scheduler`` is the cluster's address, such as ``tcp://host:8786``. Its workers have this package and the tools
    installed; nothing else is shared, as input and output travel with the job.
    """
    if not scheduler:
        yield run_job, jobs
        return
    try:
        from distributed import Client
    except ImportError:
        raise CommandError("SCHEDULER needs the package distributed; `make overhead` installs it") from None
    try:
        client = Client(scheduler, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        raise CommandError(f"no Dask scheduler answers at {scheduler}: {error}") from None
    with client:
        slots = sum(client.ncores().values())
        if not slots:
            raise CommandError(f"the Dask scheduler at {scheduler} has no workers")

        def execute(job: Job) -> dict[str, bytes]:
            return client.submit(run_job, job, key=f"{job.kind}-{job.key}", pure=False).result()

        yield execute, slots
