"""What becomes of a request is told to whoever asked by another door than the app, at the address that verified them.

That the time was extended, and why (GDPR Art. 12(3)); that it was refused, why, and where to complain (Art. 12(4)); that a copy
is ready; that it is done. Once each: what was told last is noted with the letter, in one transaction.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from kept.cells import Cell
from kept.look.formats import date
from kept.look.words import translator
from kept.rights.mailing import Letter, post, sends_mail
from kept.rights.matters import Matter, matter_of
from kept.rights.models import COPY_DAYS, RightsRequest
from kept.rights.requests import Request, request_of
from kept.rights.states import State
from kept.rights.works import Works

_NEWS = """
SELECT request_id FROM rights_request WHERE verified_by = 'email' AND state NOT IN ('joined', 'called_off', 'expired')
  AND greatest(extended_at, answered_at, done_at) > coalesce(told_at, '-infinity') ORDER BY changed_at LIMIT 50
"""


async def tell(works: Works, cell: Cell, *, now: datetime) -> int:
    """Write to those whose request came further; how many letters were put into the outbox."""
    told = 0
    for row in await cell.database.fetch(_NEWS):
        request = await request_of(cell, row["request_id"])
        if request is None:
            continue
        matter = await matter_of(works, cell, request.request_id)
        writes = bool(matter.reach) and sends_mail(works.settings)
        async with cell.begin() as tx:
            mine = sa.update(RightsRequest).where(RightsRequest.request_id == request.request_id)
            await tx.run(mine.values(told_at=now))
            if writes:
                await post(works, tx, request.request_id, _letter(works, request, matter), now=now)
        told += writes
    return told


def news_of(request: Request, language: str) -> str:
    """What there is to tell of a request, in words: of the newest that happened to it."""
    t = translator(language)
    kind = t(f"rights.kind.{request.kind.value}")
    if request.state is State.REFUSED:
        return t("letters.news.refused", kind=kind, why=t(f"rights.reason.{request.ground}")).unescape()
    if request.state is State.READY and request.answered_at is not None:
        until = request.answered_at + timedelta(days=COPY_DAYS)
        return t("letters.news.ready", kind=kind, date=date(until, language)).unescape()
    if request.state is State.DONE:
        return t("letters.news.done", kind=kind).unescape()
    why = t(f"letters.why.{request.extended_why}")
    return t("letters.news.extended", kind=kind, date=date(request.due_at, language), why=why).unescape()


def _letter(works: Works, request: Request, matter: Matter) -> Letter:
    t, site = translator(matter.language), works.settings.site
    number = str(request.request_id)
    subject = t("letters.news.subject", site=site.name).unescape()
    news = news_of(request, matter.language)
    text = t("letters.news.text", news=news, number=number, contact=site.contact, site=site.name)
    return Letter(matter.reach, subject, text.unescape())
