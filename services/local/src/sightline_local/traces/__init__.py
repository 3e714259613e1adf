"""A receiver of traces by OTLP over HTTP, with pages that show them."""
