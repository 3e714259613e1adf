"""A receiver of traces and metrics by OTLP over HTTP, with pages that show them."""
