"""Analytics: a typed view of the table without personal data, and queries on it.

The view is three Parquet files, rebuilt from exports of the table. docs/analytics.md describes it.
"""
