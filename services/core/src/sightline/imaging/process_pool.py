"""Processes for work that may hang, crash or eat memory without taking the service with it.

A thread cannot be stopped and a decoder's crash ends its process, so pictures are decoded in
processes of their own: one at a time in each, ended and replaced when it takes too long.
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


#: Seconds that a process may take to start.
START_SECONDS = 30.0


class ProcessDied(Exception):
    """The process ended before it had answered."""


class DecodePool:
    """As many processes as there is work to do at once; use it as a context.

    `seconds` is the limit for one piece of work, `memory` what one process may allocate, in
    bytes. `preload` names modules that every process has at hand from its start.
    """

    def __init__(
        self, size: int, seconds: float, memory: int | None = None, preload: Sequence[str] = ()
    ) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__, *preload])
        self._threads = ThreadPoolExecutor(size, "workbench")
        self._places = [_Process(context, seconds, memory) for _ in range(size)]
        self._free: asyncio.Queue[_Process] = asyncio.Queue()
        for place in self._places:
            self._free.put_nowait(place)

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        await asyncio.gather(
            *(loop.run_in_executor(self._threads, place.prepare) for place in self._places)
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for place in self._places:
            place.interrupt()
        self._threads.shutdown()
        for place in self._places:
            place.close()

    async def run(
        self,
        function: Callable[Arguments, Value],
        *arguments: Arguments.args,
        **options: Arguments.kwargs,
    ) -> Value:
        """The function's value, from another process; it, its arguments and value must pickle.

        Raises what the function raises, `TimeoutError`, and `ProcessDied`.
        """
        place = await self._free.get()
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._threads, place.run, function, arguments, options)
        try:
            value: Value = await work
        except asyncio.CancelledError:
            # Nobody wants the answer any more: free the process from it.
            place.interrupt()
            raise
        finally:
            self._free.put_nowait(place)
        return value


class _Process:
    """One process, replaced when it dies; used by one thread at a time."""

    def __init__(self, context: Any, seconds: float, memory: int | None) -> None:
        self._context = context
        self._seconds = seconds
        self._memory = memory
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    def prepare(self) -> None:
        with self._lock:
            self._connect()

    def run(self, function: Callable[..., Any], arguments: Any, options: Any) -> Any:
        with self._lock:
            try:
                pipe = self._connect()
                pipe.send((function, arguments, options))
                if not pipe.poll(self._seconds):
                    raise TimeoutError
                succeeded, answer = pipe.recv()
            except (EOFError, OSError) as error:
                self._disconnect()
                if isinstance(error, TimeoutError):
                    raise
                raise ProcessDied from error
            if succeeded:
                return answer
            raise answer

    def interrupt(self) -> None:
        """End the process, whatever it does."""
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        with self._lock:
            self._disconnect()

    def _connect(self) -> Connection:
        if self._pipe is None or self._process is None or not self._process.is_alive():
            self._disconnect()
            ours, theirs = self._context.Pipe()
            self._process = self._context.Process(
                target=_serve, args=(theirs, self._memory), daemon=True
            )
            self._process.start()
            theirs.close()
            self._pipe = ours
            # Its start must not be taken from the time of its first piece of work.
            if not ours.poll(START_SECONDS):
                raise TimeoutError
            ours.recv()
        return self._pipe

    def _disconnect(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None


def _serve(pipe: Connection, memory: int | None) -> None:
    """The life of a process: answer until nobody asks any more."""
    # A Ctrl-C is for the service, which lets work in flight finish.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Decoders written in C complain there, line upon line for a hostile file. What matters comes
    # back as an exception.
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
        os.dup2(nowhere.fileno(), sys.stderr.fileno())
    if memory is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    pipe.send("ready")
    while True:
        try:
            function, arguments, options = pipe.recv()
        except EOFError:
            return
        try:
            answer = True, function(*arguments, **options)
        except Exception as error:
            answer = False, error
        pipe.send(answer)
