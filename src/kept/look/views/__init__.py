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
from kept.look.views.clips import (
    Audience,
    AuthorView,
    CardView,
    ClipState,
    ClipView,
    CommentsLink,
    FeedKey,
    FeedView,
    Likes,
    MyClip,
    MyClipsView,
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
from kept.look.views.people import Following, PeopleTab, PeopleView, PersonRow, ProfileView, TiesView
from kept.look.views.rights import CopyField, CopyTable, CopyView, FollowView, RequestView, RightsView
from kept.look.views.trust import Figure, HistoryPoint, PromiseGroup, PromiseRow, PromiseState, TrustView

__all__ = [
    "Audience",
    "AuthorView",
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
    "DocumentLink",
    "DocumentView",
    "ErrorView",
    "FeedKey",
    "FeedView",
    "Figure",
    "FollowView",
    "Following",
    "GalleryView",
    "HistoryPoint",
    "InboxView",
    "Likes",
    "Link",
    "MyClip",
    "MyClipsView",
    "Nav",
    "Notice",
    "Page",
    "PasskeyView",
    "PeopleTab",
    "PeopleView",
    "PersonRow",
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
    "TiesView",
    "Tone",
    "TrustView",
    "UploadView",
    "Viewer",
]
