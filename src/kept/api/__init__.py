"""api: the front door for programs: `/api/v1` with OpenAPI at `/api/openapi.json`, media, the ledger's files, health.

Decides nothing: each route decodes what comes in through the catalogue's intake, calls a verb or a reader below, and
encodes the answer. Errors become problem details at the edge.
"""

from kept.api.accounts import AccountController, MeController, SessionController
from kept.api.captions import CaptionsController
from kept.api.comments import CommentController
from kept.api.feed import get_feed
from kept.api.gateway import parcels
from kept.api.health import healthz, metrics, readyz
from kept.api.held_comments import CommentSettingsController, HeldController
from kept.api.ledger import ledger_file
from kept.api.media import MediaController
from kept.api.message_settings import MessageSettingsController
from kept.api.messages import MessageController
from kept.api.network import blocked, first_open
from kept.api.notices import NoticeController
from kept.api.promises import promises
from kept.api.ranking import FeedChoiceController, UnwantedController, WatchedController
from kept.api.reports import ReportController
from kept.api.rights import RightsController
from kept.api.rights_agents import AgentController
from kept.api.rights_mail import rights_mail
from kept.api.searching import SearchController
from kept.api.social import (
    BlockController,
    FollowController,
    FollowerController,
    FollowRequestController,
    MuteController,
    PrivacyController,
    RestrictionController,
)
from kept.api.uploads import UploadController
from kept.api.videos import VideoController

API_ROUTES = (
    AccountController,
    SessionController,
    MeController,
    UploadController,
    VideoController,
    CaptionsController,
    get_feed,
    FeedChoiceController,
    WatchedController,
    UnwantedController,
    SearchController,
    MediaController,
    MessageController,
    NoticeController,
    MessageSettingsController,
    FollowController,
    FollowerController,
    FollowRequestController,
    BlockController,
    MuteController,
    RestrictionController,
    PrivacyController,
    CommentController,
    HeldController,
    CommentSettingsController,
    ReportController,
    RightsController,
    AgentController,
    rights_mail,
    promises,
    first_open,
    blocked,
    ledger_file,
    parcels,
    healthz,
    readyz,
    metrics,
)

__all__ = ["API_ROUTES"]
