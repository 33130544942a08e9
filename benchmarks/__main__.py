"""`make bench`: every benchmark, or those named on the command line."""

import asyncio
import sys

from benchmarks import context, relay, telemetry

BENCHMARKS = {"relay": relay.main, "context": context.main, "telemetry": telemetry.main}


def main(names: list[str]) -> None:
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        there = ", ".join(BENCHMARKS)
        raise SystemExit(f"No such benchmark: {', '.join(sorted(unknown))}. There is: {there}")
    for name in names or BENCHMARKS:
        asyncio.run(BENCHMARKS[name]())


if __name__ == "__main__":
    main(sys.argv[1:])
