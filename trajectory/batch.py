"""The one pool of threads: many rows in chunks, in order, heard and stopped from the thread that asked."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait

import numpy as np

CHUNK = 2000  # rows: large enough for full lanes on every leg, small enough to stay in the cache and be seen in progress
AHEAD = 2  # chunks that may wait, done, for the caller, beside one for each thread
LISTEN = 0.05  # s between looks for a signal


def cores() -> int:
    """Processor cores that this process may use."""
    if hasattr(os, "process_cpu_count"):  # Python 3.13
        return os.process_cpu_count() or 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_chunks(
    work: Callable[[slice, np.ndarray], object],
    n: int,
    *,
    chunk: int | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Iterator:
    """Yield work(rows, cancel) for chunks of n rows, in the order of the rows, worked on by `threads` (all cores).

    rows: a slice. cancel: (1,) of int32, to be handed to fly_leg; work should also look at it now and then. `chunk`: rows
    of one call; if not given CHUNK, or fewer so that each thread has some. `progress(done, n)` is called in the caller's
    thread after each chunk. At most `threads` + AHEAD chunks are held at a time.

    An exception of a chunk or of `progress`, an interrupt (Ctrl-C), and closing the generator raise `cancel`, drop the
    chunks that wait, and wait for those that run; a chunk that was given up is never yielded. Whoever may leave the loop
    early holds the generator in contextlib.closing, so that this happens then and not some time later.
    """
    threads = cores() if threads is None else threads
    chunk = share(n, threads) if chunk is None else chunk
    for name, value in (("threads", threads), ("chunk", chunk)):
        if value < 1:
            raise ValueError(f"{name} is {value}; at least 1 is needed")
    cancel = np.zeros(1, dtype=np.int32)
    parts = (slice(first, min(first + chunk, n)) for first in range(0, n, chunk))
    held: deque[tuple[slice, Future]] = deque()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="trajectory")
    try:
        while True:
            while len(held) < threads + AHEAD and (rows := next(parts, None)) is not None:
                held.append((rows, pool.submit(work, rows, cancel)))
            if not held:
                return
            rows, chunk_done = held.popleft()
            result = heard(chunk_done)
            if progress is not None:
                progress(rows.stop, n)
            yield result
            del result, chunk_done
    finally:
        cancel[0] = 1
        pool.shutdown(wait=True, cancel_futures=True)


def share(n: int, threads: int) -> int:
    """Rows of a chunk where none is asked for: CHUNK, or fewer so that each thread has two."""
    return max(1, min(CHUNK, -(-n // (2 * threads)) if threads > 1 else CHUNK))


def heard(future: Future):
    """The future's result, waited for in short waits so that a signal is heard."""
    while not wait((future,), timeout=LISTEN).done:
        pass
    return future.result()
