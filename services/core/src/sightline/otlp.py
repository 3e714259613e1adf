"""Export traces by OTLP over HTTP, with the SDK of OpenTelemetry.

Traces are exported if `OTEL_EXPORTER_OTLP_ENDPOINT` is set. The SDK reads the other variables of
its exporter itself: https://opentelemetry.io/docs/languages/sdk-configuration/otlp-exporter/

The SDK is an extra, `sightline-core[tracing]`, and is imported only where it is used.
"""

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from pydantic import SecretStr

from sightline import tracing

logger = logging.getLogger(__name__)

#: Either variable enables the export; the second is that of traces only.
ENDPOINT_VARIABLES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

#: The share of the traces that start in a service which is sampled, 0 to 1.
RATIO_VARIABLE = "OTEL_TRACES_SAMPLER_ARG"


@contextmanager
def export_traces(service: str, owner_key: SecretStr | None) -> Iterator[None]:
    """Record and export traces within this context, if an endpoint is configured.

    `owner_key` is the key of the hash that names the owner in a trace; without it none is named.
    """
    if not is_configured(os.environ):
        yield
        return
    ratio = read_ratio(os.environ)
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        from sightline.span_export import SpanExport
    except ImportError:
        logger.warning("no traces are exported: sightline-core[tracing] is not installed")
        yield
        return
    exporter = SpanExport(service, OTLPSpanExporter(), owner_key)
    tracing.enable(exporter, ratio)
    try:
        yield
    finally:
        tracing.disable()
        exporter.close()


def is_configured(environment: Mapping[str, str]) -> bool:
    """Return whether the variables of OpenTelemetry ask for traces by OTLP."""
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    if environment.get("OTEL_TRACES_EXPORTER", "otlp") != "otlp":
        return False
    return any(environment.get(name) for name in ENDPOINT_VARIABLES)


def read_ratio(environment: Mapping[str, str]) -> float:
    """Return the share of traces to sample; print why it is invalid, and exit."""
    value = environment.get(RATIO_VARIABLE) or "1"
    try:
        ratio = float(value)
    except ValueError:
        ratio = -1.0
    if not 0 <= ratio <= 1:
        print(f"{RATIO_VARIABLE}: must be a number from 0 to 1", file=sys.stderr)
        sys.exit(2)
    return ratio
