"""One function a page: a view in, HTML out. Pure; nothing is looked up, nothing is decided here."""

from kept.look.templating import template
from kept.look.views import (
    AuthoritiesView,
    CaptionsView,
    CardView,
    ClipView,
    CodesView,
    CodeView,
    CommentSettingsView,
    CommentsView,
    ConfirmView,
    ConversationView,
    CopyView,
    DataView,
    DiscoverView,
    DocumentView,
    DraftView,
    ErrorView,
    FeedView,
    FollowView,
    GalleryView,
    HeldView,
    InboxView,
    LooksView,
    MapView,
    MyClipsView,
    NoticeSettingsView,
    NoticesView,
    Page,
    PasswordView,
    PeopleView,
    ProfileView,
    RankingView,
    RecoveryCodesView,
    RetentionView,
    RightsFormView,
    RightsView,
    SecurityView,
    SessionsView,
    SettingsView,
    SetUpView,
    Shell,
    SignInView,
    SignUpView,
    TrustView,
    UploadView,
    VerifyView,
    YourFeedView,
)
from kept.look.views.family import FamilyView, PairingView, PauseView
from kept.look.views.messages import MessageSettingsView
from kept.look.views.reports import NoticeView, ReportsView, SheetView


def render_feed(view: FeedView) -> str:
    """The clip page; for a young viewer, their own place, which has no form and no way to make anything."""
    return draw("young.html" if _is_young(view.shell) else "feed.html", view)


def render_cards(view: FeedView) -> str:
    """The next cards of a feed as a fragment, with the link to the cards after them; answers `paths.CARDS`."""
    return draw("cards.html", view)


def render_card(card: CardView, shell: Shell, position: int = 1) -> str:
    """One card, as it stands in a feed."""
    return template(shell.language, "card.html").render(card=card, shell=shell, position=position)


def render_clip(view: ClipView) -> str:
    """A clip's own page; a young viewer sees it in their own place."""
    if _is_young(view.shell):
        return render_feed(FeedView(shell=view.shell, cards=(view.card,) if view.card else ()))
    return draw("clip.html", view)


def render_comments(view: CommentsView) -> str:
    """A clip's comments, or the answers to one; for a sheet, without the page around."""
    return draw("comments_piece.html" if view.piece else "comments.html", view)


def render_held(view: HeldView) -> str:
    """Comments that wait for the viewer."""
    return draw("held.html", view)


def render_comment_settings(view: CommentSettingsView) -> str:
    """The viewer's choices about comments."""
    return draw("comment_settings.html", view)


def render_your_feed(view: YourFeedView) -> str:
    """The viewer's choice of a feed, and what they watched."""
    return draw("your_feed.html", view)


def render_ranking(view: RankingView) -> str:
    """How the feed is ranked."""
    return draw("ranking.html", view)


def render_profile(view: ProfileView) -> str:
    """Somebody's public page."""
    return draw("profile.html", view)


def render_discover(view: DiscoverView) -> str:
    """New clips by tags, or what was found."""
    return draw("discover.html", view)


def render_people(view: PeopleView) -> str:
    """One of the viewer's own lists of people."""
    return draw("people.html", view)


def render_family(view: FamilyView) -> str:
    """Guardians and young people, and what applies to the reader."""
    return draw("family.html", view)


def render_pairing(view: PairingView) -> str:
    """What it means to have a guardian, before one agrees."""
    return draw("family_join.html", view)


def render_pause(view: PauseView) -> str:
    """The day is used up."""
    return draw("pause.html", view)


def render_my_clips(view: MyClipsView) -> str:
    """The viewer's own page."""
    return draw("me.html", view)


def render_upload(view: UploadView) -> str:
    """The composer."""
    return draw("upload.html", view)


def render_draft(view: DraftView) -> str:
    """A draft of one's own."""
    return draw("draft.html", view)


def render_captions(view: CaptionsView) -> str:
    """The captions of one's own clip."""
    return draw("captions.html", view)


def render_sign_up(view: SignUpView) -> str:
    """One step of signing up."""
    return draw("signup.html", view)


def render_sign_in(view: SignInView) -> str:
    """Signing in."""
    return draw("signin.html", view)


def render_settings(view: SettingsView) -> str:
    """The account."""
    return draw("settings.html", view)


def render_rights(view: RightsView) -> str:
    """The member's data: requests, and what can be asked for."""
    return draw("rights.html", view)


def render_follow(view: FollowView) -> str:
    """A request, followed with its secret."""
    return draw("follow.html", view)


def render_rights_form(view: RightsFormView) -> str:
    """Asking without being signed in."""
    return draw("rights_form.html", view)


def render_verify(view: VerifyView) -> str:
    """Answering a code."""
    return draw("verify.html", view)


def render_copy(view: CopyView) -> str:
    """The page inside the archive of a member's data; it needs nothing else."""
    return template(view.language, "copy.html").render(view=view)


def render_sessions(view: SessionsView) -> str:
    """The member's sessions and devices."""
    return draw("sessions.html", view)


def render_code(view: CodeView) -> str:
    """The second step of signing in."""
    return draw("signin_code.html", view)


def render_security(view: SecurityView) -> str:
    """The security check-up."""
    return draw("security.html", view)


def render_set_up(view: SetUpView) -> str:
    """Setting up an authenticator app."""
    return draw("security_set_up.html", view)


def render_codes(view: CodesView) -> str:
    """Codes from an app, while they are on."""
    return draw("security_codes.html", view)


def render_recovery_codes(view: RecoveryCodesView) -> str:
    """Recovery codes, once."""
    return draw("security_recovery.html", view)


def render_password(view: PasswordView) -> str:
    """Choosing a password."""
    return draw("security_password.html", view)


def render_authorities(view: AuthoritiesView) -> str:
    """What authorities have to know before they ask, and how often they ask."""
    return draw("authorities.html", view)


def render_document(view: DocumentView) -> str:
    """A version of a document, on paper."""
    return draw("document.html", view)


def render_trust(view: TrustView) -> str:
    """The trust centre."""
    return draw("trust.html", view)


def render_data(view: DataView) -> str:
    """What is kept: where to read it."""
    return draw("data.html", view)


def render_data_map(view: MapView) -> str:
    """The record of processing."""
    return draw("data_map.html", view)


def render_retention(view: RetentionView) -> str:
    """How long everything is kept."""
    return draw("data_retention.html", view)


def render_notices(view: NoticesView) -> str:
    """What the viewer is told."""
    return draw("notices.html", view)


def render_notice_settings(view: NoticeSettingsView) -> str:
    """The viewer's choices about what they are told."""
    return draw("notice_settings.html", view)


def render_inbox(view: InboxView) -> str:
    """The conversations."""
    return draw("inbox.html", view)


def render_conversation(view: ConversationView) -> str:
    """One conversation."""
    return draw("conversation.html", view)


def render_error(view: ErrorView) -> str:
    """What, why, and what one can do."""
    return draw("error.html", view)


def render_confirm(view: ConfirmView) -> str:
    """The second deliberate act."""
    return draw("confirm.html", view)


def render_gallery(view: GalleryView) -> str:
    """Every component, once."""
    return draw("gallery.html", view)


def _is_young(shell: Shell) -> bool:
    return shell.viewer is not None and shell.viewer.young


def draw(name: str, view: Page) -> str:
    """The page of a template."""
    return template(view.shell.language, name).render(view=view, shell=view.shell)


def render_looks(view: LooksView) -> str:
    """Who looked at the viewer's data."""
    return draw("looks.html", view)


def render_message_settings(view: MessageSettingsView) -> str:
    """The viewer's choices about messages."""
    return draw("message_settings.html", view)


def render_sheet(view: SheetView) -> str:
    """What is reported, and the reasons."""
    return draw("report.html", view)


def render_notice(view: NoticeView) -> str:
    """The form for reporting without an account, or that we have it."""
    return draw("report_notice.html", view)


def render_reports(view: ReportsView) -> str:
    """The viewer's own reports."""
    return draw("reports.html", view)
