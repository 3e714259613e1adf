"""Process supervisor: starts all of Sightline locally, watches it and stops it."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import boto3
import httpx

from sightline.settings import SQLITE_SCHEME
from sightline_local.emulators import (
    Cloud,
    EmulatorMissing,
    choose_emulator,
    find_ministack_version,
)
from sightline_local.environment import (
    CREDENTIALS,
    EMAIL_SENDER,
    RECOGNITION_ALLOCATOR,
    REGION,
    Environment,
    Ports,
    api_environment,
    aws_environment,
    base_environment,
    notifier_environment,
    resizer_environment,
    traces_environment,
    web_environment,
    worker_environment,
)
from sightline_local.errors import StackError
from sightline_local.provisioning import (
    LOOPBACK_PORTS,
    VISIBILITY_TIMEOUT_SECONDS,
    DemoUser,
    Resources,
    provision,
)
from sightline_local.recognition.settings import CONVERTED_MODELS_FOLDER, MODELS_FOLDER
from sightline_local.state_folder import StateFolder
from sightline_local.tether import tether
from sightline_local.web.static_files import INDEX_PAGE

#: Time limits for a process to become healthy, and to exit after SIGTERM.
START_TIMEOUT_SECONDS = 60.0
STOP_TIMEOUT_SECONDS = 10.0

#: The same for the emulator, which restores its state at the start and saves it at the end.
CLOUD_START_TIMEOUT_SECONDS = 300.0
CLOUD_STOP_TIMEOUT_SECONDS = 60.0

#: Processes in start order. The web application follows if it has been built.
PROCESS_NAMES = ("cloud", "recognition", "api", "worker", "resizer", "notifier")
WEB = "web"

#: The receiver of traces; it precedes the services if traces are recorded.
TRACES = "traces"


class Program(NamedTuple):
    """Command, environment and health URL of one process."""

    command: list[str]
    environment: Environment
    health: str


class Stack:
    """The processes by name; a context manager that stops them all on exit.

    `settings` are environment variables by process, overriding the defaults. `cloud` selects the
    AWS emulator. `traces` records traces of the services and shows them. `web` is the build folder
    of the web application; None serves no web application. MiniStack keeps its data in `state`, a
    folder that is locked; without one it keeps none.

    The processes also stop when the supervisor is killed, in the same order: each reads from a pipe
    that the supervisor keeps open, and the emulator from one that all the others keep open too.
    """

    def __init__(
        self,
        ports: Ports,
        folder: Path,
        visibility: int = VISIBILITY_TIMEOUT_SECONDS,
        settings: Mapping[str, Environment] | None = None,
        cloud: Cloud = "moto",
        web: Path | None = None,
        state: StateFolder | None = None,
        traces: bool = False,
    ) -> None:
        self.ports = ports
        self.folder = folder
        self.cloud = cloud
        self.visibility = visibility
        self.settings = settings or {}
        self.web = web if web and (web / INDEX_PAGE).is_file() else None
        self.traces = traces
        self.user = DemoUser()
        self.resources: Resources | None = None
        self._state = state
        # The hashes of one run cannot be compared with those of another.
        self._owner_key = secrets.token_hex(16)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._services_pipe = os.pipe()
        self._cloud_pipe = os.pipe()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Messages in flight are finished with the help of the emulators, which stop last.
        self.stop(WEB, "api", "worker", "resizer", "notifier")
        self.stop("recognition", TRACES, "cloud")
        for descriptor in (*self._services_pipe, *self._cloud_pipe):
            os.close(descriptor)

    @property
    def table(self) -> str:
        """The table of the services: a SQLite file in the state, or that of the emulator.

        The file keeps every write when a process is killed, and stays fast as it grows (ADR 0010).
        """
        if self._state and self.cloud == "ministack":
            return f"{SQLITE_SCHEME}{self._state.table}"
        if self.resources is None:
            raise StackError("there is no table before provisioning")
        return self.resources.table

    def start(self, on_ready: Callable[[str], None] = lambda _: None) -> None:
        """Start all processes and wait until each is healthy. Raises `StackError`."""
        self.start_cloud(on_ready)
        self.start_services(on_ready)

    def start_cloud(self, on_ready: Callable[[str], None] = lambda _: None) -> None:
        """Start the emulator and create the resources in it. Raises `StackError`."""
        check_ports(self.ports)
        if self._state and self.cloud == "ministack":
            try:
                self._state.prepare(find_ministack_version())
            except EmulatorMissing as missing:
                raise StackError(str(missing)) from None
        self._launch("cloud")
        self._await_health("cloud")
        on_ready("cloud")
        self.resources = self._provision()
        on_ready("provisioning")

    def start_services(self, on_ready: Callable[[str], None] = lambda _: None) -> None:
        """Start what uses the emulator. Raises `StackError`."""
        others = (
            *([TRACES] if self.traces else []),
            *PROCESS_NAMES[1:],
            *([WEB] if self.web else []),
        )
        for name in others:
            self._launch(name)
        for name in others:
            self._await_health(name)
            on_ready(name)

    def restart(self, name: str) -> None:
        """Start one process that was stopped or has exited. Raises `StackError`."""
        self._launch(name)
        self._await_health(name)

    def stop(self, *names: str) -> None:
        """Send SIGTERM to processes and kill those that do not exit in time."""
        self._signal(signal.SIGTERM, names)
        began = time.monotonic()
        for name in names:
            process = self._running.pop(name, None)
            if process is None:
                continue
            try:
                process.wait(max(0.0, began + _stop_timeout(name) - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def kill(self, name: str) -> None:
        """Kill a process without warning, as a crash or the kernel would."""
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def find_exited(self) -> str | None:
        """Return the name of a process that has exited unexpectedly, if any."""
        for name, process in self._running.items():
            if process.poll() is not None:
                return name
        return None

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    def describe_exit(self, name: str) -> StackError:
        """Return an error that describes the unexpected exit of a process in one line."""
        code = self._running[name].poll() or 0
        if code < 0:
            # The last line of its log is from before, and has nothing to do with it.
            killed = f"{name} was killed by {signal.Signals(-code).name}"
            return StackError(f"{killed}: start again with `make run` (see {self.log(name)})")
        lines = self.log(name).read_text(errors="replace").strip().splitlines()
        last = lines[-1][:200] if lines else "no output"
        return StackError(
            f"{name} exited unexpectedly (exit code {code}): {last} (see {self.log(name)})"
        )

    def _launch(self, name: str) -> None:
        program = self._program(name)
        log = self.log(name)
        log.parent.mkdir(parents=True, exist_ok=True)
        command, descriptors = self._tether(name, program.command)
        with log.open("wb") as output:
            self._running[name] = subprocess.Popen(  # noqa: S603 - our own modules
                command,
                env={**program.environment, **self.settings.get(name, {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Keep Ctrl-C in the terminal to the supervisor, which stops the others in order.
                start_new_session=True,
                pass_fds=descriptors,
            )

    def _tether(self, name: str, command: list[str]) -> tuple[list[str], list[int]]:
        """Return the command that stops without this process, and the descriptors it inherits."""
        timeout = _stop_timeout(name)
        if name == "cloud":
            watch = self._cloud_pipe[0]
            lock = self._state.lock if self._state else None
            # The lock lasts until the state has been saved.
            return tether(command, watch, lock, timeout), [
                watch,
                *([] if lock is None else [lock]),
            ]
        watch, hold = self._services_pipe[0], self._cloud_pipe[1]
        return tether(command, watch, hold, timeout), [watch, hold]

    def _program(self, name: str) -> Program:
        ports, python = self.ports, [sys.executable, "-m"]
        health = f"{ports.url(name)}/health"
        match name:
            case "cloud":
                return self._cloud_program()
            case "recognition":
                environment = aws_environment(ports) | RECOGNITION_ALLOCATOR
                environment["SIGHTLINE_RECOGNITION_PORT"] = str(ports.recognition)
                environment["SIGHTLINE_RECOGNITION_MODELS"] = str(MODELS_FOLDER.absolute())
                environment["SIGHTLINE_RECOGNITION_CONVERTED_MODELS"] = str(
                    CONVERTED_MODELS_FOLDER.absolute()
                )
                return Program([*python, "sightline_local.recognition"], environment, health)
            case "traces":
                command = [*python, "sightline_local.traces", "--port", str(ports.traces)]
                return Program(command, base_environment(), health)
        if self.resources is None:
            raise StackError(f"{name} cannot start before provisioning")
        if name == WEB and self.web:
            environment = web_environment(ports, self.resources, self.user, self.web)
            environment["SIGHTLINE_WEB_SIGN_IN_PAGE"] = str(self.has_sign_in_page)
            return Program(
                [*python, "sightline_local.web"], environment, f"{ports.url(WEB)}/config.json"
            )
        environments: Mapping[str, Callable[[Ports, Resources], Environment]] = {
            "api": api_environment,
            "worker": worker_environment,
            "resizer": resizer_environment,
            "notifier": notifier_environment,
        }
        environment = environments[name](ports, self.resources) | {"SIGHTLINE_TABLE": self.table}
        if self.traces:
            environment |= traces_environment(ports, self._owner_key)
        return Program([*python, f"sightline_{name}"], environment, health)

    def _cloud_program(self) -> Program:
        try:
            emulator = choose_emulator(
                self.cloud, self.ports.cloud, self._state.state if self._state else None
            )
        except EmulatorMissing as missing:
            raise StackError(str(missing)) from None
        environment = {**base_environment(), **emulator.environment}
        return Program(emulator.command, environment, self.ports.url("cloud") + emulator.health)

    def _await_health(self, name: str) -> None:
        url = self._program(name).health
        timeout = CLOUD_START_TIMEOUT_SECONDS if name == "cloud" else START_TIMEOUT_SECONDS
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self._running[name].poll() is not None:
                raise self.describe_exit(name)
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(url, timeout=2, trust_env=False).is_success:
                    return
            time.sleep(0.05)
        raise StackError(
            f"{name} did not become healthy within {timeout:.0f} seconds: see {self.log(name)}"
        )

    def _provision(self) -> Resources:
        session = boto3.Session(
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            region_name=REGION,
        )
        endpoint = self.ports.url("cloud")
        ses = session.client("ses", endpoint_url=endpoint)
        ses.verify_email_identity(EmailAddress=EMAIL_SENDER)
        callback_urls = [f"http://127.0.0.1:{port}/callback" for port in LOOPBACK_PORTS]
        if self.web:
            callback_urls.append(f"{self.ports.url(WEB)}/sign-in/callback")
        return provision(
            session,
            endpoint,
            user=self.user,
            visibility=self.visibility,
            callback_urls=tuple(callback_urls) if self.has_sign_in_page else (),
        )

    @property
    def has_sign_in_page(self) -> bool:
        """Whether the emulator's Cognito has a sign-in page; moto's has none."""
        return self.cloud == "ministack"

    def _signal(self, number: signal.Signals, names: tuple[str, ...]) -> None:
        for name in names:
            if name in self._running:
                self._running[name].send_signal(number)


def _stop_timeout(name: str) -> float:
    return CLOUD_STOP_TIMEOUT_SECONDS if name == "cloud" else STOP_TIMEOUT_SECONDS


def consecutive_ports(first: int) -> Ports:
    """Return consecutive ports from `first` on, or any free ports if it is 0."""
    if first:
        count = len(Ports.__dataclass_fields__)
        if not 1 <= first <= 65_536 - count:
            raise StackError(
                f"no {count} consecutive ports from {first} on: choose a PORT below 65,000"
            )
        return Ports(*range(first, first + count))
    return Ports(*free_ports(len(Ports.__dataclass_fields__)))


def free_ports(count: int) -> list[int]:
    """Return distinct loopback ports that are free at this moment."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def check_ports(ports: Ports) -> None:
    """Raise `StackError` if another program listens on one of the ports."""
    for name, port in asdict(ports).items():
        with socket.socket() as probe:
            # Ignore sockets in TIME_WAIT.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise StackError(
                    f"port {port}, which {name} needs, is in use: stop the program that uses it, "
                    f"or choose other ports, for example `make run PORT={ports.api + 1000}`"
                ) from None
