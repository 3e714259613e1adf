"""All processes of a test: several of each service, the emulators, and the proxy between them.

Each service is supervised as on a container platform: a process that ends is restarted shortly
afterwards.
"""

import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp
import boto3
from rich.console import Console

import sightline_local
from sightline_local.emulators import Cloud, EmulatorMissing, choose_emulator
from sightline_local.environment import (
    CREDENTIALS,
    EMAIL_SENDER,
    REGION,
    Environment,
    Ports,
    api_environment,
    base_environment,
    notifier_environment,
    resizer_environment,
    worker_environment,
)
from sightline_local.provisioning import Resources, provision
from sightline_local.stack import free_ports
from sightline_reliability.clocks import STEPPED_SERVICES, StepClock
from sightline_reliability.full_disk import full_disk
from sightline_testing.tokens import TokenIssuer

Result = TypeVar("Result")

#: MiniStack for much data, as a module of these packages; they are not in its environment.
EMULATOR_MODULE = "sightline_reliability.emulator"
EMULATOR_PACKAGES = (Path(sightline_local.__file__).parents[1], Path(__file__).parents[1])

#: Maximum seconds until a process is healthy, and until it ends after SIGTERM: more than
#: `ConsumerOptions.shutdown_seconds`, because the machine is busy.
START_TIMEOUT_SECONDS = 60.0
STOP_TIMEOUT_SECONDS = 40.0

#: What Python's fault handler writes to the log of a process before its stacks, and how many lines
#: of these a report has.
STACKS_START, MAX_STACK_LINES = "Fatal Python error: Aborted", 60

#: Range of the delay before a process that ended is restarted.
RESTART_DELAY_SECONDS = (0.2, 3.0)

#: Runs MiniStack without Python's full garbage collections: with all the data that it keeps, each
#: one blocks every response for up to a second.
MINISTACK_WITHOUT_FULL_GC = (
    "import gc, runpy; gc.set_threshold(50_000, 20, 1_000_000); "
    "runpy.run_module('ministack', run_name='__main__')"
)


async def run_until_signaled(work: Awaitable[Result]) -> Result:
    """Return the result of `work`; SIGTERM and SIGINT cancel it, so that it stops its processes."""
    task = asyncio.ensure_future(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await task


class FleetError(Exception):
    """Why the test cannot continue."""


def run_command(work: Coroutine[Any, Any, int], console: Console) -> int:
    """Run a command to its end; return its exit code, 2 if it was interrupted or cannot go on."""
    try:
        return asyncio.run(run_until_signaled(work))
    except asyncio.CancelledError:
        console.print("interrupted")
    except (FleetError, EmulatorMissing) as error:
        Console(stderr=True).print(f"[red]sightline:[/] {error}", soft_wrap=True)
    return 2


@dataclass(frozen=True, slots=True)
class FleetConfig:
    """Number of processes of each service, and the differences from production.

    `visibility` and `backoff` are in seconds: short, so that messages of a killed process are
    redelivered soon. `latency` is the Rekognition emulator's, in seconds. `settings` holds
    environment variables by service. `avoid_gc_pauses` is for measurements: MiniStack runs without
    pauses, but its memory grows. With `clock_library`, clocks can step. `pool` signs the access
    tokens; None creates one for the fleet. With `writes_objects`, MiniStack has the objects of S3
    in files below the folder of the fleet, and otherwise in memory.
    """

    apis: int = 2
    workers: int = 2
    resizers: int = 2
    notifiers: int = 0
    visibility: int = 10
    backoff: float = 0.12
    latency: float = 0.05
    settings: dict[str, Environment] = field(default_factory=dict)
    cloud: Cloud = "ministack"
    avoid_gc_pauses: bool = False
    clock_library: Path | None = None
    writes_objects: bool = False
    region: str = REGION
    pool: TokenIssuer | None = None


@dataclass
class ManagedProcess:
    """One process and its state across restarts."""

    name: str
    command: list[str]
    environment: Environment
    health_url: str
    log: Path
    process: asyncio.subprocess.Process | None = None
    stop_requested: bool = False
    healthy: bool = False
    paused: bool = False
    clock: StepClock | None = None

    @property
    def service(self) -> str:
        return self.name.partition("-")[0]

    async def launch(self) -> None:
        self.stop_requested = self.healthy = False
        with self.log.open("ab") as output:
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                env=self.environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    async def wait_until_healthy(self) -> None:
        """Raises `FleetError`."""
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        async with aiohttp.ClientSession() as http:
            while time.monotonic() < deadline:
                if self.process is None or self.process.returncode is not None:
                    raise FleetError(f"{self.name} ended during startup: see {self.log}")
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    timeout = aiohttp.ClientTimeout(total=2)
                    async with http.get(self.health_url, timeout=timeout) as response:
                        if response.ok:
                            self.healthy = True
                            return
                await asyncio.sleep(0.05)
        raise FleetError(f"{self.name} did not become healthy: see {self.log}")

    def resident_bytes(self) -> int:
        """Return the resident memory of the process and its children."""
        assert self.process is not None
        return sum(map(_read_resident_bytes, _list_process_tree(self.process.pid)))

    def cpu_seconds(self) -> float:
        """Return the CPU time of the process and its children."""
        assert self.process is not None
        return sum(map(_read_cpu_seconds, _list_process_tree(self.process.pid)))


class Fleet:
    """A context manager that stops every process on exit."""

    def __init__(self, config: FleetConfig, folder: Path, seed: int) -> None:
        self.config = config
        self.folder = folder
        self.rng = random.Random(seed)
        self.processes: dict[str, ManagedProcess] = {}
        #: Unexpected exits and slow shutdowns, each as a sentence.
        self.incidents: list[str] = []
        self.signals: Counter[str] = Counter()
        self._supervisors: list[asyncio.Task[None]] = []
        self._seed = seed
        self._ports = free_ports(
            3 + config.apis + config.workers + config.resizers + config.notifiers
        )
        self.aws_url, self.proxy_url, self.rekognition_url = (
            f"http://127.0.0.1:{port}" for port in self._ports[:3]
        )
        self.pool = config.pool or TokenIssuer()
        self.resources: Resources

    async def __aenter__(self) -> Self:
        (self.folder / "logs").mkdir(parents=True, exist_ok=True)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop_services()
        await asyncio.gather(*map(self._stop, self.processes.values()))

    async def start(self) -> None:
        """Raises `FleetError`, `EmulatorMissing`."""
        await self.start_cloud()
        await self.start_services()

    async def start_cloud(self) -> None:
        """Start the emulators and the proxy, and create the resources.

        Raises `FleetError`, `EmulatorMissing`.
        """
        state = self._create_state_folder() if self.config.writes_objects else None
        emulator = choose_emulator(self.config.cloud, self._ports[0], state)
        command = emulator.command
        if state is not None:
            command = [command[0], "-m", EMULATOR_MODULE]
        if self.config.avoid_gc_pauses:
            command = [command[0], "-c", MINISTACK_WITHOUT_FULL_GC]
        environment = {
            **emulator.environment,
            "MINISTACK_REGION": self.config.region,
            "PYTHONPATH": os.pathsep.join(map(str, EMULATOR_PACKAGES)),
        }
        self._add("cloud", command, environment, self.aws_url + emulator.health)
        await self._start("cloud")
        self.resources = await asyncio.to_thread(self._provision)
        if self.config.pool is None:
            self.pool.issuer = self.resources.token_issuer
        jwks = self.folder / "jwks.json"
        jwks.write_text(json.dumps(self.pool.jwks()))
        self._add_emulator_and_proxy(jwks)
        await self._start("recognition", "proxy")

    async def restart_cloud(self) -> None:
        """Kill the emulator and start it again, with what it has in files. Raises `FleetError`."""
        target = self.processes["cloud"]
        assert target.process is not None
        target.process.kill()
        await target.process.wait()
        await self._start("cloud")

    async def start_services(self) -> None:
        """Start the processes of the services, and supervise them. Raises `FleetError`."""
        self._add_services()
        services = [name for name, each in self.processes.items() if each.service in SERVICES]
        await self._start(*services)
        self._supervisors = [
            asyncio.create_task(self._supervise(self.processes[name])) for name in services
        ]

    async def stop_services(self) -> None:
        """Stop all processes of the services, as a scale-in to zero does."""
        await self._end_supervision()
        services = [each for each in self.processes.values() if each.service in SERVICES]
        await asyncio.gather(*map(self._stop, services))

    async def kill_all(self) -> None:
        """Kill every process at once, also the emulators with all their data."""
        for supervisor in self._supervisors:
            supervisor.cancel()
        for target in self.processes.values():
            if target.process is not None and target.process.returncode is None:
                target.process.kill()
        await self._end_supervision()
        for target in self.processes.values():
            if target.process is not None:
                await target.process.wait()

    async def _end_supervision(self) -> None:
        for supervisor in self._supervisors:
            supervisor.cancel()
        await asyncio.gather(*self._supervisors, return_exceptions=True)
        self._supervisors = []

    def client(self, service: str) -> Any:
        """Return a boto3 client of the AWS emulator that bypasses the proxy."""
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.aws_url,
            region_name=self.config.region,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )

    def issue_token(self, owner: str) -> str:
        """Return an access token of this owner that is valid for a day."""
        expiry = int(time.time()) + 86_400
        return self.pool.sign(owner, client_id=self.resources.client_id, exp=expiry)

    def gateway_urls(self) -> list[str]:
        return [each.health_url.removesuffix("/health") for each in self.list_processes("api")]

    @property
    def calls_file(self) -> Path:
        """The file to which the Rekognition emulator writes each paid call."""
        return self.folder / "calls.txt"

    def list_processes(self, service: str) -> list[ManagedProcess]:
        return [each for each in self.processes.values() if each.service == service]

    async def pause(self, target: ManagedProcess, seconds: float) -> None:
        """Stop a process and its children with SIGSTOP, then let them continue.

        A host that is overloaded, or a virtual machine that is migrated, does the same: the process
        does not notice that time passes, and its leases end.
        """
        if target.process is None or target.process.returncode is not None or target.stop_requested:
            return
        group = target.process.pid
        target.paused = True
        os.killpg(group, signal.SIGSTOP)
        self.signals[signal.SIGSTOP.name] += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            target.paused = False
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGCONT)

    async def fill_disk(self, seconds: float) -> None:
        """Leave the emulator without space for some seconds."""
        process = self.processes["cloud"].process
        assert process is not None
        self.signals["disk filled"] += 1
        with full_disk(process.pid):
            await asyncio.sleep(seconds)

    def step_clock(self, target: ManagedProcess, offset: int) -> None:
        """Set the clock of a process, also after its restarts, to an offset in seconds."""
        if target.clock is not None:
            target.clock.step(offset)
            self.signals["clock step"] += 1

    def send_signal(self, target: ManagedProcess, number: signal.Signals) -> None:
        """Send SIGKILL as in a crash, or SIGTERM as in a deployment."""
        if target.process is None or target.process.returncode is not None or target.stop_requested:
            return
        target.stop_requested = True
        target.process.send_signal(number)
        self.signals[number.name] += 1

    async def configure_proxy(self, setting: str, value: object) -> None:
        async with (
            aiohttp.ClientSession() as http,
            http.put(f"{self.proxy_url}/-/{setting}", json=value) as response,
        ):
            response.raise_for_status()

    async def query_proxy(self, resource: str) -> Any:
        url = f"{self.proxy_url}/-/{resource}"
        async with aiohttp.ClientSession() as http, http.get(url) as response:
            return await response.json()

    def _create_state_folder(self) -> Path:
        """Return an empty folder for the data of the emulator."""
        state = self.folder / "state"
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir(parents=True)
        return state

    def _provision(self) -> Resources:
        session = boto3.Session(
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            region_name=self.config.region,
        )
        ses = session.client("ses", endpoint_url=self.aws_url)
        # Unverified, SES rejects each email, and invitations are dead-lettered.
        ses.verify_email_identity(EmailAddress=EMAIL_SENDER)
        return provision(session, self.aws_url, visibility=self.config.visibility)

    def _add_emulator_and_proxy(self, jwks: Path) -> None:
        python = [sys.executable, "-m"]
        proxy_port, rekognition_port = self._ports[1:3]
        arguments = ["--port", str(rekognition_port), "--cloud", self.aws_url]
        arguments += ["--latency", str(self.config.latency)]
        arguments += ["--region", self.config.region]
        arguments += ["--calls", str(self.calls_file)]
        self._add(
            "recognition",
            [*python, "sightline_reliability.recognition_emulator", *arguments],
            {},
            f"{self.rekognition_url}/health",
        )
        arguments = ["--port", str(proxy_port), "--cloud", self.aws_url]
        arguments += ["--recognition", self.rekognition_url]
        arguments += ["--jwks", str(jwks), "--seed", str(self._seed)]
        self._add(
            "proxy",
            [*python, "sightline_reliability.proxy", *arguments],
            {},
            f"{self.proxy_url}/-/metrics",
        )

    def _add_services(self) -> None:
        free = iter(self._ports[3:])
        proxy = self._ports[1]
        counts = {
            "api": self.config.apis,
            "worker": self.config.workers,
            "resizer": self.config.resizers,
            "notifier": self.config.notifiers,
        }
        for service, count in counts.items():
            for number in range(count):
                port = next(free)
                ports = Ports(port, proxy, proxy, port, port, port, notifier=port)
                environment = SERVICES[service](ports, self.resources)
                environment["AWS_REGION"] = self.config.region
                if service != "api":
                    environment["SIGHTLINE_BACKOFF_SECONDS"] = str(self.config.backoff)
                name = f"{service}-{number}"
                clock = self._create_clock(service, name)
                if clock is not None:
                    environment |= clock.environment()
                self._add(
                    name,
                    [sys.executable, "-m", f"sightline_{service}"],
                    {**environment, **self.config.settings.get(service, {})},
                    f"http://127.0.0.1:{port}/health",
                )
                self.processes[name].clock = clock

    def _create_clock(self, service: str, name: str) -> StepClock | None:
        library = self.config.clock_library
        if library is None or service not in STEPPED_SERVICES:
            return None
        return StepClock(library, self.folder.absolute() / "clocks" / name)

    def _add(
        self, name: str, command: list[str], environment: Environment, health_url: str
    ) -> None:
        log = self.folder / "logs" / f"{name}.log"
        # A process that is aborted writes its stacks to its log.
        environment = {**base_environment(), "PYTHONFAULTHANDLER": "1", **environment}
        self.processes[name] = ManagedProcess(name, command, environment, health_url, log)

    async def _start(self, *names: str) -> None:
        for name in names:
            await self.processes[name].launch()
        for name in names:
            await self.processes[name].wait_until_healthy()

    async def _supervise(self, target: ManagedProcess) -> None:
        """Restart a process whenever it ends; kill it if it does not stop when requested."""
        while True:
            assert target.process is not None
            code = await self._wait_for_exit(target)
            if not target.stop_requested:
                self.incidents.append(f"{target.name} exited unexpectedly with code {code}")
            # uvicorn re-raises the signal after a graceful shutdown.
            elif code not in {0, -signal.SIGKILL, -signal.SIGTERM}:
                self.incidents.append(f"{target.name} exited with code {code} on shutdown")
            target.healthy = False
            await asyncio.sleep(self.rng.uniform(*RESTART_DELAY_SECONDS))
            await target.launch()
            try:
                await target.wait_until_healthy()
            except FleetError as error:
                # A dependency may be unavailable at that moment; the platform would retry too.
                if target.process.returncode is None:
                    raise
                target.stop_requested = True
                self.incidents.append(f"{error}")

    async def _wait_for_exit(self, target: ManagedProcess) -> int:
        assert target.process is not None
        exit_task = asyncio.create_task(target.process.wait())
        requested_at: float | None = None
        while not exit_task.done():
            await asyncio.wait({exit_task}, timeout=0.5)
            if not target.stop_requested:
                continue
            requested_at = requested_at or time.monotonic()
            elapsed = time.monotonic() - requested_at
            if elapsed > STOP_TIMEOUT_SECONDS and not exit_task.done():
                target.process.send_signal(signal.SIGABRT)
                await exit_task
                self.incidents.append(
                    f"{target.name} did not stop within {STOP_TIMEOUT_SECONDS:.0f} s:\n"
                    + _read_stacks(target.log)
                )
        return exit_task.result()

    async def _stop(self, target: ManagedProcess) -> None:
        if target.process is None or target.process.returncode is not None:
            return
        target.stop_requested = True
        target.process.terminate()
        try:
            async with asyncio.timeout(STOP_TIMEOUT_SECONDS):
                await target.process.wait()
        except TimeoutError:
            target.process.kill()
            await target.process.wait()


SERVICES = {
    "api": api_environment,
    "worker": worker_environment,
    "resizer": resizer_environment,
    "notifier": notifier_environment,
}


def _read_stacks(log: Path) -> str:
    """Return the stacks that an aborted process wrote to its log; empty if there are none."""
    _, found, stacks = log.read_text(errors="replace").rpartition(STACKS_START)
    return "\n".join(stacks.splitlines()[:MAX_STACK_LINES]) if found else ""


def _list_process_tree(pid: int) -> list[int]:
    """Return the ids of a process and all its descendants."""
    pids = [pid]
    for each in pids:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{each}/task").iterdir():
                pids += map(int, (task / "children").read_text().split())
    return pids


def _read_resident_bytes(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return 0


def _read_cpu_seconds(pid: int) -> float:
    with contextlib.suppress(OSError):
        # The command's name, in parentheses, may contain spaces. The fields include the CPU time of
        # children that have ended.
        times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
        return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
    return 0.0
