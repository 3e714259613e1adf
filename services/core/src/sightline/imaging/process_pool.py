"""A process pool for work that may hang, crash or exhaust memory.

A thread cannot be stopped, and a crash of a decoder ends its process, so images are decoded in
isolated processes: one image at a time in each. A process that takes too long is killed and
replaced.

The limit of a call counts CPU time, so that an image is not blamed for a busy machine. A second
limit, on elapsed time, frees the process of a call that waits instead of computing.
"""

import asyncio
import multiprocessing
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")


#: Timeout for the start of a process.
START_TIMEOUT_SECONDS = 30.0


#: Timeout for the exit code of a process whose pipe is closed.
EXIT_TIMEOUT_SECONDS = 5.0

#: Limit on the elapsed time of a call, as a multiple of the limit on its CPU time.
ELAPSED_FACTOR = 4.0


class ProcessDied(Exception):
    """The process ended before it returned a result."""


class Stalled(Exception):
    """The call took too long, but not by computing: the machine may be busy."""


class DecodePool:
    """A pool of `size` isolated processes; use it as an asynchronous context manager.

    `seconds` is the limit on the CPU time of one call, and `memory` on what one process may
    allocate, in bytes. `preload` names modules that are imported once, before the processes are
    forked.
    """

    def __init__(
        self, size: int, seconds: float, memory: int | None = None, preload: Sequence[str] = ()
    ) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__, *preload])
        self._threads = ThreadPoolExecutor(size, "decode-pool")
        self._processes = [_Process(context, seconds, memory) for _ in range(size)]
        self._free: asyncio.Queue[_Process] = asyncio.Queue()
        for process in self._processes:
            self._free.put_nowait(process)

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        await asyncio.gather(
            *(loop.run_in_executor(self._threads, process.start) for process in self._processes)
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._processes:
            process.close()
        self._threads.shutdown()

    async def run(
        self,
        function: Callable[Arguments, Value],
        *arguments: Arguments.args,
        **options: Arguments.kwargs,
    ) -> Value:
        """Call the function in another process and return its value.

        The function, its arguments and its value must be picklable. Raises what the function
        raises, `TimeoutError` at the limit on CPU time, `Stalled`, and `ProcessDied`.
        """
        process = await self._free.get()
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._threads, process.run, function, arguments, options)
        try:
            value: Value = await work
        except asyncio.CancelledError:
            # The result is no longer needed: end the call.
            process.kill()
            raise
        finally:
            self._free.put_nowait(process)
        return value


class _Process:
    """One process, replaced when it dies; one thread uses it at a time."""

    def __init__(self, context: Any, seconds: float, memory: int | None) -> None:
        self._context = context
        self._seconds = seconds
        self._memory = memory
        self._lock = threading.Lock()
        self._closed = False
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    def start(self) -> None:
        with self._lock:
            self._connect()

    def run(self, function: Callable[..., Any], arguments: Any, options: Any) -> Any:
        with self._lock:
            try:
                pipe = self._connect()
                pipe.send((function, arguments, options))
                if not pipe.poll(self._seconds * ELAPSED_FACTOR):
                    self._disconnect()
                    raise Stalled
                succeeded, result = pipe.recv()
            except (EOFError, OSError) as error:
                # The pipe closes just before the process has ended.
                if self._disconnect(EXIT_TIMEOUT_SECONDS) == -signal.SIGPROF:
                    raise TimeoutError from error
                raise ProcessDied from error
            if succeeded:
                return result
            raise result

    def kill(self) -> None:
        """Kill the process at once; it is replaced at the next call."""
        # The thread of the call may replace it meanwhile.
        if (process := self._process) is not None:
            process.kill()

    def close(self) -> None:
        """Kill the process for good; a call in progress fails."""
        self._closed = True
        self.kill()
        with self._lock:
            self._disconnect()

    def _connect(self) -> Connection:
        if self._pipe is None or self._process is None or not self._process.is_alive():
            self._disconnect()
            ours, theirs = self._context.Pipe()
            process = self._context.Process(
                target=_serve, args=(theirs, self._seconds, self._memory), daemon=True
            )
            process.start()
            theirs.close()
            self._process, self._pipe = process, ours
            if self._closed:
                # When the pool was closed, there was nothing to kill yet.
                process.kill()
            # The start must not count towards the timeout of the first call.
            if not ours.poll(START_TIMEOUT_SECONDS):
                raise TimeoutError
            ours.recv()
        return self._pipe

    def _disconnect(self, wait_seconds: float = 0) -> int | None:
        """End the process; return its exit code, which is negative for a signal."""
        code = None
        if self._process is not None:
            self._process.join(wait_seconds)
            self._process.kill()
            self._process.join()
            code = self._process.exitcode
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None
        return code


def _serve(pipe: Connection, seconds: float, memory: int | None) -> None:
    """Run the calls from the pipe, and send their results, until the pipe is closed."""
    # Ctrl-C is for the service, which lets work in flight finish.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Decoders written in C print there, many lines for a malicious file. Errors that matter are
    # returned as exceptions.
    with open(os.devnull, "wb") as devnull:  # noqa: PTH123
        os.dup2(devnull.fileno(), sys.stdout.fileno())
        os.dup2(devnull.fileno(), sys.stderr.fileno())
    if memory is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    pipe.send("ready")
    while True:
        try:
            function, arguments, options = pipe.recv()
        except EOFError:
            return
        # SIGPROF ends the process when it has used the CPU time, also inside a decoder.
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            result = True, function(*arguments, **options)
        except Exception as error:
            result = False, error
        signal.setitimer(signal.ITIMER_PROF, 0)
        pipe.send(result)
