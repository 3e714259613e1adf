"""Test data and test doubles shared by tests, benchmarks and reliability tests."""
