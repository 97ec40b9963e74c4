"""The promises on data and security, as the public reads them."""

from kept.promises.promise import Promise

GROUP = "Data and security"

DATA_AND_SECURITY = (
    Promise(
        id="residency.home",
        group=GROUP,
        statement="A member's private data is stored, by default, in the region where the member lives.",
        enforcement=(
            "each region is a cell with its own database, object store and key store; the owner's home "
            "region is checked on every write"
        ),
        evidence="rows whose owner's home is another region, per cell: 0, by a scan",
        refused="a write of a private row to another region's cell: error, nothing written, event logged",
    ),
    Promise(
        id="residency.routing",
        group=GROUP,
        statement="All of a region's member traffic is served by that region's cloud.",
        enforcement="requests are routed by the member's home region",
        evidence="share of member requests served at home, per region, last 24 h: 100 %",
        refused="a request that reaches the wrong cell is forwarded or refused, never served there",
    ),
    Promise(
        id="residency.crossing",
        group=GROUP,
        statement=(
            "What crosses a region's border is public, or was sent by the member to somebody there, or is an aggregate."
        ),
        enforcement="one gateway, by field classification",
        evidence="crossings by kind, category and count; crossings of any other kind: 0",
        refused="anything else: error, logged",
    ),
    Promise(
        id="residency.backup",
        group=GROUP,
        statement="Backups are kept only at the sites declared for the region.",
        enforcement=(
            "encrypted backups to declared sites; a restore replays every erasure before it opens for traffic"
        ),
        evidence="list of backups, site, age, restore test",
        refused="a site that is not declared",
    ),
    Promise(
        id="residency.pivot",
        group=GROUP,
        statement=(
            "When a region moves to a new store, its members' private data is deleted from the old one,"
            " and that is verified."
        ),
        enforcement="resumable pivot: copy, verify, switch, delete, verify, certificate",
        evidence="signed certificate with per-table counts and digests; residue scan of the old store: 0",
        refused="a switch before the copy verifies; deletion before the switch",
    ),
    Promise(
        id="audit.independent",
        group=GROUP,
        statement="An independent third party can audit how data is managed, without trusting the operator.",
        enforcement=(
            "append-only Merkle log of every sensitive act; the auditor runs a witness that cosigns checkpoints"
        ),
        evidence=(
            "log verifies from the first entry to the last cosigned checkpoint, by a verifier that is not the platform"
        ),
        refused="rewriting, removing or backdating an entry is detected",
    ),
    Promise(
        id="government.refusal",
        group=GROUP,
        statement="User data is not given to governments on the refusal list, nor would it be if they asked.",
        enforcement="no code path mints a grant or releases a key for a listed jurisdiction",
        evidence="requests received, and accounts disclosed, by country; listed countries: 0 disclosed",
        refused="the request is recorded and refused",
    ),
    Promise(
        id="collection.declared",
        group=GROUP,
        statement=(
            "Only what members choose to give, and what the app needs to work, be secure and improve, is collected."
        ),
        enforcement=(
            "every stored field and every accepted request field is declared in the catalogue with "
            "category, purpose and retention; undeclared fields are refused"
        ),
        evidence="coverage 100 %; fields refused, by name",
        refused="unknown field in a request: 422; undeclared column: the program does not start",
    ),
    Promise(
        id="collection.no-mac",
        group=GROUP,
        statement="MAC addresses are not collected.",
        enforcement="a forbidden category: values of that shape are refused on every intake",
        evidence="intakes scanned, values refused, values stored: 0, by a scan of the stores",
        refused="a MAC address in any telemetry or profile field",
    ),
    Promise(
        id="collection.current-version",
        group=GROUP,
        statement="Members are encouraged to use the newest version of the app.",
        enforcement="client version policy: current, nudged, too old",
        evidence="share of active clients by version state",
        refused="a client below the minimum gets a clear upgrade page",
    ),
    Promise(
        id="network.declared",
        group=GROUP,
        statement=(
            "The app makes few network calls when first opened, each to a declared destination for a "
            "declared purpose (performance and security, user certification, interoperability, campaign"
            " measurement)."
        ),
        enforcement="a manifest of calls; content security policy pins the browser to it",
        evidence="calls of a real browser at first open, compared with the manifest: no undeclared call",
        refused="an undeclared call is blocked and reported",
    ),
    Promise(
        id="access.need",
        group=GROUP,
        statement=(
            "Staff see member data only where their work needs it, and the approval they need grows "
            "with the data's sensitivity."
        ),
        enforcement=(
            "classification level of the fields asked for decides approvers; grants are scoped to "
            "columns, people, purpose and time"
        ),
        evidence="reads without a grant: 0; grants by level; time to approval",
        refused="any read outside a grant: refused, logged",
    ),
    Promise(
        id="access.oversight",
        group=GROUP,
        statement=(
            "Approvals for a region's data are overseen by that region's security team, wherever the employee sits."
        ),
        enforcement=(
            "approver must belong to the region's security team; the employee's site is an input to the policy"
        ),
        evidence="approvals by team and site; self-approvals: 0",
        refused="an approval from another region or by the requester",
    ),
    Promise(
        id="access.encrypted",
        group=GROUP,
        statement="Sensitive fields are encrypted, and a key is released only with a reason.",
        enforcement="sealed columns; the vault opens only for a declared reason",
        evidence="opens by reason; opens without one: 0",
        refused="no reason, or a reason that the policy doesn't allow",
    ),
    Promise(
        id="use.purposes",
        group=GROUP,
        statement=(
            "Data is used only to provide, secure, administer and improve the service and to enforce its terms."
        ),
        enforcement="every read of a classified field names a purpose that the catalogue allows for it",
        evidence="uses by purpose; violations: 0",
        refused="a purpose not declared for the field",
    ),
    Promise(
        id="terms.published",
        group=GROUP,
        statement=(
            "Terms, privacy notice, and a privacy notice for younger people are public and versioned, "
            "and what they say about data is generated from what the program does."
        ),
        enforcement=(
            "documents as versioned data; the data part rendered from the catalogue; acceptance recorded per version"
        ),
        evidence="versions, share of members on the current one; generated part equals the catalogue",
        refused="use after a change that needs a new yes: asked first",
    ),
    Promise(
        id="retention.schedule",
        group=GROUP,
        statement="Data is kept only as long as the service, a legitimate purpose or the law needs it.",
        enforcement="each table has a finite rule; a sweeper deletes; legal holds suspend it",
        evidence="rows past their time and not held: 0, by a scan; last sweep",
        refused="a table without a rule: the program does not start",
    ),
    Promise(
        id="rights.access",
        group=GROUP,
        statement="Any member may get a copy of the data held about them.",
        enforcement=("export derived from the catalogue, readable by people (HTML) and machines (JSON) with the media"),
        evidence="requests, median and worst days, overdue: 0; completeness against a scan",
        refused="unverified requester",
    ),
    Promise(
        id="rights.deletion",
        group=GROUP,
        statement="Any member may have their data removed.",
        enforcement=(
            "erasure derived from the catalogue: keys destroyed, rows and objects deleted or made "
            "anonymous; each table's outcome typed: erased, nothing found, held, refused, unreachable"
        ),
        evidence="signed receipt; residue scan for the person: 0",
        refused="unverified requester; held data is named, not silently skipped",
    ),
    Promise(
        id="rights.channels",
        group=GROUP,
        statement="Requests can be sent by e-mail or by post, and every requester is verified.",
        enforcement="intake by app, e-mail address, post (entered by staff), authorised agent",
        evidence="requests by channel; unverified disclosures: 0",
        refused="failed verification closes with an explanation",
    ),
    Promise(
        id="rights.equal",
        group=GROUP,
        statement="Nobody is treated worse for using their rights.",
        enforcement="no code outside the rights domain can read that a request exists",
        evidence="import contract and database grants show it",
        refused="any read of request tables from outside",
    ),
    Promise(
        id="security.monitoring",
        group=GROUP,
        statement="The platform is monitored around the clock for threats, fraud and misuse by insiders.",
        enforcement=(
            "detectors over security events open incidents (sign-in attacks, odd staff reads, planted "
            "canary accounts, bulk export)"
        ),
        evidence="incidents, time to detect and to respond; detector self-tests",
        refused="",
    ),
    Promise(
        id="security.disclosure",
        group=GROUP,
        statement="Outside researchers can report vulnerabilities and are rewarded.",
        enforcement="security.txt, intake, triage with severities and deadlines, rewards, hall of fame",
        evidence="reports by state, time to first answer and to fix",
        refused="",
    ),
    Promise(
        id="security.certifiable",
        group=GROUP,
        statement="Controls can be certified against recognised standards.",
        enforcement="each control maps to ISO/IEC 27001:2022 Annex A and OWASP ASVS ids; evidence exports as OSCAL",
        evidence="controls with fresh evidence",
        refused="",
    ),
    Promise(
        id="account.protection",
        group=GROUP,
        statement="Members can keep their accounts secure in a few easy steps.",
        enforcement="passkeys, second factor, session list, sign-in alerts, a guided check-up",
        evidence="adoption; attacks stopped",
        refused="breached or weak password; too many attempts",
    ),
    Promise(
        id="messages.encrypted",
        group=GROUP,
        statement=(
            "Direct messages are encrypted in transit and at rest. They are not end-to-end encrypted, "
            "and the app says so."
        ),
        enforcement="sealed under the mailbox owner's key; TLS",
        evidence=("a sent canary text is found nowhere in data files, write-ahead log, temp files, backups or logs"),
        refused="plain-text transport outside a development machine",
    ),
    Promise(
        id="messages.decryption",
        group=GROUP,
        statement=(
            "Messages are opened for others only under valid legal process or to enforce the "
            "guidelines, by authorised staff with a demonstrated need."
        ),
        enforcement="two-person rule; case reference; scope in people and time",
        evidence="opens by reason and case; opens outside a case: 0",
        refused="anything else",
    ),
)
