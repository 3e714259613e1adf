"""All processes of a trial: several of each service, the stand-ins, and the proxy between them.

Each is kept running as a platform would keep it: whoever ends is started again after a moment.
"""

import asyncio
import contextlib
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp
import boto3

from sightline_local.emulators import Cloud, choose_emulator
from sightline_local.environment import (
    CREDENTIALS,
    REGION,
    Environment,
    Ports,
    api_environment,
    base_environment,
    resizer_environment,
    worker_environment,
)
from sightline_local.provisioning import Resources, provision
from sightline_local.stack import free_ports
from sightline_testing.tokens import Pool

Outcome = TypeVar("Outcome")

#: Seconds that a process has to become healthy, and to stop once asked to.
START_TIMEOUT = 60.0
STOP_TIMEOUT = 20.0

#: Seconds until a process that has ended is started again.
AWAY = (0.2, 3.0)

#: MiniStack without Python's full collections: with all that it keeps each takes up to a second, in
#: which it answers nobody.
STEADY = (
    "import gc, runpy; gc.set_threshold(50_000, 20, 1_000_000); "
    "runpy.run_module('ministack', run_name='__main__')"
)


async def until_told(work: Awaitable[Outcome]) -> Outcome:
    """Its outcome; cancelled by SIGTERM and SIGINT, so that whatever was started is ended."""
    task = asyncio.ensure_future(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await task


class FleetError(Exception):
    """Why the trial cannot go on."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How many of each service, and how the trial differs from production.

    `visibility` and `backoff` are in seconds: short, so that what a killed process held is soon
    delivered again. `latency` is what Rekognition takes. `settings` are for all of a kind. `steady`
    is for who measures: MiniStack makes no pauses, but grows.
    """

    apis: int = 2
    workers: int = 2
    resizers: int = 2
    visibility: int = 10
    backoff: float = 0.12
    latency: float = 0.05
    settings: dict[str, Environment] = field(default_factory=dict)
    cloud: Cloud = "ministack"
    steady: bool = False


@dataclass
class Member:
    """One process, and what became of its lives."""

    name: str
    command: list[str]
    environment: Environment
    health: str
    log: Path
    process: asyncio.subprocess.Process | None = None
    asked: bool = False
    well: bool = False

    @property
    def kind(self) -> str:
        return self.name.partition("-")[0]

    async def launch(self) -> None:
        self.asked = self.well = False
        with self.log.open("ab") as output:
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                env=self.environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    async def await_health(self) -> None:
        """Raises `FleetError`."""
        deadline = time.monotonic() + START_TIMEOUT
        async with aiohttp.ClientSession() as http:
            while time.monotonic() < deadline:
                if self.process is None or self.process.returncode is not None:
                    raise FleetError(f"{self.name} ended while it started: see {self.log}")
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    timeout = aiohttp.ClientTimeout(total=2)
                    async with http.get(self.health, timeout=timeout) as answer:
                        if answer.ok:
                            self.well = True
                            return
                await asyncio.sleep(0.05)
        raise FleetError(f"{self.name} did not become healthy: see {self.log}")

    def resident(self) -> int:
        """Bytes of memory that it and its children hold."""
        assert self.process is not None
        return sum(map(_resident, _family(self.process.pid)))

    def worked(self) -> float:
        """Seconds of processors that it and its children have had."""
        assert self.process is not None
        return sum(map(_worked, _family(self.process.pid)))


class Fleet:
    """Use it as a context: nothing is left running after it."""

    def __init__(self, shape: Shape, folder: Path, seed: int) -> None:
        self.shape = shape
        self.folder = folder
        self.chance = random.Random(seed)
        self.members: dict[str, Member] = {}
        #: Ends that nobody had asked for, and stops that took too long: by name.
        self.mishaps: list[str] = []
        self.signals: Counter[str] = Counter()
        self._keepers: list[asyncio.Task[None]] = []
        self._seed = seed
        self._ports = free_ports(3 + shape.apis + shape.workers + shape.resizers)
        self.cloud, self.proxy, self.recognition = (
            f"http://127.0.0.1:{port}" for port in self._ports[:3]
        )
        self.pool = Pool()
        self.made: Resources

    async def __aenter__(self) -> Self:
        (self.folder / "logs").mkdir(parents=True, exist_ok=True)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        services = [each for each in self.members.values() if each.kind in SERVICES]
        await asyncio.gather(*map(self._end, services))
        await asyncio.gather(*map(self._end, self.members.values()))

    async def start(self) -> None:
        """Raises `FleetError`, `EmulatorMissing`."""
        cloud = choose_emulator(self.shape.cloud, self._ports[0])
        command = cloud.command
        if self.shape.steady:
            command = [command[0], "-c", STEADY]
        self._add("cloud", command, cloud.environment, self.cloud + cloud.health)
        await self._start("cloud")
        self.made = await asyncio.to_thread(self._provision)
        self.pool.issuer = self.made.token_issuer
        jwks = self.folder / "jwks.json"
        jwks.write_text(json.dumps(self.pool.jwks()))
        self._add_rig(jwks)
        await self._start("recognition", "proxy")
        self._add_services()
        services = [name for name, each in self.members.items() if each.kind in SERVICES]
        await self._start(*services)
        self._keepers = [asyncio.create_task(self._keep(self.members[name])) for name in services]

    def client(self, service: str) -> Any:
        """A client of the cloud itself, past the proxy."""
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.cloud,
            region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )

    def sign_in(self, owner: str) -> str:
        """A token of this owner that outlives the trial."""
        expiry = int(time.time()) + 86_400
        return self.pool.sign(owner, client_id=self.made.client_id, exp=expiry)

    def gateways(self) -> list[str]:
        return [
            each.health.removesuffix("/health")
            for each in self.members.values()
            if each.kind == "api"
        ]

    def of_kind(self, kind: str) -> list[Member]:
        return [each for each in self.members.values() if each.kind == kind]

    def strike(self, member: Member, number: signal.Signals) -> None:
        """SIGKILL as a crash would, SIGTERM as a platform does when it deploys."""
        if member.process is None or member.process.returncode is not None or member.asked:
            return
        member.asked = True
        member.process.send_signal(number)
        self.signals[number.name] += 1

    async def tell_proxy(self, what: str, value: object) -> None:
        async with (
            aiohttp.ClientSession() as http,
            http.put(f"{self.proxy}/-/{what}", json=value) as answer,
        ):
            answer.raise_for_status()

    async def ask_proxy(self, what: str) -> Any:
        async with aiohttp.ClientSession() as http, http.get(f"{self.proxy}/-/{what}") as answer:
            return await answer.json()

    def _provision(self) -> Resources:
        session = boto3.Session(
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            region_name=REGION,
        )
        return provision(session, self.cloud, visibility=self.shape.visibility)

    def _add_rig(self, jwks: Path) -> None:
        python = [sys.executable, "-m"]
        recognition, proxy = self._ports[2], self._ports[1]
        command = ["--port", str(recognition), "--cloud", self.cloud]
        command += ["--latency", str(self.shape.latency)]
        self._add(
            "recognition",
            [*python, "sightline_reliability.recognition_emulator", *command],
            {},
            f"{self.recognition}/health",
        )
        command = ["--port", str(proxy), "--cloud", self.cloud, "--recognition", self.recognition]
        command += ["--jwks", str(jwks), "--seed", str(self._seed)]
        self._add(
            "proxy",
            [*python, "sightline_reliability.proxy", *command],
            {},
            f"{self.proxy}/-/figures",
        )

    def _add_services(self) -> None:
        ports = iter(self._ports[3:])
        proxy = self._ports[1]
        counts = {
            "api": self.shape.apis,
            "worker": self.shape.workers,
            "resizer": self.shape.resizers,
        }
        for kind, count in counts.items():
            for number in range(count):
                port = next(ports)
                where = Ports(port, proxy, proxy, port, port, port)
                environment = SERVICES[kind](where, self.made)
                if kind != "api":
                    environment["SIGHTLINE_BACKOFF_SECONDS"] = str(self.shape.backoff)
                self._add(
                    f"{kind}-{number}",
                    [sys.executable, "-m", f"sightline_{kind}"],
                    {**environment, **self.shape.settings.get(kind, {})},
                    f"http://127.0.0.1:{port}/health",
                )

    def _add(self, name: str, command: list[str], environment: Environment, health: str) -> None:
        log = self.folder / "logs" / f"{name}.log"
        whole = {**base_environment(), **environment}
        self.members[name] = Member(name, command, whole, health, log)

    async def _start(self, *names: str) -> None:
        for name in names:
            await self.members[name].launch()
        for name in names:
            await self.members[name].await_health()

    async def _keep(self, member: Member) -> None:
        """Start it again whenever it has ended; whoever does not stop when asked to is killed."""
        while True:
            assert member.process is not None
            code = await self._await_end(member)
            if not member.asked:
                self.mishaps.append(f"{member.name} ended by itself with {code}")
            # uvicorn has stopped well when it ends by the signal that it was sent.
            elif code not in {0, -signal.SIGKILL, -signal.SIGTERM}:
                self.mishaps.append(f"{member.name} ended with {code} when it was to stop")
            member.well = False
            await asyncio.sleep(self.chance.uniform(*AWAY))
            await member.launch()
            try:
                await member.await_health()
            except FleetError as error:
                # A dependency may be away just then; the platform would try again too.
                if member.process.returncode is None:
                    raise
                member.asked = True
                self.mishaps.append(f"{error}")

    async def _await_end(self, member: Member) -> int:
        assert member.process is not None
        ending = asyncio.create_task(member.process.wait())
        asked_at: float | None = None
        while not ending.done():
            await asyncio.wait({ending}, timeout=0.5)
            if not member.asked:
                continue
            asked_at = asked_at or time.monotonic()
            if time.monotonic() - asked_at > STOP_TIMEOUT and not ending.done():
                self.mishaps.append(f"{member.name} did not stop in {STOP_TIMEOUT:.0f} s")
                member.process.kill()
                await ending
        return ending.result()

    async def _end(self, member: Member) -> None:
        if member.process is None or member.process.returncode is not None:
            return
        member.asked = True
        member.process.terminate()
        try:
            async with asyncio.timeout(STOP_TIMEOUT):
                await member.process.wait()
        except TimeoutError:
            member.process.kill()
            await member.process.wait()


SERVICES = {
    "api": api_environment,
    "worker": worker_environment,
    "resizer": resizer_environment,
}


def _family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for each in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return 0


def _worked(pid: int) -> float:
    with contextlib.suppress(OSError):
        # A command's name, in parentheses, may have spaces. Its children that have ended count too.
        times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
        return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
    return 0.0
