"""Verifies the whole audit: `python -m modules.backend.audit_verify [--head POSITION:DIGEST]`.

Prints what was looked at and what is wrong as JSON. Exits with 1 if anything is. A head is what the
log told under `audit.head`, or what this command said before; with one, a tail that was cut off
shows, too.
"""

import argparse
import asyncio
import dataclasses
import json
import sys

from modules.backend.core.clock import SystemClock
from modules.backend.core.config import load_database_settings
from modules.backend.core.database import Database
from modules.backend.services.audit.chain import Head
from modules.backend.services.audit.verifying import Report, Verifier


def main() -> int:
    parser = argparse.ArgumentParser(description="Verifies the audit of Icarus.")
    parser.add_argument("--head", action="append", default=[], type=_head, metavar="POS:DIGEST")
    heads = tuple(parser.parse_args().head)
    report = asyncio.run(_verify(heads))
    sys.stdout.write(json.dumps(dataclasses.asdict(report), indent=2) + "\n")
    return 0 if report.holds else 1


async def _verify(heads: tuple[Head, ...]) -> Report:
    database = Database(load_database_settings())
    try:
        return await Verifier(database, SystemClock()).verify(heads=heads)
    finally:
        await database.close()


def _head(text: str) -> Head:
    position, _, digest = text.partition(":")
    return Head(int(position), digest)


if __name__ == "__main__":
    sys.exit(main())
