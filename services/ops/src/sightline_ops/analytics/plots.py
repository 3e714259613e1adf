"""Plots of the results of the saved queries, with Matplotlib."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sightline_ops.analytics.queries import QueryResult

#: Labels that the plot of labels shows: the most frequent ones.
TOP_LABELS = 6

#: Owners that the plot of costs shows: the most expensive ones.
TOP_OWNERS = 12

COLORS = ("#2b6cb0", "#2c7a4b", "#e6a23c", "#805ad5", "#c0392b", "#4a8a9c")

Results = dict[str, QueryResult]
Plot = Callable[[Results, Any], None]


def _plot_labels(results: Results, axes: Any) -> None:
    rows = results["labels_over_time"].records()
    totals: dict[str, int] = {}
    for row in rows:
        totals[row["label"]] = totals.get(row["label"], 0) + row["images"]
    months = sorted({row["month"] for row in rows})
    shares = {(row["month"], row["label"]): 100 * row["share"] for row in rows}
    for label, color in zip(sorted(totals, key=lambda each: -totals[each]), COLORS, strict=False):
        values = [shares.get((month, label), 0) for month in months]
        axes.plot([f"{month:%Y-%m}" for month in months], values, "o-", color=color, label=label)
    axes.set(title="Labels over time", ylabel="share of recognized images, %")
    _add_legend(axes)


def _plot_failures(results: Results, axes: Any) -> None:
    counts: dict[str, dict[str, int]] = {}
    for row in results["failures_by_code_and_format"].records():
        formats = counts.setdefault(f"{row['part']}: {row['code']}", {})
        formats[row["format"]] = formats.get(row["format"], 0) + row["images"]
    codes = sorted(counts, key=lambda code: sum(counts[code].values()))
    lefts = dict.fromkeys(codes, 0)
    for name, color in zip(
        sorted({f for each in counts.values() for f in each}), COLORS * 5, strict=False
    ):
        widths = [counts[code].get(name, 0) for code in codes]
        axes.barh(codes, widths, left=[lefts[code] for code in codes], color=color, label=name)
        lefts = {code: lefts[code] + width for code, width in zip(codes, widths, strict=True)}
    axes.set(title="Failures by code and format", xlabel="images")
    _add_legend(axes)


def _plot_time_to_ready(results: Results, axes: Any) -> None:
    rows = results["time_to_ready_by_size"].records()
    names = [f"{row['size']}\n{row['images']} images" for row in rows]
    for offset, (column, color) in enumerate(
        zip(("p50_seconds", "p95_seconds"), COLORS, strict=False)
    ):
        positions = [index + 0.38 * (offset - 0.5) for index in range(len(rows))]
        bars = axes.bar(
            positions, [row[column] for row in rows], 0.36, color=color, label=column.split("_")[0]
        )
        axes.bar_label(bars, fmt="%.1f", fontsize="small")
    axes.set_xticks(range(len(names)), names)
    axes.set(title="Time from upload to ready, by size of the original", ylabel="seconds")
    _add_legend(axes)


def _plot_storage(results: Results, axes: Any) -> None:
    rows = results["storage_growth"].records()
    days = [row["day"] for row in rows]
    gigabytes = [float(row["total_bytes"]) / 1e9 for row in rows]
    axes.fill_between(days, gigabytes, color=COLORS[0], alpha=0.25)
    axes.plot(days, gigabytes, color=COLORS[0])
    axes.set(title="Storage growth", ylabel="originals, GB")
    axes.tick_params(axis="x", labelrotation=30)


def _plot_costs(results: Results, axes: Any) -> None:
    rows = results["cost_by_owner"].records()[:TOP_OWNERS][::-1]
    owners = [row["owner_hash"][:8] for row in rows]
    calls = [row["recognition_usd"] for row in rows]
    storage = [row["monthly_storage_usd"] for row in rows]
    axes.barh(owners, calls, color=COLORS[0], label="recognition, in total")
    axes.barh(owners, storage, left=calls, color=COLORS[2], label="storage, one month")
    axes.set(title="Cost by owner", xlabel="US dollars", ylabel="hash of the owner")
    _add_legend(axes)


def _add_legend(axes: Any) -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize="small", loc="center left", bbox_to_anchor=(1.01, 0.5))


PLOTS: dict[str, Plot] = {
    "labels": _plot_labels,
    "failures": _plot_failures,
    "time-to-ready": _plot_time_to_ready,
    "storage": _plot_storage,
    "costs": _plot_costs,
}


def draw_plots(results: Results, folder: Path, names: tuple[str, ...] = tuple(PLOTS)) -> list[Path]:
    """Draw plots as WebP files, and return their paths."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name in names:
        figure, axes = plt.subplots(figsize=(8, 4.2))
        PLOTS[name](results, axes)
        axes.grid(alpha=0.2)
        figure.tight_layout()
        files.append(folder / f"{name}.webp")
        figure.savefig(files[-1], dpi=110, pil_kwargs={"quality": 85, "method": 6})
        plt.close(figure)
    return files
