"""The systems that access is on, and the entitlements of each.

An entitlement is `name | description | marks`. Marks: P privileged, N not requestable, D without a
description, X with an unreadable distinguished name. Without a description of its own an
entitlement gets one made of its name, except with D.
"""

SYSTEMS = {
    "Active Directory": ("Active Directory - Direct", "piotr.zielinski", "memberOf"),
    "Entra ID": ("Azure Active Directory", "piotr.zielinski", "groups"),
    "Salesforce": ("Salesforce", "marcus.adeyemi", "permissionSets"),
    "SAP Payments": ("SAP - Direct", "ingrid.okafor", "roles"),
    "GitHub": ("GitHub Enterprise", "rosa.iglesias", "teams"),
    "Facilities Desk": ("DelimitedFile", "aisha.farouk", "badges"),
}
MANUAL = "Facilities Desk"

ENTITLEMENTS = {
    "Active Directory": """
All Staff|Mail and calendar for everyone.|N
VPN Users|Remote access to the company network.|
Finance Share Read|Reads the finance file share.|
Finance Share Write|Changes files on the finance share.|
Logistics Share Read||
Logistics Share Write||
Domain Admins|Full control of the domain.|PN
Backup Operators|Restores any file of any server.|P
Server Operators||P
Print Operators||D
Remote Desktop Rotterdam||
Remote Desktop Antwerp||
Meeting Room Screens||D
Depot Kiosks||
Tax Archive Read||
Legal Hold Readers||D
SG-FIN-7731-RW||X
SG-LOG-1182-RO||X
SG-ITX-0457-AD||X
SG-HRX-3309-RO||X
SG-EXT-9020-RW||X""",
    "Entra ID": """
Microsoft 365 E3|Office applications and mail.|N
Teams Voice||
Power BI Viewer|Opens published reports.|
Power BI Author|Publishes reports.|
Finance Dashboards|Opens the dashboards of finance.|
Fleet Dashboards||
Global Reader|Reads every setting of the directory.|P
User Administrator|Changes accounts and passwords.|P
Conditional Access Exclusion||PD
Guest Inviter||
SharePoint Finance Members|Edits the finance site.|
SharePoint Logistics Members||
SharePoint Board Visitors||
Planner Premium||
Visio Plan 2||
Project Plan 3||
Copilot Pilot||D
Intune Enrolment||
Azure Subscription Reader||
Azure Cost Viewer||""",
    "Salesforce": """
Sales Cloud User|Reads and writes customers and offers.|
Service Cloud User|Handles customer cases.|
Report Builder||
Dashboard Viewer||
Credit Limit Viewer|Reads the credit limits of customers.|
Credit Limit Editor|Changes the credit limits of customers.|
Contract Reader||
Contract Editor||
Price Book Editor||
Customer Export|Exports all customers with addresses.|P
Campaign Manager||
Lead Import||
Territory Planner||
Quote Approver||
Case Escalation||D
Partner Portal||
API Integration||
Sandbox Developer||
Knowledge Author||
Chatter Free||""",
    "SAP Payments": """
Invoice Display|Shows incoming invoices.|
Invoice Entry|Enters incoming invoices.|
Invoice Release|Releases invoices for payment.|
Payment Proposal|Creates payment proposals.|
Payment Creation|Creates payments to suppliers.|
Payment Release|Releases payments to the bank.|P
Payment Run Monitor|Watches payment runs.|
Bank Master Data Display|Shows bank details of suppliers.|
Bank Master Data Change|Changes bank details of suppliers.|P
Vendor Display||
Vendor Maintenance|Creates and changes suppliers.|
Customer Ledger Display||
Customer Ledger Posting||
General Ledger Display||
General Ledger Posting|Posts to the general ledger.|
Period Close||
Cash Position Display||
Dunning Run||D
Payroll Display|Shows salaries.|
Payroll Run||""",
    "GitHub": """
payments-read||
payments-write|Changes the code of the payment platform.|
payments-admin|Administers the repositories of the payment platform.|P
routing-read||
routing-write||
warehouse-read||
warehouse-write||
infrastructure-read||
infrastructure-write||
platform-reviewers||
security-advisories||D
docs-write||
packages-read||
packages-publish||
actions-runners||
design-system||
data-pipelines||
mobile-apps||
customer-portal||
archive-read||""",
    "Facilities Desk": """
Rotterdam Office||
Rotterdam Vault|Opens the vault of the Rotterdam office.|
Antwerp Warehouse||
Antwerp Cold Store||
Hamburg Terminal||
Hamburg Customs Zone||
Gdańsk Office||
Gdańsk Server Room|Opens the server room.|
Malmö Office||
Leeds Office||
Lisbon Depot||
Lyon Depot||
Valencia Depot||
Dublin Office||
Parking Rotterdam||
Parking Antwerp||
Locker Antwerp||
Forklift Hall||
Bicycle Shed||
Visitor Escort||N""",
}
