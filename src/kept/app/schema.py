"""Every table that is declared anywhere: importing this module declares them all."""

import kept.access
import kept.accounts
import kept.cells
import kept.comments
import kept.disclosure
import kept.feed
import kept.jobs
import kept.ledger
import kept.legal
import kept.likes
import kept.messages
import kept.notices
import kept.policy
import kept.promises.models
import kept.reports
import kept.residency
import kept.retention
import kept.rights
import kept.social
import kept.staff
import kept.subjects
import kept.terms
import kept.vault
import kept.videos
import kept.youth

__all__ = ["kept"]
