"""web: the front door for people with a browser: the routes that fill the views of `look`.

Decides nothing: each route asks a verb or a reader below, and renders what it is told. Forms work without scripts.
Start reading at `watching.py` (the feed), then `making.py` (the composer), then `signing_up.py`.
"""

from kept.web.account import SettingsController
from kept.web.captioning import CaptionPages
from kept.web.clips import ClipController
from kept.web.comments import CommentPages
from kept.web.discovering import discover, tag_page
from kept.web.drafting import DraftPages
from kept.web.family import FamilyController
from kept.web.held import CommentSettingsPages, HeldPages
from kept.web.looks import looks
from kept.web.making import UploadPage
from kept.web.message_settings import MessageSettingsPages
from kept.web.messages import InboxController
from kept.web.notices import NoticePages
from kept.web.people import me, profile
from kept.web.ranking import YourFeedPages, unwanted
from kept.web.reports import ReportPages, own_reports_page
from kept.web.rights import FollowPages, RightsPages
from kept.web.rights_form import RightsFormPages
from kept.web.security import SecurityPages
from kept.web.signing_in import SignInController, sign_out
from kept.web.signing_up import SignUpController
from kept.web.static_files import gallery, manifest, offline, static_file, worker
from kept.web.ties import PeopleController, choose_who_sees
from kept.web.watching import cards, home

WEB_ROUTES = (
    home,
    cards,
    ClipController,
    CaptionPages,
    CommentPages,
    HeldPages,
    CommentSettingsPages,
    YourFeedPages,
    unwanted,
    UploadPage,
    DraftPages,
    InboxController,
    NoticePages,
    MessageSettingsPages,
    ReportPages,
    own_reports_page,
    PeopleController,
    choose_who_sees,
    discover,
    tag_page,
    FamilyController,
    me,
    profile,
    SignUpController,
    SignInController,
    sign_out,
    SettingsController,
    looks,
    RightsPages,
    SecurityPages,
    FollowPages,
    RightsFormPages,
    static_file,
    manifest,
    worker,
    offline,
    gallery,
)

__all__ = ["WEB_ROUTES"]
