"""Verifies an audit packet of Icarus with nothing but Python: `python verify_audit_packet.py FILE`.

A packet holds everything about one proposal: its records, and the chain of hashes from the first of
them to the newest record of its time. Whoever has that time's head from elsewhere (the log tells
one every minute under `audit.head`) can give it as `--head POSITION:DIGEST`.

Exits with 0 if everything fits together, else with 1 after naming what does not.
"""

import argparse
import hashlib
import json
import sys


def hash_of(parts):
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()


def text_hash(text):
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def canonical(content):
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def faults_of_chain(links):
    """Each link must be what its digest says, and follow the one before it."""
    before = None
    for link in links:
        parts = [
            link["position"],
            link["previous"],
            link["recordId"],
            link["recordHash"],
            link["linkedAtMicroseconds"],
        ]
        if hash_of(parts) != link["digest"]:
            yield f"link {link['position']} was altered"
        if before and link["position"] != before["position"] + 1:
            yield f"links are missing before {link['position']}"
        elif before and link["previous"] != before["digest"]:
            yield f"the chain is broken at {link['position']}"
        before = link


def faults_of_records(records, links):
    """Each record must be what its link says."""
    hashes = {link["recordId"]: link["recordHash"] for link in links}
    for record in records:
        parts = [
            record["id"],
            record["atMicroseconds"],
            record["kind"],
            record["actorId"],
            record["conversationId"],
            record["runId"],
            record["proposalId"],
            record["details"],
        ]
        if record["id"] not in hashes:
            yield f"record {record['id']} is not in the chain"
        elif hash_of(parts) != hashes[record["id"]]:
            yield f"record {record['id']} was altered"


def faults_of_proposal(proposal, records):
    """Card and arguments must be those that were shown, decided and sent."""
    if not records:
        yield "there are no records"
    for record in records:
        if record["proposalId"] != proposal["id"]:
            yield f"record {record['id']} is about something else"
        details = json.loads(record["details"])
        card = proposal["card"]
        if card is not None and "cardHash" in details:
            shown = text_hash(canonical({"proposal": proposal["id"], "card": card}))
            if shown != details["cardHash"]:
                yield f"the card is not the one that record {record['id']} tells of"
        arguments = proposal["arguments"]
        if arguments is not None and "argumentsHash" in details:
            stored = json.dumps(
                arguments, sort_keys=True, separators=(",", ":"), ensure_ascii=False
            )
            if text_hash(stored) != details["argumentsHash"]:
                yield f"the arguments are not those that record {record['id']} tells of"


def faults_of_head(links, head):
    if head is None:
        return
    position, _, digest = head.partition(":")
    known = {str(link["position"]): link["digest"] for link in links}
    if known.get(position) != digest:
        yield f"the chain does not hold the head {position}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--head", help="POSITION:DIGEST, from elsewhere")
    chosen = parser.parse_args()
    with open(chosen.file, encoding="utf-8") as file:
        packet = json.load(file)
    if packet.get("format") != 1:
        sys.stdout.write("This packet has a format that is not known here.\n")
        return 1
    records, links = packet["records"], packet["links"]
    faults = [
        *faults_of_chain(links),
        *faults_of_records(records, links),
        *faults_of_proposal(packet["proposal"], records),
        *faults_of_head(links, chosen.head),
    ]
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    if faults:
        return 1
    last = links[-1]
    sys.stdout.write(
        f"{len(records)} records and {len(links)} links fit together. "
        f"Head: {last['position']}:{last['digest']}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
