"""Writes what a stack costs into the Terraform README, from stated prices and the example settings.

    python infra/tools/costs.py [--check]

Prices stand in infra/terraform/prices.json, sizes in environments/*.tfvars.example; what is assumed
of a picture stands here. With `--check` it writes nothing and fails where the README differs.
"""

import argparse
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1] / "terraform"

BEGIN = "<!-- costs: written by infra/tools/costs.py -->"
END = "<!-- end of costs -->"

#: What is made whatever the settings: alarms count by the metrics that they look at.
ALARM_METRICS = {"queues": 4, "table": 2, "services": 6, "load balancer": 5, "recognition": 1}
WAKING_METRICS = 2
INSIGHTS_METRICS = 30  # about ten for each service
FIREWALL_RULES = 4
TASK_ENDPOINTS = 7  # ecr.api, ecr.dkr, logs, rekognition, secretsmanager, sns, sqs

#: One picture: MB of the original and of its renditions, labels, requests, how often it is seen.
ORIGINAL_MB = 3.0
RENDITIONS_MB = 0.6
RENDITIONS = 3
LABELS = 12
QUEUE_REQUESTS = 6
PUBLISHES = 5
LOG_KB = 3
REQUESTS = 8
VIEWS = 5
VIEW_MB = 0.15

PRICES: dict[str, float] = {
    name: value
    for name, value in json.loads((ROOT / "prices.json").read_text()).items()
    if isinstance(value, int | float)
}
HOURS = PRICES["hours"]

Costs = dict[str, float]


class Settings:
    """One example; what it does not say is the default."""

    def __init__(self, name: str) -> None:
        self._said = (ROOT / "environments" / f"{name}.tfvars.example").read_text()
        self._defaults = (ROOT / "variables.tf").read_text()

    def number(self, name: str) -> float:
        """A number, or 1 and 0 for true and false."""
        value = _find(rf"^{name} += (\S+)$", self._said) or _find(
            r"^  default += (\S+)$", _block(rf'variable "{name}"', self._defaults)
        )
        return {"true": 1.0, "false": 0.0}[value] if value in {"true", "false"} else float(value)

    def of(self, service: str, name: str) -> float:
        """A number in the settings of one service."""
        return float(
            _find(rf"^  {name} += (\d+)$", _block(f"{service} =", self._said))
            or _find(
                rf"^    {name} += optional\(number, (\d+)\)$",
                _block(rf'variable "{service}"', self._defaults),
            )
        )


def _find(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    return found[1] if found else ""


def _block(opening: str, text: str) -> str:
    return _find(rf"^{opening} {{\n((?s:.*?))^}}", text)


def idle(settings: Settings) -> Costs:
    """A month in which nothing happens."""
    nat = settings.number("nat_gateways")
    endpoints = TASK_ENDPOINTS * settings.number("interface_endpoints") + (nat == 0)
    resting = sum(settings.of(name, "minimum") == 0 for name in ("worker", "resizer"))
    alarms = sum(ALARM_METRICS.values()) + WAKING_METRICS * resting
    zones = settings.number("zones")
    tasks = sum(
        settings.of(name, "minimum")
        * HOURS
        * (
            settings.of(name, "cpu") / 1024 * PRICES["fargate vcpu hour"]
            + settings.of(name, "memory") / 1024 * PRICES["fargate gb hour"]
        )
        for name in ("api", "worker", "resizer")
    )
    return {
        "tasks that always run": tasks,
        "endpoints": endpoints
        * min(settings.number("endpoint_zones"), zones)
        * HOURS
        * PRICES["endpoint hour"],
        "NAT gateways": nat * HOURS * (PRICES["nat gateway hour"] + PRICES["public address hour"]),
        "load balancer": HOURS * PRICES["load balancer hour"],
        "firewall": PRICES["firewall month"] + FIREWALL_RULES * PRICES["firewall rule month"],
        "Container Insights": INSIGHTS_METRICS * PRICES["container insights metric month"],
        "alarms": alarms * PRICES["alarm metric month"],
        "key, secret, images": PRICES["key month"]
        + PRICES["secret month"]
        + 3 * PRICES["image storage gb month"],
    }


def per_million() -> Costs:
    """What a million pictures add in the month in which they come."""
    million = 1_000_000
    stored_gb = million * (ORIGINAL_MB + RENDITIONS_MB) / 1000
    # Row and parts, then in one transaction (which counts twice) the labels' index and counters.
    writes = 6 + 2 * (1 + 2 * LABELS)
    seen_gb = million * VIEWS * VIEW_MB / 1000
    requests = million * (REQUESTS + VIEWS)
    # Four tenths of a second of one processor, by a resizer with two GB for each.
    resizing_hours = million * 0.4 / 3600
    return {
        "recognition (labels)": million / 1000 * PRICES["recognition thousand"],
        "storage of these pictures, a month": stored_gb * PRICES["storage gb month"],
        "storage requests": million / 1000 * (1 + RENDITIONS) * PRICES["storage thousand puts"]
        + million / 1000 * 3 * PRICES["storage thousand gets"],
        "table": writes * PRICES["table million writes"]
        + REQUESTS * PRICES["table million reads"]
        + 5 * PRICES["table gb month"],
        "topics and queues": PUBLISHES * PRICES["topic million publishes"]
        + QUEUE_REQUESTS * PRICES["queue million requests"],
        "resizing beyond the tasks that always run": resizing_hours
        * (PRICES["fargate vcpu hour"] + 2 * PRICES["fargate gb hour"]),
        "seen five times each, through CloudFront": seen_gb * PRICES["cloudfront gb"]
        + requests / 10_000 * PRICES["cloudfront ten thousand requests"],
        "firewall": requests / million * PRICES["firewall million requests"],
        "load balancer": HOURS * PRICES["load balancer capacity unit hour"],
        "logs and keys": million * LOG_KB / 1_000_000 * PRICES["logs gb"]
        + 50 * PRICES["key ten thousand requests"],
    }


def table(columns: dict[str, Costs]) -> str:
    names = list(dict.fromkeys(name for costs in columns.values() for name in costs))
    rows = [
        ["US dollars", *columns],
        ["---", *["---:"] * len(columns)],
        *([name, *(f"{costs.get(name, 0):,.2f}" for costs in columns.values())] for name in names),
        ["**together**", *(f"**{sum(costs.values()):,.2f}**" for costs in columns.values())],
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def render() -> str:
    prices = json.loads((ROOT / "prices.json").read_text())["as of"]
    stacks = {name: idle(Settings(name)) for name in ("dev", "prod")}
    idle_table = table({f"{name}, idle": costs for name, costs in stacks.items()})
    busy_table = table({"one million pictures": per_million()})
    return f"""{BEGIN}

Computed by `infra/tools/costs.py`, which also says what is assumed of a picture, from the sizes in
[environments/](environments/) and the prices in [prices.json](prices.json):
{prices}.

A month in which nothing happens:

{idle_table}

What one million pictures add, in the month in which they come (originals of {ORIGINAL_MB:.0f} MB,
{LABELS} labels each, each seen {VIEWS} times):

{busy_table}

{END}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    readme = ROOT / "README.md"
    before, _, rest = readme.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    wanted = f"{before}{render()}{after}"
    if readme.read_text() != wanted:
        if check:
            sys.exit("run infra/tools/costs.py: the costs in the README are out of date")
        readme.write_text(wanted)


if __name__ == "__main__":
    main()
