# ruff: noqa: E501 - one line a record
"""Certification campaigns of Tamarind Freight and who reviews what in them.

Campaign: `key | name | type | status | days since its start | days until it is due | comments |
description`. Certification: `key | campaign | name | reviewer | phase | people | items | decided |
marks`, where people are aliases, `reports-of:alias` or both, the reviewer may be a governance
group, and the marks are `privileged` and `from:key` for one that was reassigned.
"""

CAMPAIGNS = """
q4|Q4 Manager Review|MANAGER|ACTIVE|20|5|NO_DECISIONS|Managers confirm what their people need.
privileged|Privileged Access|SEARCH|ACTIVE|40|-3|REVOKE_ONLY_DECISIONS|Access that can do harm.
year-end|Year-End Finance Review|MANAGER|STAGED|1|30|ALL_DECISIONS|Starts in December.
q3|Q3 Manager Review|MANAGER|COMPLETED|110|-60|NO_DECISIONS|Managers confirmed what was needed.
"""

LARGE = "team"
"""The certification whose number of items a test may choose."""

CERTIFICATIONS = """
team|q4|Manager Access Review for Tomás Rivera|tomas.rivera|ACTIVE|reports-of:tomas.rivera,zainab.bello,clara.moreau|320|30|
treasury|q4|Manager Access Review for Treasury|tomas.rivera|ACTIVE|henrik.dahl,clara.moreau|12|0|
interim|q4|Manager Access Review for Interim Staff|tomas.rivera|ACTIVE|noor.vandam,javier.molina|7|7|
payments|q4|Manager Access Review for Ingrid Okafor|ingrid.okafor|SIGNED|reports-of:ingrid.okafor|24|24|
board|q4|Review of Shared Terminals|Access Review Board|ACTIVE|scanner.dock7,ewa.kowalska|6|0|
banking|privileged|Privileged Access to Payments|ingrid.okafor|ACTIVE|dwayne.osei,zainab.bello,henrik.dahl|9|2|privileged
directory|privileged|Privileged Access to Directories|tomas.rivera|ACTIVE|kofi.mensah,rosa.iglesias|6|0|privileged,from:banking
finance|year-end|Year-End Review for Tomás Rivera|tomas.rivera|STAGED|reports-of:tomas.rivera|40|0|
team-q3|q3|Manager Access Review for Tomás Rivera, third quarter|tomas.rivera|SIGNED|reports-of:tomas.rivera|60|60|
payments-q3|q3|Manager Access Review for Ingrid Okafor, third quarter|ingrid.okafor|SIGNED|reports-of:ingrid.okafor|20|20|
"""

REASSIGNED_BECAUSE = "Directories are not mine to judge."
"""What Ingrid said when she passed items on."""
