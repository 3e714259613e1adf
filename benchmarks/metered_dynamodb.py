"""A client of DynamoDB that meters its calls, and dynalite, an emulator whose own cost is flat.

dynalite keeps items sorted on disk (LevelDB), so that a Query reads only what it returns. It has no
transactions: the client applies their items one by one, which is enough for one writer.
"""

import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from testbed import HERE, find_free_port

DYNALITE = HERE / "dynalite" / "node_modules" / "dynalite" / "cli.js"

#: Time limit for the emulator to start.
START_TIMEOUT_SECONDS = 30

#: Operations that read, and those that write; the units of a write in a transaction count twice.
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
READS = frozenset({"get_item", "batch_get_item", "query", "scan"})
WRITES = frozenset({"put_item", "update_item", "delete_item"})
TRANSACTION_FACTOR = 2


@dataclass(slots=True)
class Meter:
    """Calls, those of them that followed one another, capacity units, and the time they took."""

    calls: int = 0
    sequence: int = 0
    read_units: float = 0
    write_units: float = 0
    seconds: float = 0


class MeteredClient:
    """Passes calls on, and adds what they consume to `meter`."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._active = 0
        self.meter = Meter()

    def __getattr__(self, name: str) -> Any:
        if name not in READS | WRITES:
            return getattr(self._client, name)

        async def call(**request: Any) -> Any:
            return await self._call(name, request, 1)

        return call

    async def transact_write_items(self, TransactItems: list[Any]) -> None:  # noqa: N803
        """Apply the items in their order, as one call; a failed condition ends it."""
        self.meter.calls += 1
        self.meter.sequence += 1
        calls, sequence = self.meter.calls, self.meter.sequence
        for item in TransactItems:
            ((kind, request),) = item.items()
            if kind != "ConditionCheck":
                await self._call(f"{kind.lower()}_item", request, TRANSACTION_FACTOR)
        self.meter.calls, self.meter.sequence = calls, sequence

    async def _call(self, name: str, request: dict[str, Any], factor: int) -> Any:
        self.meter.calls += 1
        self.meter.sequence += not self._active
        self._active += 1
        try:
            response = await getattr(self._client, name)(**request, ReturnConsumedCapacity="TOTAL")
        finally:
            self._active -= 1
        consumed = response.get("ConsumedCapacity", [])
        each = consumed if isinstance(consumed, list) else [consumed]
        units = factor * sum(one["CapacityUnits"] for one in each)
        if name in READS:
            self.meter.read_units += units
        else:
            self.meter.write_units += units
        return response


@contextmanager
def run_dynalite(folder: Path) -> Iterator[str]:
    """Run the emulator with its data in the folder; yield its URL."""
    port = find_free_port()
    command = ["node", str(DYNALITE), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--path", str(folder), "--createTableMs", "0"], stdout=subprocess.DEVNULL
    )
    try:
        url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + START_TIMEOUT_SECONDS
        while True:
            try:
                urllib.request.urlopen(url, timeout=1)
                break
            except urllib.error.HTTPError:
                break  # It has no page of its own.
            except OSError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()
