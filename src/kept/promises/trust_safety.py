"""The promises on trust and safety, as the public reads them."""

from kept.promises.promise import Promise

GROUP = "Trust and safety"

TRUST_AND_SAFETY = (
    Promise(
        id="guidelines.published",
        group=GROUP,
        statement="Community guidelines are public, versioned, and shaped with outside experts.",
        enforcement=(
            "guidelines as data, with policy ids that every decision cites; council comments recorded per version"
        ),
        evidence="versions, changes, decisions by policy id",
        refused="a decision that cites no policy",
    ),
    Promise(
        id="transparency.reports",
        group=GROUP,
        statement="Transparency reports are published regularly.",
        enforcement=(
            "generated from the records: removals by policy, proactive rate, before any view, within 24"
            " h, appeals and reversals, government requests, reports to NCMEC, deletion requests"
        ),
        evidence="last report, its period, reproducible from the log",
        refused="",
    ),
    Promise(
        id="moderation.flagged",
        group=GROUP,
        statement="Technology flags content that may violate the guidelines.",
        enforcement="signals at upload and on text: perceptual hashes, classifiers, on-screen text, rules",
        evidence="share of uploads scanned before publication: 100 %; flags by signal, precision by signal",
        refused="a failed scan never publishes: it holds the content",
    ),
    Promise(
        id="moderation.reviewed",
        group=GROUP,
        statement="Trained people review and remove what technology flags or members report.",
        enforcement="queues by severity, reach and age; a decision carries policy, reason, and notice to the member",
        evidence="queue age, decisions, quality sample",
        refused="deciding without having opened the content",
    ),
    Promise(
        id="moderation.appeals",
        group=GROUP,
        statement="A decision can be appealed, and another person looks.",
        enforcement="appeal to a different reviewer; full restoration",
        evidence="appeals, reversals, lost: 0",
        refused="the first decider deciding the appeal",
    ),
    Promise(
        id="moderation.trends",
        group=GROUP,
        statement=(
            "Evolving and trending harms (dangerous challenges, harmful misinformation) are "
            "investigated before they spread."
        ),
        enforcement="trend radar over hashtags, sounds, near-duplicates; review before a trend is amplified",
        evidence="trends seen, time from rise to review",
        refused="",
    ),
    Promise(
        id="misinformation.handled",
        group=GROUP,
        statement="Misinformation that harms people or elections is acted on.",
        enforcement=(
            "fact-check partner queue, claim records, labels, share prompt, reduced reach, removal; election mode"
        ),
        evidence="claims, labels, reach avoided",
        refused="",
    ),
    Promise(
        id="bullying.handled",
        group=GROUP,
        statement="Bullying and harassment are acted on, and members can protect themselves.",
        enforcement="comment filters, block, mute, restrict, rethink prompt, reporting",
        evidence=(
            "nothing of a blocked person stands after the block; filters hold what they must; every report acknowledged "
            "and in its queue; outcomes of reports: unproven until people decide on them here"
        ),
        refused="",
    ),
    Promise(
        id="youth.under13",
        group=GROUP,
        statement=("Children under 13 get a separate experience: they can watch, but not upload, comment or message."),
        enforcement="age band decides capabilities in one policy; curated feed; minimum data",
        evidence="attempts refused, successes: 0, over every write route",
        refused="any write by such an account",
    ),
    Promise(
        id="youth.rating",
        group=GROUP,
        statement="The app is rated 13+, so that parental controls can block it.",
        enforcement="rating in the web manifest and page labels; guardian pairing",
        evidence="label present on every page",
        refused="",
    ),
    Promise(
        id="youth.under16",
        group=GROUP,
        statement="Under 16, direct messages and livestream are off.",
        enforcement="same policy",
        evidence="attempts refused, successes: 0",
        refused="both directions: to and from",
    ),
    Promise(
        id="messages.no-media",
        group=GROUP,
        statement="Images cannot be sent in direct messages, nor images or videos from off the platform.",
        enforcement="messages carry text or a reference to a platform video only",
        evidence="attempts refused, stored media in messages: 0",
        refused="uploads, data URLs, links to media hosts",
    ),
    Promise(
        id="childsafety.escalated",
        group=GROUP,
        statement="Suspected grooming is flagged and goes to the child safety team.",
        enforcement="text and behaviour signals; restricted queue, two-person reveal",
        evidence="flags, time to first look",
        refused="anyone outside the team",
    ),
    Promise(
        id="childsafety.reported",
        group=GROUP,
        statement="Child abuse material and offenders are reported to NCMEC, and the offender is banned.",
        enforcement=(
            "hash match quarantines at once; report by the CyberTipline API; preservation vault for a "
            "year; ban of account and its successors"
        ),
        evidence="reports accepted, pending, failed; bans",
        refused="release of quarantined media",
    ),
)
