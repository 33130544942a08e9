# ruff: noqa: E501 - one line a record
"""The access profiles of Tamarind Freight.

`name | description | system | entitlements | alias of the owner | approval | marks`. Approval: the
letters of the steps in order: m manager, o owner, s source owner, g Payment Change Board. Marks:
comment (a reason is required), denial (so is one for a denial), privileged, fails, choose (an
account has to be chosen), form, and the name of a hostile text.
"""

PROFILES = """
Expense Reports|Files and follows expense reports.|SAP Payments|Invoice Display|tomas.rivera||
Invoice Display|Looks up incoming invoices.|SAP Payments|Invoice Display,Vendor Display|ingrid.okafor|m|
Invoice Entry|Enters incoming invoices.|SAP Payments|Invoice Display,Invoice Entry|ingrid.okafor|mo|
Invoice Release|Releases invoices for payment.|SAP Payments|Invoice Release|ingrid.okafor|mo|comment,denial
Payment Creation|Creates payments to suppliers.|SAP Payments|Payment Creation,Payment Proposal|ingrid.okafor|mo|comment
Payment Release|Releases payments to the bank.|SAP Payments|Payment Release|ingrid.okafor|mo|comment,denial,privileged
Payment Run Monitor|Watches payment runs and their errors.|SAP Payments|Payment Run Monitor|ingrid.okafor|o|
Bank Master Data|Changes the bank details of suppliers.|SAP Payments|Bank Master Data Display,Bank Master Data Change|ingrid.okafor|mog|comment,denial,privileged
Vendor Maintenance|Creates and changes suppliers.|SAP Payments|Vendor Display,Vendor Maintenance|ingrid.okafor|mo|
Ledger Reading|Reads the general ledger.|SAP Payments|General Ledger Display|tomas.rivera|m|
Ledger Posting|Posts to the general ledger.|SAP Payments|General Ledger Display,General Ledger Posting|tomas.rivera|mo|choose
Period Close|Closes accounting periods.|SAP Payments|Period Close|tomas.rivera|mo|
Payroll Reading|Reads payroll results.|SAP Payments|Payroll Display|nadia.petrova|mo|comment
Cash Position|Shows the cash position of the day.|SAP Payments|Cash Position Display|ingrid.okafor|m|
Finance File Share|Reads and writes the finance share.|Active Directory|Finance Share Read,Finance Share Write|tomas.rivera|m|
Tax Archive|Reads the tax archive.|Active Directory|Tax Archive Read|sinead.obrien|m|MARKUP
VPN|Works from outside the offices.|Active Directory|VPN Users|piotr.zielinski||
Remote Desktop|Opens a desktop in Rotterdam.|Active Directory|Remote Desktop Rotterdam|piotr.zielinski|m|
Legacy Depot Desktop|Opens the desktop of the old depot system.|Active Directory|Remote Desktop Antwerp|piotr.zielinski|m|fails
Server Operation|Operates the servers.|Active Directory|Server Operators,Backup Operators|piotr.zielinski|ms|comment,privileged
Finance Reporting|Opens and publishes finance reports.|Entra ID|Power BI Viewer,Finance Dashboards|tomas.rivera|m|
Report Publishing|Publishes reports for others.|Entra ID|Power BI Author|rosa.iglesias|mo|RIGHT_TO_LEFT
Fleet Reporting|Opens the dashboards of the fleet.|Entra ID|Fleet Dashboards|aisha.farouk|m|
Directory Reading|Reads every setting of the directory.|Entra ID|Global Reader|piotr.zielinski|ms|privileged
Customer Service|Handles customer cases.|Salesforce|Service Cloud User,Dashboard Viewer|marcus.adeyemi|m|
Credit Limits|Reads and changes credit limits.|Salesforce|Credit Limit Viewer,Credit Limit Editor|marcus.adeyemi|mo|
Payment Platform Code|Changes the code of the payment platform.|GitHub|payments-read,payments-write|ingrid.okafor|mo|
Release Management|Publishes packages.|GitHub|packages-publish|rosa.iglesias|mo|form
Northern Corridor|?|Facilities Desk|Hamburg Terminal,Malmö Office|aisha.farouk|m|LONG
Warehouse Badge|Opens the Antwerp warehouse.|Facilities Desk|Antwerp Warehouse|aisha.farouk|m|
"""

CONFLICTS = (
    ("Create and release payments", "Payment Creation", "Payment Release"),
    ("Maintain suppliers and pay them", "Vendor Maintenance", "Payment Creation"),
)

# One access profile for each pair: enough for several pages of requestable objects.
# fmt: off
PLACES = (
    "Aarhus", "Antwerp", "Athens", "Barcelona", "Bergen", "Bilbao", "Bremen", "Bristol",
    "Brno", "Bruges", "Budapest", "Cork", "Dublin", "Gdańsk", "Genoa", "Ghent",
    "Gothenburg", "Hamburg", "Leeds", "Leipzig", "Lisbon", "Lyon", "Malmö", "Marseille",
    "Milan", "Nantes", "Naples", "Oslo", "Paris", "Porto", "Riga", "Rotterdam", "Seville",
    "Tallinn", "Trieste", "Turin", "Turku", "Valencia", "Vienna", "Vilnius",
)
# fmt: on
PLACE_ACCESS = (
    ("Timesheets", "Enters and reads working hours"),
    ("Yard Plan", "Plans the yard"),
    ("Gate Log", "Reads the log of the gates"),
    ("Dock Booking", "Books docks"),
    ("Stock Count", "Counts stock"),
    ("Safety Reports", "Files safety reports"),
    ("Driver Roster", "Plans drivers"),
    ("Fuel Cards", "Issues fuel cards"),
    ("Customs Files", "Reads customs files"),
    ("Camera Archive", "Looks at recordings"),
    ("Returns Desk", "Handles returns"),
    ("Cold Chain", "Watches temperatures"),
    ("Site Wiki", "Edits the pages of the site"),
    ("Cash Desk", "Runs the cash desk"),
    ("Visitor List", "Announces visitors"),
)
