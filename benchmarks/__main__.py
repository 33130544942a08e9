"""`make bench`: every benchmark, or those named on the command line."""

import asyncio
import sys

from benchmarks import relay

BENCHMARKS = {"relay": relay.main}


def main(names: list[str]) -> None:
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        raise SystemExit(f"No such benchmark: {', '.join(sorted(unknown))}. There is: relay")
    for name in names or BENCHMARKS:
        asyncio.run(BENCHMARKS[name]())


if __name__ == "__main__":
    main(sys.argv[1:])
