"""What each page needs to know, as frozen values. The routes fill these; the templates read nothing else.

What is absent is not rendered: `CardView.likes is None` means that this page has no like button at all, for whatever reason
(policy, a feature that is not there, a child's place). So what a page offers is decided where the view is filled.
Times are aware datetimes; addresses are paths on this site, or media addresses as the feed gives them.
"""

from kept.look.views.account import (
    Choice,
    PasskeyView,
    SessionsView,
    SessionView,
    SettingsView,
    SignInView,
    SignUpStep,
    SignUpView,
)
from kept.look.views.authorities import AskedRow, AuthoritiesView, CountryName, DisclosedRow, InstrumentRow
from kept.look.views.clips import (
    Audience,
    AuthorView,
    CardView,
    ClipState,
    ClipView,
    CommentsLink,
    FeedTab,
    FeedView,
    Likes,
    MyClip,
    MyClipsView,
    ProfileView,
    UploadView,
)
from kept.look.views.documents import DocumentLink, DocumentView
from kept.look.views.messages import BubbleView, ConversationRow, ConversationView, InboxView
from kept.look.views.page import (
    ConfirmView,
    ErrorView,
    GalleryView,
    Link,
    Nav,
    Notice,
    Page,
    Shell,
    Theme,
    Tone,
    Viewer,
)
from kept.look.views.rights import CopyField, CopyTable, CopyView, FollowView, RequestView, RightsView
from kept.look.views.trust import Figure, HistoryPoint, PromiseGroup, PromiseRow, PromiseState, TrustView

__all__ = [
    "AskedRow",
    "Audience",
    "AuthorView",
    "AuthoritiesView",
    "BubbleView",
    "CardView",
    "Choice",
    "ClipState",
    "ClipView",
    "CommentsLink",
    "ConfirmView",
    "ConversationRow",
    "ConversationView",
    "CopyField",
    "CopyTable",
    "CopyView",
    "CountryName",
    "DisclosedRow",
    "DocumentLink",
    "DocumentView",
    "ErrorView",
    "FeedTab",
    "FeedView",
    "Figure",
    "FollowView",
    "GalleryView",
    "HistoryPoint",
    "InboxView",
    "InstrumentRow",
    "Likes",
    "Link",
    "MyClip",
    "MyClipsView",
    "Nav",
    "Notice",
    "Page",
    "PasskeyView",
    "ProfileView",
    "PromiseGroup",
    "PromiseRow",
    "PromiseState",
    "RequestView",
    "RightsView",
    "SessionView",
    "SessionsView",
    "SettingsView",
    "Shell",
    "SignInView",
    "SignUpStep",
    "SignUpView",
    "Theme",
    "Tone",
    "TrustView",
    "UploadView",
    "Viewer",
]
