"""Who has what at Tamarind Freight, as far as it was not drawn by lot.

`alias | access | days since it was given | days until it ends | marks`. Access may be
`system/entitlement`. Without a number the date is unknown; `aggregated` was found on the source.
"""

HOLDINGS = """
lena.marsh|Finance Analyst|203||
lena.marsh|Expense Reports|341||
lena.marsh|Invoice Entry|81|9|
lena.marsh|Active Directory/SG-FIN-7731-RW|||aggregated
lena.marsh|Entra ID/Teams Voice|512||aggregated
lena.marsh|SAP Payments/Vendor Display|||aggregated
lena.marsh|Salesforce/Credit Limit Viewer|290||aggregated
ruben.kaya|Payment Creation|160||
henrik.dahl|Payment Controller|220||
tomas.rivera|Finance Analyst|700||
tomas.rivera|Period Close|410||
ingrid.okafor|Cash Position|520||
ingrid.okafor|GitHub/payments-read|||aggregated
sam.whitlock|Directory Reading|365||
kofi.mensah|Active Directory/Domain Admins|||aggregated
kofi.mensah|Active Directory/Backup Operators|640||aggregated
rosa.iglesias|Entra ID/Global Reader|150||aggregated
rosa.iglesias|Entra ID/Conditional Access Exclusion|||aggregated
dwayne.osei|GitHub/payments-admin|330||aggregated
zainab.bello|SAP Payments/Bank Master Data Change|||aggregated
fatima.elidrissi|SAP Payments/Payment Release|88||aggregated
"""

# Only what comes with the job: nothing is drawn for them.
BIRTHRIGHT_ONLY = frozenset(
    {"priya.nair", "svc-access-assistant", "scanner.dock7", "helena.brandt"}
)
AS_LISTED = frozenset({"lena.marsh", "tomas.rivera", "ingrid.okafor", "sam.whitlock"})

# `alias | system | name of the account | days used of the last 90; without a number it is unknown`
ACCOUNTS = """
lena.marsh|Active Directory|lmarsh|61
lena.marsh|Entra ID|lena.marsh@tamarind.example|
lena.marsh|SAP Payments|LMARSH|34
lena.marsh|SAP Payments|LMARSH_TEST|0
lena.marsh|Salesforce|lena.marsh@tamarind.example|0
"""
