"""Results of a load test, as JSON and as plots."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sightline_reliability.saturation import RateResult, find_saturation_point


@dataclass
class LoadTestResults:
    """All measurements, by service where not noted otherwise."""

    rates: dict[str, list[RateResult]] = field(default_factory=dict)
    #: (seconds since the start, bytes) at the sustained rate
    memory: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    sustained: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Number of workers -> messages per second
    drain_rates: dict[int, float] = field(default_factory=dict)
    single_image: dict[str, dict[str, float]] = field(default_factory=dict)


def write_results(results: LoadTestResults, path: Path) -> None:
    document = {
        "ratios": {
            f"drain_{count}_to_1": rate / results.drain_rates[1]
            for count, rate in results.drain_rates.items()
            if count > 1
        },
        "saturation_points": {
            name: find_saturation_point(rates)._asdict() for name, rates in results.rates.items()
        },
        "rates": {
            name: [each._asdict() for each in rates] for name, rates in results.rates.items()
        },
        "sustained": results.sustained,
        "drained_per_second": results.drain_rates,
        "single_image": results.single_image,
        "load_average": os.getloadavg(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n")


def plot_results(results: LoadTestResults, path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, ((throughput, latency), (memory, drain)) = plt.subplots(2, 2, figsize=(11, 8))
    _plot_rates(results, throughput, latency)
    _plot_memory(results, memory)
    if results.drain_rates:
        _plot_drain(results, drain)
    else:
        drain.remove()
    for axes in figure.axes:
        axes.legend()
        axes.grid(alpha=0.2)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def _plot_rates(results: LoadTestResults, throughput: Any, latency: Any) -> None:
    for name, rates in results.rates.items():
        offered = [each.offered for each in rates]
        saturation = find_saturation_point(rates)
        completed = [each.completed for each in rates]
        (line,) = throughput.plot(offered, completed, marker="o", label=name)
        color = line.get_color()
        throughput.plot(
            saturation.offered, saturation.completed, "o", ms=14, mfc="none", color=color
        )
        latency.plot(offered, [each.p99 * 1000 for each in rates], marker="o", label=name)
        emulator_p99 = [each.emulator_p99 * 1000 for each in rates]
        latency.plot(offered, emulator_p99, color=color, linewidth=0.8, linestyle="--")
        latency.axvline(saturation.offered, color=color, linewidth=0.8, linestyle=":")
    limits = [each.offered for rates in results.rates.values() for each in rates]
    diagonal = [min(limits), max(limits)]
    throughput.plot(diagonal, diagonal, color="#bbbbbb", linewidth=0.8)
    throughput.set(title="Throughput (saturation point circled)", ylabel="completed per second")
    latency.set(title="p99 latency (dashed: calls to the emulators)", ylabel="p99 latency, ms")
    for axes in (throughput, latency):
        axes.set(xlabel="offered per second", xscale="log", yscale="log")


def _plot_memory(results: LoadTestResults, axes: Any) -> None:
    for name, samples in results.memory.items():
        minutes = [at / 60 for at, _ in samples]
        mebibytes = [size / 2**20 for _, size in samples]
        axes.plot(minutes, mebibytes, label=f"{name} at {results.sustained[name]['offered']:.0f}/s")
    axes.set(
        title="Memory at 80 % of the saturation point",
        xlabel="time, minutes",
        ylabel="resident memory, MiB",
    )
    axes.set_ylim(bottom=0)


def _plot_drain(results: LoadTestResults, axes: Any) -> None:
    counts = list(results.drain_rates)
    axes.plot(counts, list(results.drain_rates.values()), marker="o", label="measured")
    linear = [results.drain_rates[1] * count for count in counts]
    axes.plot(counts, linear, color="#bbbbbb", linewidth=0.8, label="linear scaling")
    axes.set(title="Backlog drain rate", xlabel="workers", ylabel="images per second")
    axes.set_ylim(bottom=0)
