"""Who works at Tamarind Freight: one line a person, from the top down.

`alias | first | last | title | department | location | alias of the manager | marks`, where the
marks are `inactive`, `contractor`, `no-email` and user levels. E-mail addresses are made of the
alias; the people of `people.py` are here under theirs.
"""

ROWS = """
helena.brandt|Helena|Brandt|Chief Executive Officer|Executive|Rotterdam||
marcus.adeyemi|Marcus|Adeyemi|Chief Financial Officer|Finance|Rotterdam|helena.brandt|
yuki.tanaka|Yuki|Tanaka|Chief Operating Officer|Operations|Hamburg|helena.brandt|
tomas.rivera|Tomás|Rivera|Finance Operations Manager|Finance|Rotterdam|marcus.adeyemi|
ingrid.okafor|Ingrid|Okafor|Head of Payment Systems|Finance|Rotterdam|marcus.adeyemi|
sam.whitlock|Sam|Whitlock|Identity Governance Lead|Security|Leeds|marcus.adeyemi|ORG_ADMIN
aisha.farouk|Aisha|Farouk|Logistics Manager|Logistics|Antwerp|yuki.tanaka|
piotr.zielinski|Piotr|Zieliński|Head of IT Operations|IT|Gdańsk|yuki.tanaka|
greta.lindqvist|Greta|Lindqvist|Manager, Special Projects|Operations|Malmö|yuki.tanaka|
lena.marsh|Lena|Marsh|Accounts Payable Analyst|Finance|Rotterdam|tomas.rivera|
ruben.kaya|Ruben|Kaya|Payments Clerk|Finance|Rotterdam|tomas.rivera|
mei.chen|Mei|Chen|Accounts Receivable Analyst|Finance|Rotterdam|tomas.rivera|
daan.devries|Daan|de Vries|General Ledger Accountant|Finance|Rotterdam|tomas.rivera|
sinead.obrien|Sinéad|O'Brien|Tax Specialist|Finance|Dublin|tomas.rivera|
lukasz.zak|Łukasz|Żak|Cost Controller|Finance|Gdańsk|tomas.rivera|
fatima.elidrissi|Fatima|El Idrissi|Treasury Analyst|Finance|Rotterdam|tomas.rivera|
oscar.lund|Oscar|Lund|Billing Analyst|Finance|Malmö|tomas.rivera|
hannah.weber|Hannah|Weber|Credit Controller|Finance|Hamburg|tomas.rivera|
javier.molina|Javier|Molina|Expense Auditor|Finance|Valencia|tomas.rivera|contractor
nadia.petrova|Nadia|Petrova|Payroll Specialist|Finance|Rotterdam|tomas.rivera|
emil.novak|Emil|Novák|Finance Trainee|Finance|Rotterdam|tomas.rivera|
dwayne.osei|Dwayne "Tank"|Osei|Payment Platform Engineer|Finance|Rotterdam|ingrid.okafor|
clara.moreau|Clara|Moreau|Bank Relations Specialist|Finance|Paris|ingrid.okafor|
henrik.dahl|Henrik|Dahl|Payment Controller|Finance|Malmö|ingrid.okafor|
zainab.bello|Zainab|Bello|Reconciliation Analyst|Finance|Rotterdam|ingrid.okafor|
viktor.horvath|Viktor|Horváth|Payment Consultant|Finance|Budapest|ingrid.okafor|contractor
bram.jansen|Bram|Jansen|Certification Coordinator|Security|Rotterdam|sam.whitlock|CERT_ADMIN
olivia.grant|Olivia|Grant|Identity Analyst|Security|Leeds|sam.whitlock|REPORT_ADMIN
svc-access-assistant|Access|Assistant|Service identity|Security|Rotterdam|sam.whitlock|ORG_ADMIN
priya.nair|Priya|Nair|Warehouse Planner|Logistics|Antwerp|aisha.farouk|
daan.devries2|Daan|de Vries|Depot Supervisor|Logistics|Antwerp|aisha.farouk|
marta.silva|Marta|Silva|Route Planner|Logistics|Lisbon|aisha.farouk|
jonas.keller|Jonas|Keller|Dock Coordinator|Logistics|Hamburg|aisha.farouk|
amara.diallo|Amara|Diallo|Customs Specialist|Logistics|Antwerp|aisha.farouk|
leo.fontaine|Leo|Fontaine|Fleet Planner|Logistics|Lyon|aisha.farouk|inactive
rosa.iglesias|Rosa|Iglesias|Cloud Engineer|IT|Valencia|piotr.zielinski|SOURCE_ADMIN
kofi.mensah|Kofi|Mensah|Systems Engineer|IT|Rotterdam|piotr.zielinski|
ewa.kowalska|Ewa|Kowalska|Service Desk Agent|IT|Gdańsk|piotr.zielinski|
timo.virtanen|Timo|Virtanen|Software Developer|IT|Turku|piotr.zielinski|
scanner.dock7|Scanner|Dock 7|Shared terminal|IT|Antwerp|piotr.zielinski|no-email
noor.vandam|Noor|van Dam|Interim Auditor|Audit|Rotterdam||
"""

GROUPS = {
    "Payment Change Board": ("ingrid.okafor", "marcus.adeyemi", "piotr.zielinski"),
    "Access Review Board": ("sam.whitlock", "bram.jansen", "olivia.grant"),
}
