"""Run the receiver of traces as a server of the benchmarks."""

from sightline_local.traces.__main__ import main

main()
