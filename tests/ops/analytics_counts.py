"""The results of the saved queries, counted one by one over the images of a table.

Nothing here uses the view, SQL or the code that derives its rows.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from sightline.domain.images import Image
from sightline.domain.recognition import Feature
from sightline.ports.usage_table import MonthlyUsage

Records = list[dict[str, Any]]
Usage = dict[str, list[MonthlyUsage]]


class Counts:
    """Counts over the images and the usage of a table; `hash_owner` gives the pseudonyms."""

    def __init__(
        self, images: Sequence[Image], usage: Usage, hash_owner: Callable[[str], str]
    ) -> None:
        self.images = [image for image in images if image.deleted_at is None]
        self.uploaded = [image for image in self.images if image.status != "awaiting_upload"]
        self.ended = [image for image in self.images if image.status in {"ready", "failed"}]
        self.usage = usage
        self.hash_owner = hash_owner

    def labels_over_time(self) -> Records:
        labels: dict[date, Counter[str]] = defaultdict(Counter)
        recognized: Counter[date] = Counter()
        for image in self.images:
            hidden = {name.lower() for name in image.details.hidden}
            names = [each.name for each in image.detected_labels if each.name.lower() not in hidden]
            month = image.created_at.date().replace(day=1)
            labels[month].update(names)
            recognized[month] += bool(names)
        return [
            {"month": month, "label": label, "images": n, "share": n / recognized[month]}
            for month in sorted(labels)
            for label, n in sorted(labels[month].items(), key=lambda each: (-each[1], each[0]))[:20]
        ]

    def failures_by_code_and_format(self) -> Records:
        owners: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for image in self.images:
            detected = image.renditions.result and image.renditions.result.media_type
            for name in ("recognition", "renditions"):
                failure = getattr(image, name).failure
                if failure:
                    owners[name, failure.code, detected or image.media_type].append(image.owner)
        found = [
            {"part": k[0], "code": k[1], "format": k[2], "images": len(v), "owners": len(set(v))}
            for k, v in owners.items()
        ]
        return sorted(found, key=lambda r: (-r["images"], r["part"], r["code"], r["format"]))

    def time_to_ready_by_size(self) -> Records:
        limits = {"below 1 MB": 1e6, "1 to 4 MB": 4e6, "4 to 8 MB": 8e6, "8 MB and more": math.inf}
        seconds: dict[str, list[float]] = {size: [] for size in limits}
        for image in self.images:
            if image.status != "ready":
                continue
            size = next(name for name, limit in limits.items() if image.bytes < limit)
            durations = [
                (part.finished_at - part.queued_at).total_seconds()
                for part in (image.recognition, image.renditions)
                if part.finished_at and part.queued_at
            ]
            seconds[size].append(max(durations))
        return [
            {
                "size": size,
                "images": len(values),
                "p50_seconds": sorted(values)[math.ceil(0.5 * len(values)) - 1],
                "p95_seconds": sorted(values)[math.ceil(0.95 * len(values)) - 1],
                "max_seconds": max(values),
            }
            for size, values in seconds.items()
            if values
        ]

    def cost_by_owner(self) -> Records:
        stored: dict[str, list[int]] = defaultdict(list)
        for image in self.uploaded:
            stored[image.owner].append(image.bytes)
        calls = {
            owner: sum(sum(month.calls.values()) for month in months)
            for owner, months in self.usage.items()
        }
        found = [
            {
                "owner_hash": self.hash_owner(owner),
                "images": len(stored[owner]),
                "bytes": sum(stored[owner]),
                "calls": calls.get(owner, 0),
                "recognition_usd": calls.get(owner, 0) * 0.001,
                "monthly_storage_usd": sum(stored[owner]) * 0.023e-9,
            }
            for owner in {*stored, *calls}
        ]
        return sorted(
            found,
            key=lambda r: (-r["recognition_usd"], -r["monthly_storage_usd"], r["owner_hash"]),
        )

    def duplicates(self) -> Records:
        contents: set[tuple[str, str]] = set()
        looks: set[tuple[str, str | None]] = set()
        months: dict[date, Counter[str]] = defaultdict(Counter)
        for image in sorted(self.uploaded, key=lambda each: each.created_at):
            content, look = (image.owner, image.sha256), (image.owner, image.perceptual_hash)
            is_same_content = content in contents
            is_same_look = image.perceptual_hash is not None and look in looks
            contents.add(content)
            looks.add(look)
            months[image.created_at.date().replace(day=1)].update(
                images=1,
                same_content=is_same_content,
                same_look=is_same_look and not is_same_content,
                repeated_bytes=image.bytes if is_same_content or is_same_look else 0,
            )
        return [{"month": month, **counts} for month, counts in sorted(months.items())]

    def storage_growth(self) -> Records:
        days: dict[date, list[int]] = defaultdict(list)
        for image in self.uploaded:
            days[image.created_at.date()].append(image.bytes)
        records: Records = []
        images = size = 0
        for day in sorted(days):
            images, size = images + len(days[day]), size + sum(days[day])
            records.append(
                {
                    "day": day,
                    "images": len(days[day]),
                    "bytes": sum(days[day]),
                    "total_images": images,
                    "total_bytes": size,
                }
            )
        return records

    def formats(self) -> Records:
        found = []
        results = [(each, each.renditions.result) for each in self.images]
        for name in {result.media_type for _, result in results if result}:
            of_format = [(each, r) for each, r in results if r and r.media_type == name]
            megapixels = [result.width * result.height / 1e6 for _, result in of_format]
            found.append(
                {
                    "format": name,
                    "images": len(of_format),
                    "bytes": sum(image.bytes for image, _ in of_format),
                    "mean_megapixels": sum(megapixels) / len(megapixels),
                    "max_megapixels": max(megapixels),
                    "declared_otherwise": sum(image.media_type != name for image, _ in of_format),
                }
            )
        return sorted(
            found, key=lambda record: (-int(str(record["images"])), str(record["format"]))
        )

    def outcomes_by_day(self) -> Records:
        days: dict[date, Counter[str]] = defaultdict(Counter)
        for image in self.images:
            days[image.created_at.date()][image.status] += 1
        return [
            {
                "day": day,
                "images": sum(statuses.values()),
                "ready": statuses["ready"],
                "failed": statuses["failed"],
                "processing": statuses["processing"],
                "abandoned": statuses["awaiting_upload"],
                "ready_share": _divide(statuses["ready"], statuses["ready"] + statuses["failed"]),
            }
            for day, statuses in sorted(days.items())
        ]

    def retries(self) -> Records:
        found: dict[int, list[Image]] = defaultdict(list)
        for image in self.ended:
            found[len(image.recognition.attempts) + len(image.renditions.attempts)].append(image)
        return [
            {
                "retries": number,
                "images": len(images),
                "failed": sum(image.status == "failed" for image in images),
                "mean_seconds_to_ready": _mean(
                    max(
                        (part.finished_at - part.queued_at).total_seconds()
                        for part in (image.recognition, image.renditions)
                        if part.finished_at and part.queued_at
                    )
                    for image in images
                    if image.status == "ready"
                ),
            }
            for number, images in sorted(found.items())
        ]

    def usage_by_month(self) -> Records:
        months: dict[str, list[MonthlyUsage]] = defaultdict(list)
        for usages in self.usage.values():
            for usage in usages:
                months[usage.month].append(usage)
        return [
            {
                "month": month,
                "owners": len(usages),
                "images": sum(usage.images for usage in usages),
                "bytes": sum(usage.bytes for usage in usages),
                **{
                    f"calls_{feature}": sum(usage.calls.get(feature, 0) for usage in usages)
                    for feature in Feature
                },
            }
            for month, usages in sorted(months.items())
        ]


def _divide(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return sum(found) / len(found) if found else None
