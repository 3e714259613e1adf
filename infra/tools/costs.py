"""Write the cost tables of the Terraform READMEs, computed from prices and the example settings.

    python infra/tools/costs.py [--check]

Prices come from infra/terraform/prices.json, sizes from environments/*.tfvars.example. The
assumptions about an image are the constants below. With `--check`, the script writes nothing and
fails if the README is out of date, or if a cost exceeds its limit in `LIMITS`.
"""

import argparse
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1] / "terraform"

BEGIN = "<!-- costs: written by infra/tools/costs.py -->"
END = "<!-- end of costs -->"

#: AWS bills an alarm for each metric that it evaluates. Services add one alarm for missing tasks,
#: unless they may rest at zero.
ALARM_METRICS = {
    # Three queues with two alarms each, and the backlogs of two of them.
    "queues": 3 * 2 + 2,
    "table": 2,
    "load balancer": 6,
    "recognition": 1,
    "circuits": 2,
    "deliveries": 3,
    "purge": 1,
    "edge": 2,
    # Each target tracking policy has two alarms: those of CPU evaluate one metric, those of the two
    # services with a backlog queue three, and the others two.
    "target tracking": 2 + 2 * 4 + 2 * 6,
}
#: Of the variable `api_deployment`: errors and latency of both target groups.
CANARY_METRICS = 2 * (2 + 1)
SCALE_FROM_ZERO_METRICS = 3
#: Services with a backlog queue, whose messages are one more metric.
BACKLOG_SERVICES = {"worker", "resizer"}
#: Of the variable `objectives`.
OBJECTIVE_METRICS = 4 * (5 + 3)
OBJECTIVE_COMPOSITE_ALARMS = 4
INSIGHTS_METRICS = 40  # about ten for each service
#: Of the variable `analytics`.
ANALYTICS_METRICS = 1
#: Of the variable `purge`, with few images; the minutes include the pull of the image.
PURGE_MINUTES = 2
PURGE_VCPUS = 0.5
PURGE_MEMORY_GB = 1
FIREWALL_RULES = 4
TASK_ENDPOINTS = 7  # ecr.api, ecr.dkr, logs, rekognition, secretsmanager, sns, sqs

#: Assumptions about one image. `RENDITIONS_MB` is the size of all its renditions together.
ORIGINAL_MB = 3.0
RENDITIONS_MB = 0.6
RENDITIONS = 3
LABELS = 10
#: Write units of DynamoDB until an image with 10 labels and 16 words is ready, as measured by
#: `make bench-library` (docs/scale.md).
WRITE_UNITS = 151
#: Its items in the table, in gigabytes per million images.
TABLE_GB = 9.5
QUEUE_REQUESTS = 6
#: The queue of the notifier: four events, sent one by one, received and deleted in pairs.
NOTIFICATION_REQUESTS = 4 * (1 + 2 / 2)
PUBLISHES = 5
LOG_KB = 3
REQUESTS = 8
VIEWS = 5
VIEW_MB = 0.15
RESPONSE_KB = 10

#: Hours per week in which the tasks run with the default of the variable `schedule`.
SCHEDULED_HOURS = 5 * 11
HOURS_PER_WEEK = 7 * 24

#: Assumptions about one delivery to dev and prod: the minutes of each step, and the
#: size of its build. The prices are those of x86, which are above those of arm64.
DELIVERY_MINUTES = {
    "gate": (25, "large"),
    "release": (12, "medium"),
    "two plans": (2 * 3, "small"),
    "two applies and rollouts": (2 * 12, "small"),
    "two smoke tests": (2 * 1, "small"),
}
DELIVERIES_PER_MONTH = 40

#: Groups of the costs of images; everything else is "processing".
RECOGNITION = ("Rekognition (labels)",)
STORAGE = ("S3 storage for one month", "S3 requests", "DynamoDB")
TRANSFER = ("CloudFront",)

#: Maximum monthly costs in US dollars. "processing" is per million images.
LIMITS = {"dev, idle": 31.0, "processing": 25.0}

PRICES: dict[str, float] = {
    name: value
    for name, value in json.loads((ROOT / "prices.json").read_text()).items()
    if isinstance(value, int | float)
}
HOURS = PRICES["hours"]

SERVICES = ("api", "worker", "resizer", "notifier")

Costs = dict[str, float]


class Settings:
    """The settings of an example environment, with the defaults of variables.tf."""

    def __init__(self, name: str) -> None:
        self._example = (ROOT / "environments" / f"{name}.tfvars.example").read_text()
        self._defaults = (ROOT / "variables.tf").read_text()

    def number(self, name: str) -> float:
        """Return a number; true is 1 and false is 0."""
        value = _find(rf"^{name} += (\S+)$", self._example) or _find(
            r"^  default += (\S+)$", _block(rf'variable "{name}"', self._defaults)
        )
        return {"true": 1.0, "false": 0.0}[value] if value in {"true", "false"} else float(value)

    def option(self, variable: str, name: str) -> float:
        """Return the default of a number in an object."""
        pattern = rf"^    {name} += optional\(number, ([\d.]+)\)$"
        return float(_find(pattern, _block(rf'variable "{variable}"', self._defaults)))

    def is_set(self, name: str) -> bool:
        """Return whether the example sets the variable."""
        return bool(_find(rf"^({name}) += ", self._example))

    def service_number(self, service: str, name: str) -> float:
        """Return a number from the settings of one service."""
        return float(self._service_value(service, name))

    def service_flag(self, service: str, name: str) -> bool:
        """Return a Boolean from the settings of one service."""
        return {"true": True, "false": False}[self._service_value(service, name)]

    def _service_value(self, service: str, name: str) -> str:
        return _find(rf"^  {name} += (\w+)$", _block(f"{service} =", self._example)) or _find(
            rf"^    {name} += optional\(\w+, (\w+)\)$",
            _block(rf'variable "{service}"', self._defaults),
        )


def _find(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    return found[1] if found else ""


def _block(opening: str, text: str) -> str:
    return _find(rf"^{opening} {{\n((?s:.*?))^}}", text)


def idle(settings: Settings, running: float = 1.0) -> Costs:
    """Return the monthly costs of a stack without traffic.

    `running` is the share of time in which tasks run, below 1 with a schedule.
    """
    nat = settings.number("nat_gateways")
    public_tasks = settings.number("public_tasks")
    endpoints = TASK_ENDPOINTS * settings.number("interface_endpoints") + (
        nat == 0 and not public_tasks
    )
    minimums = {name: settings.service_number(name, "minimum") for name in SERVICES}
    zones = settings.number("zones")
    firewall = settings.number("firewall")
    objectives = settings.number("objectives")
    return {
        "always-on tasks": running * sum(_task_costs(settings, name) for name in SERVICES),
        "public IP addresses of tasks": running
        * (sum(minimums.values()) if public_tasks else _public_notifiers(settings))
        * HOURS
        * PRICES["public ip hour"],
        "interface endpoints": endpoints
        * min(settings.number("endpoint_zones"), zones)
        * HOURS
        * PRICES["endpoint hour"],
        "NAT gateways": nat * HOURS * (PRICES["nat gateway hour"] + PRICES["public ip hour"]),
        "load balancer": HOURS * PRICES["load balancer hour"],
        "AWS WAF": firewall
        * (PRICES["firewall month"] + FIREWALL_RULES * PRICES["firewall rule month"]),
        "Container Insights": settings.number("container_insights")
        * INSIGHTS_METRICS
        * PRICES["container insights metric month"],
        "alarms": (
            alarm_metrics(minimums, is_scheduled=running < 1)
            + objectives * OBJECTIVE_METRICS
            + settings.is_set("api_deployment") * CANARY_METRICS
        )
        * PRICES["alarm metric month"]
        + (1 + objectives * OBJECTIVE_COMPOSITE_ALARMS) * PRICES["composite alarm month"],
        "purge of the trash": _purge_costs(),
        "KMS key, secret, container images": PRICES["key month"]
        + PRICES["secret month"]
        # One more image runs the scheduled tasks.
        + (len(SERVICES) + 1) * PRICES["image storage gb month"],
    }


def alarm_metrics(minimums: dict[str, float], is_scheduled: bool = False) -> float:
    """Return the number of metrics that alarms evaluate, by the minimum tasks of each service."""
    return sum(ALARM_METRICS.values()) + sum(
        SCALE_FROM_ZERO_METRICS + (service in BACKLOG_SERVICES)
        if minimum == 0
        else not is_scheduled
        for service, minimum in minimums.items()
    )


def _purge_costs() -> float:
    """Return the monthly costs of the tasks of the variable `purge`, once a day."""
    hours = HOURS / 24 * PURGE_MINUTES / 60
    task = hours * (
        PURGE_VCPUS * PRICES["fargate vcpu hour"]
        + PURGE_MEMORY_GB * PRICES["fargate gb hour"]
        + PRICES["public ip hour"]
    )
    # The metric of its alarm has the price of one of Container Insights. It is billed for the hours
    # in which it gets a value, one a day: https://aws.amazon.com/cloudwatch/pricing/
    return task + PRICES["container insights metric month"] / 24


def _public_notifiers(settings: Settings) -> float:
    """Return the number of notifiers with a public IP address in a private network."""
    has_internet = settings.service_flag("notifier", "internet") and not settings.number(
        "nat_gateways"
    )
    return has_internet * settings.service_number("notifier", "minimum")


def _task_costs(settings: Settings, service: str) -> float:
    """Return the monthly costs of the minimum number of tasks."""
    minimum = settings.service_number(service, "minimum")
    on_demand = minimum
    if settings.service_flag(service, "spot"):
        on_demand = min(settings.service_number(service, "on_demand_base"), minimum)
    spot = minimum - on_demand
    return (
        (on_demand + spot * PRICES["fargate spot share"])
        * HOURS
        * (
            settings.service_number(service, "cpu") / 1024 * PRICES["fargate vcpu hour"]
            + settings.service_number(service, "memory") / 1024 * PRICES["fargate gb hour"]
        )
    )


def per_million() -> Costs:
    """Return the additional costs of one million images in the month of their upload."""
    million = 1_000_000
    stored_gb = million * (ORIGINAL_MB + RENDITIONS_MB) / 1000
    viewed_gb = million * VIEWS * VIEW_MB / 1000
    requests = million * (REQUESTS + VIEWS)
    # 0.4 seconds of one vCPU per image, on a resizer with 2 GB per vCPU.
    resizing_hours = million * 0.4 / 3600
    # One capacity unit processes 1 GB per hour, which API responses use up before any other limit.
    capacity_unit_hours = million * REQUESTS * RESPONSE_KB / 1_000_000
    return {
        "Rekognition (labels)": million / 1000 * PRICES["recognition thousand"],
        "S3 storage for one month": stored_gb * PRICES["storage gb month"],
        "S3 requests": million / 1000 * (1 + RENDITIONS) * PRICES["storage thousand puts"]
        + million / 1000 * 3 * PRICES["storage thousand gets"],
        "DynamoDB": WRITE_UNITS * PRICES["table million writes"]
        + REQUESTS * PRICES["table million reads"]
        + TABLE_GB * PRICES["table gb month"],
        "SNS and SQS": PUBLISHES * PRICES["topic million publishes"]
        + (QUEUE_REQUESTS + NOTIFICATION_REQUESTS) * PRICES["queue million requests"],
        "additional resizer tasks": resizing_hours
        * (PRICES["fargate vcpu hour"] + 2 * PRICES["fargate gb hour"]),
        "CloudFront": viewed_gb * PRICES["cloudfront gb"]
        + requests / 10_000 * PRICES["cloudfront ten thousand requests"],
        "AWS WAF": requests / million * PRICES["firewall million requests"],
        "load balancer": capacity_unit_hours * PRICES["load balancer capacity unit hour"],
        "CloudWatch Logs and KMS": million * LOG_KB / 1_000_000 * PRICES["logs gb"]
        + 50 * PRICES["key ten thousand requests"],
    }


def tracing(settings: Settings) -> Costs:
    """Return the additional costs of traces: per million images, and per month."""
    traces = REQUESTS * settings.option("tracing", "sample_ratio")
    zones = min(settings.number("endpoint_zones"), settings.number("zones"))
    return {
        "per million images": traces * PRICES["traces million"],
        "endpoint": zones * HOURS * PRICES["endpoint hour"],
    }


def processing(costs: Costs) -> float:
    """Return the costs of images except recognition, storage and transfer."""
    excluded = {*RECOGNITION, *STORAGE, *TRANSFER}
    return sum(cost for name, cost in costs.items() if name not in excluded)


def stacks() -> dict[str, Costs]:
    """Return the monthly costs of the example stacks without traffic."""
    dev, prod = Settings("dev"), Settings("prod")
    return {
        "dev, idle": idle(dev),
        "dev, idle, with `schedule`": idle(dev, SCHEDULED_HOURS / HOURS_PER_WEEK),
        "prod, idle": idle(prod),
    }


def deliveries(number: int) -> Costs:
    """Return the monthly costs of the pipeline with a number of deliveries."""
    minutes = sum(minutes for minutes, _ in DELIVERY_MINUTES.values())
    builds = {
        step: number * minutes * PRICES[f"build {size} minute"]
        for step, (minutes, size) in DELIVERY_MINUTES.items()
    }
    return {
        **builds,
        "CodePipeline": number * minutes * PRICES["pipeline action minute"],
        "KMS key": PRICES["key month"],
    }


def check_limits() -> None:
    """Exit with an error if a cost exceeds its limit."""
    totals = {name: sum(costs.values()) for name, costs in stacks().items()}
    totals["processing"] = processing(per_million())
    exceeded = [
        f"{name}: ${totals[name]:.2f} exceeds ${limit:.2f}"
        for name, limit in LIMITS.items()
        if totals[name] > limit
    ]
    if exceeded:
        sys.exit("\n".join(exceeded))


def render_table(columns: dict[str, Costs]) -> str:
    names = list(dict.fromkeys(name for costs in columns.values() for name in costs))
    rows = [
        ["US dollars", *columns],
        ["---", *["---:"] * len(columns)],
        *([name, *(f"{costs.get(name, 0):,.2f}" for costs in columns.values())] for name in names),
        ["**total**", *(f"**{sum(costs.values()):,.2f}**" for costs in columns.values())],
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def render() -> str:
    as_of = json.loads((ROOT / "prices.json").read_text())["as of"]
    idle_table = render_table(stacks())
    upload = per_million()
    upload_table = render_table({"one million images": upload})
    traces = tracing(Settings("prod"))
    return f"""{BEGIN}

Computed by `infra/tools/costs.py`, which documents the assumptions per image, from the sizes in
[environments/](environments/) and the prices in [prices.json](prices.json):
{as_of}.

Monthly cost without traffic; with `schedule`, the tasks run for {SCHEDULED_HOURS} of
{HOURS_PER_WEEK} hours a week:

{idle_table}

Additional cost of one million images in the month of their upload (originals of
{ORIGINAL_MB:.0f} MB, {LABELS} labels and {VIEWS} views per image):

{upload_table}

Without recognition, storage (S3 and DynamoDB) and delivery through CloudFront, processing
one million images costs ${processing(upload):.2f}.

With `tracing`, X-Ray adds ${traces["per million images"]:.2f} per million images at the default
sample ratio: one trace for each of {REQUESTS} requests per image. In prod, the interface endpoint
adds ${traces["endpoint"]:.2f} a month. The collector runs in the capacity of its task.

{END}"""


def render_deliveries() -> str:
    as_of = json.loads((ROOT / "prices.json").read_text())["as of"]
    minutes = sum(minutes for minutes, _ in DELIVERY_MINUTES.values())
    columns = {
        "no delivery": deliveries(0),
        f"{DELIVERIES_PER_MONTH} deliveries": deliveries(DELIVERIES_PER_MONTH),
    }
    return f"""{BEGIN}

Computed by `infra/tools/costs.py` for {minutes} minutes of builds in a delivery to dev and prod:
{as_of}. The builds use the prices of x86, which are above those of arm64.

{render_table(columns)}

{END}"""


def update(readme: Path, rendered: str, check: bool) -> None:
    """Replace the generated part of a README, or exit if it is out of date and `check` is set."""
    before, _, rest = readme.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    expected = f"{before}{rendered}{after}"
    if readme.read_text() != expected:
        if check:
            sys.exit(f"The costs in {readme} are out of date. Run infra/tools/costs.py.")
        readme.write_text(expected)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    check_limits()
    update(ROOT / "README.md", render(), check)
    update(ROOT / "pipeline" / "README.md", render_deliveries(), check)


if __name__ == "__main__":
    main()
