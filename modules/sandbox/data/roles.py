# ruff: noqa: E501 - one line a record
"""The roles of Tamarind Freight.

`name | description | access profiles | entitlements with their system | owner | approval | marks`.
Marks as for access profiles, and `criteria`: given by rule, neither requested nor revoked.
"""

ROLES = """
Employee|What everyone who works here has.|VPN|Active Directory/All Staff,Entra ID/Microsoft 365 E3|sam.whitlock||criteria
Contractor|What everyone who works here for a time has.||Active Directory/All Staff|sam.whitlock||criteria
Finance Analyst|Reads finance data and reports.|Finance Reporting,Ledger Reading,Finance File Share||tomas.rivera|m|
Accounts Payable|Handles incoming invoices.|Invoice Display,Invoice Entry||tomas.rivera|mo|
Payment Controller|Controls and releases payments.|Payment Release,Payment Run Monitor||ingrid.okafor|mog|comment,denial,privileged
Treasury|Manages cash and banks.|Cash Position,Bank Master Data||ingrid.okafor|mo|comment,privileged
Warehouse Planner|Plans the work of a warehouse.|Warehouse Badge,Fleet Reporting||aisha.farouk|m|
Depot Supervisor|Runs a depot.|Warehouse Badge,Northern Corridor||aisha.farouk|mo|
Service Desk Agent|Helps colleagues with their accounts.|Remote Desktop|Entra ID/User Administrator|piotr.zielinski|mo|privileged
Developer|Changes the software of the company.||GitHub/routing-write,GitHub/warehouse-write|rosa.iglesias|mo|
Customer Care|Serves customers.|Customer Service||marcus.adeyemi|m|
ROLE_NAME|Reads records for the audit.|Ledger Reading,Tax Archive||sam.whitlock|m|INSTRUCTION
"""
