"""Everything that anybody may want to do: the whole list, also for what is not built yet.

What is not in this list can't be allowed. Each action names the noun it is done to, and completes the sentence
“You can't …”. A *write* puts something before other people or reaches them; under-13s must never succeed in one.
"""

from enum import StrEnum
from typing import Self

from kept.policy import resources as on
from kept.policy.resources import Resource


class Group(StrEnum):
    """Actions of a kind; a policy may speak of all of them at once (`action in Action::"messaging"`)."""

    WATCHING = "watching"
    MAKING = "making"
    SOCIAL = "social"
    MESSAGING = "messaging"
    GOING_LIVE = "going_live"
    JOINING = "joining"
    """Signing up, in and out; reading the documents."""
    ACCOUNT = "account"
    RIGHTS = "rights"
    """What people may do about their data, about our decisions and about harm."""
    FAMILY = "family"
    PLATFORM = "platform"
    STAFF = "staff"


_W, _M, _S, _T, _L = Group.WATCHING, Group.MAKING, Group.SOCIAL, Group.MESSAGING, Group.GOING_LIVE
_J, _A, _R, _F, _P, _O = Group.JOINING, Group.ACCOUNT, Group.RIGHTS, Group.FAMILY, Group.PLATFORM, Group.STAFF
_WRITE = True


class Action(StrEnum):
    """One thing that somebody does."""

    group: Group
    noun: type[Resource]
    phrase: str
    """Completes “You can't …”."""
    is_write: bool

    def __new__(
        cls, value: str, group: Group, noun: type[Resource], phrase: str, is_write: bool = False
    ) -> Self:
        made = str.__new__(cls, value)
        made._value_ = value
        made.group, made.noun, made.phrase, made.is_write = group, noun, phrase, is_write
        return made

    @classmethod
    def named(cls, value: str) -> "Action":
        """The action with that value. Raises KeyError."""
        return _BY_VALUE[value]

    WATCH = "watch", _W, on.Clip, "watch this clip"
    SEE_COMMENTS = "see_comments", _W, on.Clip, "see the comments"
    SEE_PROFILE = "see_profile", _W, on.Person, "see this profile"
    OPEN_FOR_YOU = "open_for_you", _W, on.Service, "open the For you feed"
    OPEN_FOLLOWING = "open_following", _W, on.Service, "open the Following feed"
    OPEN_UNPROFILED = "open_unprofiled", _W, on.Service, "open the feed without profiling"
    OPEN_CHILDRENS = "open_childrens", _W, on.Service, "open the children's feed"
    SEE_RECOMMENDED = "see_recommended", _W, on.Clip, "have this clip recommended"
    SEARCH_CLIPS = "search_clips", _W, on.Service, "search for clips"
    SEARCH_PEOPLE = "search_people", _W, on.Service, "search for people"
    FIND_PERSON = "find_person", _W, on.Person, "find this person by searching"
    SEE_SUGGESTED = "see_suggested", _W, on.Person, "have this person suggested"
    DOWNLOAD = "download", _W, on.Clip, "download this clip"
    KEEP_HISTORY = "keep_history", _W, on.Account, "keep a watch history"
    BE_NOTIFIED = "be_notified", _W, on.Account, "get notifications"
    BE_NOTIFIED_AT_NIGHT = "be_notified_at_night", _W, on.Account, "get notifications at night"

    UPLOAD = "upload", _M, on.Service, "upload clips", _WRITE
    PUBLISH = "publish", _M, on.Clip, "publish this clip", _WRITE
    EDIT_CLIP = "edit_clip", _M, on.Clip, "change this clip", _WRITE
    DELETE_CLIP = "delete_clip", _M, on.Clip, "delete this clip", _WRITE
    SEE_CLIP_FIGURES = "see_clip_figures", _M, on.Clip, "see this clip's figures"
    DUET = "duet", _M, on.Clip, "make a duet with this clip", _WRITE
    USE_SOUND = "use_sound", _M, on.Clip, "use this clip's sound", _WRITE

    LIKE = "like", _S, on.Clip, "like this clip", _WRITE
    UNLIKE = "unlike", _S, on.Clip, "take back a like", _WRITE
    SHARE = "share", _S, on.Clip, "share this clip", _WRITE
    COMMENT = "comment", _S, on.Clip, "comment on this clip", _WRITE
    REPLY = "reply", _S, on.Clip, "reply to this comment", _WRITE
    LIKE_COMMENT = "like_comment", _S, on.Comment, "like this comment", _WRITE
    DELETE_COMMENT = "delete_comment", _S, on.Comment, "delete this comment", _WRITE
    PIN_COMMENT = "pin_comment", _S, on.Comment, "pin this comment", _WRITE
    MENTION = "mention", _S, on.Person, "mention this person", _WRITE
    FOLLOW = "follow", _S, on.Person, "follow this person", _WRITE
    REQUEST_FOLLOW = "request_follow", _S, on.Person, "ask to follow this person", _WRITE
    UNFOLLOW = "unfollow", _S, on.Person, "stop following this person", _WRITE
    ANSWER_FOLLOW_REQUEST = "answer_follow_request", _S, on.Person, "answer this request", _WRITE
    REMOVE_FOLLOWER = "remove_follower", _S, on.Person, "remove this follower", _WRITE
    BLOCK = "block", _S, on.Person, "block this person", _WRITE
    UNBLOCK = "unblock", _S, on.Person, "unblock this person", _WRITE
    MUTE = "mute", _S, on.Person, "mute this person", _WRITE
    RESTRICT = "restrict", _S, on.Person, "restrict this person", _WRITE
    HAVE_PROFILE = "have_profile", _S, on.Account, "have a public profile", _WRITE
    EDIT_PROFILE = "edit_profile", _S, on.Account, "change a public profile", _WRITE
    BE_FOUND = "be_found", _S, on.Account, "be found by searching"

    SEND_MESSAGE = "send_message", _T, on.Mailbox, "send this message", _WRITE
    RECEIVE_MESSAGE = "receive_message", _T, on.Mailbox, "receive this message", _WRITE
    READ_MESSAGES = "read_messages", _T, on.Mailbox, "read messages"
    ANSWER_MESSAGE_REQUEST = "answer_message_request", _T, on.Mailbox, "answer this request", _WRITE
    UNSEND_MESSAGE = "unsend_message", _T, on.Mailbox, "take back this message", _WRITE

    HOST_LIVE = "host_live", _L, on.Live, "go live", _WRITE
    JOIN_LIVE = "join_live", _L, on.Live, "join this livestream as a guest", _WRITE
    WATCH_LIVE = "watch_live", _L, on.Live, "watch this livestream"
    CHAT_IN_LIVE = "chat_in_live", _L, on.Live, "write in this livestream", _WRITE
    SEND_GIFT = "send_gift", _L, on.Live, "send gifts", _WRITE
    RECEIVE_GIFT = "receive_gift", _L, on.Live, "receive gifts", _WRITE

    READ_DOCUMENTS = "read_documents", _J, on.Service, "read our terms and notices"
    SIGN_UP = "sign_up", _J, on.Service, "sign up"
    SIGN_IN = "sign_in", _J, on.Service, "sign in"
    SIGN_OUT = "sign_out", _J, on.Account, "sign out"
    ACCEPT_TERMS = "accept_terms", _J, on.Account, "accept the terms"

    SECURE_ACCOUNT = "secure_account", _A, on.Account, "change how you sign in"
    ADD_EMAIL = "add_email", _A, on.Account, "add an e-mail address"
    CHANGE_SETTINGS = "change_settings", _A, on.Account, "change this setting"
    CHANGE_BIRTH_DATE = "change_birth_date", _A, on.Account, "change your birth date"
    CHANGE_COUNTRY = "change_country", _A, on.Account, "change your country"

    GET_MY_DATA = "get_my_data", _R, on.Account, "get a copy of your data"
    CORRECT_MY_DATA = "correct_my_data", _R, on.Account, "correct your data"
    OBJECT_TO_USE = "object_to_use", _R, on.Account, "object to a use of your data"
    SEE_WHO_LOOKED = "see_who_looked", _R, on.Account, "see who looked at your data"
    DELETE_ACCOUNT = "delete_account", _R, on.Account, "delete your account"
    KEEP_ACCOUNT = "keep_account", _R, on.Account, "call off the deletion"
    REPORT = "report", _R, on.Service, "report this"
    """Seen by our safety team only, so it is no write; open to everybody, as the law asks (DSA Art. 16)."""
    APPEAL = "appeal", _R, on.Account, "appeal this decision"

    PAIR_AS_GUARDIAN = "pair_as_guardian", _F, on.Family, "become a guardian here"
    PAIR_AS_YOUNG = "pair_as_young", _F, on.Family, "be paired with a guardian"
    SEE_LIMITS = "see_limits", _F, on.Family, "see these limits"
    SET_LIMITS = "set_limits", _F, on.Family, "set these limits"
    SEE_YOUNG_CONTENT = "see_young_content", _F, on.Family, "see a young person's private content"
    UNPAIR = "unpair", _F, on.Family, "end this pairing"
    GIVE_CONSENT = "give_consent", _F, on.Consent, "agree for this child"
    WITHDRAW_CONSENT = "withdraw_consent", _F, on.Consent, "take back the agreement for this child"

    PROCESS_CLIP = "process_clip", _P, on.Clip, "process clips"
    HOLD_CLIP = "hold_clip", _P, on.Clip, "hold clips"
    ERASE_WHAT_IS_DUE = "erase_what_is_due", _P, on.Service, "erase what is due"

    ENTER_CONSOLE = "enter_console", _O, on.Service, "open the console"
    SEE_FIGURES = "see_figures", _O, on.Service, "see the platform's figures"
    REQUEST_ACCESS = "request_access", _O, on.Data, "ask for this data"
    APPROVE_ACCESS = "approve_access", _O, on.AccessRequest, "approve this request"
    READ_DATA = "read_data", _O, on.Data, "read this data"
    EXPORT_DATA = "export_data", _O, on.Data, "export this data"
    BREAK_GLASS = "break_glass", _O, on.Data, "open this data in an emergency"
    CURATE_CHILDRENS = "curate_childrens", _O, on.Clip, "choose clips for children"
    DECIDE_CONTENT = "decide_content", _O, on.Judgement, "make this decision"
    DECIDE_APPEAL = "decide_appeal", _O, on.Judgement, "decide this appeal"
    SEE_REPORTS = "see_reports", _O, on.Service, "see what was reported"
    SEE_CHILD_SAFETY = "see_child_safety", _O, on.Judgement, "see child safety cases"
    RELEASE_QUARANTINED = "release_quarantined", _O, on.Clip, "release this clip"
    HANDLE_RIGHTS = "handle_rights", _O, on.RightsRequest, "answer this request"
    PLACE_HOLD = "place_hold", _O, on.Service, "place a legal hold"
    SEE_LEGAL_REQUEST = "see_legal_request", _O, on.LegalRequest, "see this request"
    ENTER_LEGAL_REQUEST = "enter_legal_request", _O, on.LegalRequest, "enter this request"
    VALIDATE_LEGAL_REQUEST = "validate_legal_request", _O, on.LegalRequest, "find this request valid"
    CLOSE_LEGAL_REQUEST = "close_legal_request", _O, on.LegalRequest, "close this request"
    """Refuse it, or note that the authority took it back: possible for every country, always."""
    PRESERVE_DATA = "preserve_data", _O, on.LegalRequest, "preserve data for this request"
    DISCLOSE = "disclose", _O, on.LegalRequest, "disclose this data"
    MANAGE_STAFF = "manage_staff", _O, on.Service, "change the staff directory"


_BY_VALUE = {action.value: action for action in Action}

GROUPS: dict[Group, tuple[Action, ...]] = {
    group: tuple(action for action in Action if action.group is group) for group in Group
}
"""Each group's actions."""
