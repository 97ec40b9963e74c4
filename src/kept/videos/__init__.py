"""videos: a clip's whole life, from the first uploaded byte to the last deleted one.

Owns uploads (tus and the IETF draft, without HTTP), the processing job, the publish gates, publication, lighter forms,
takedown, media addresses, and the door through which a clip is seen. Never parses media itself (`media` does, in a sandbox),
never shows a clip to anybody but its author before every gate has let it pass, never keeps an original longer than needed.
Start reading at `uploading.py`, then `processing.py`; `viewing.py` is the door, `models.py` and `cards.py` the tables.
"""

from kept.videos.addresses import MediaAddresses
from kept.videos.blocks import HashBlock, block_hash, unblock_hash
from kept.videos.captioning import (
    Language,
    SpeechRecogniser,
    begin_captions,
    remove_captions,
    set_captions,
    track_of,
)
from kept.videos.cards import CAPTIONS, POSTER, ShelfCard, as_resource, comments_at_most, draw_again
from kept.videos.choosing import (
    AUDIENCES,
    WatchedBy,
    choose_audience,
    choose_comments,
    choose_default_comments,
    default_audience,
    default_comments,
)
from kept.videos.cues import LONGEST_CUE, LONGEST_TRACK, MOST_CUES, BadCaptions, Cue, read_cues, written
from kept.videos.cursor import BadCursor, Cursor
from kept.videos.drafting import (
    LAPSE,
    MOST_DRAFTS,
    Draft,
    Told,
    change_draft,
    delete_draft,
    own_draft,
    own_drafts,
    publish_draft,
)
from kept.videos.drafts import ClipDraft
from kept.videos.errors import (
    BadMediaAddress,
    ChecksumMismatch,
    EmptyUpload,
    LengthMismatch,
    NoSuchDraft,
    NoSuchUpload,
    NoSuchVideo,
    OffsetMismatch,
    StoreFull,
    TooLarge,
    TooManyDrafts,
    TooManyUploads,
    UploadBusy,
    UploadExpired,
    UploadInterrupted,
)
from kept.videos.files import SOURCE
from kept.videos.gates import UNCHECKED, EmptyGates, ExactHashGate, Facts, Gates, PublishGate, Verdict
from kept.videos.models import LONGEST_CAPTION, Rendition, Upload, Video, VideoState
from kept.videos.moving import ClipLuggage
from kept.videos.processing import process_video
from kept.videos.publishing import curate
from kept.videos.ranges import Slice, matches, slice_of
from kept.videos.reasons import sentence
from kept.videos.receiving import Checksum
from kept.videos.rendering import render_video
from kept.videos.replaying import Takedowns
from kept.videos.serving import CHUNK, Asked, ClipFile, MediaFile, check_media, find_media, find_media_anywhere
from kept.videos.studio import Studio, open_studio
from kept.videos.sweeping import orphans, sweep
from kept.videos.takedown import remove_video, withdraw
from kept.videos.uploading import Ends, Part, Received, Uploads
from kept.videos.viewing import SeenVideo, Viewer, best_file, file_address, own_videos, visible_video

__all__ = [
    "AUDIENCES",
    "CAPTIONS",
    "CHUNK",
    "LAPSE",
    "LONGEST_CAPTION",
    "LONGEST_CUE",
    "LONGEST_TRACK",
    "MOST_CUES",
    "MOST_DRAFTS",
    "POSTER",
    "SOURCE",
    "UNCHECKED",
    "Asked",
    "BadCaptions",
    "BadCursor",
    "BadMediaAddress",
    "Checksum",
    "ChecksumMismatch",
    "ClipDraft",
    "ClipFile",
    "ClipLuggage",
    "Cue",
    "Cursor",
    "Draft",
    "EmptyGates",
    "EmptyUpload",
    "Ends",
    "ExactHashGate",
    "Facts",
    "Gates",
    "HashBlock",
    "Language",
    "LengthMismatch",
    "MediaAddresses",
    "MediaFile",
    "NoSuchDraft",
    "NoSuchUpload",
    "NoSuchVideo",
    "OffsetMismatch",
    "Part",
    "PublishGate",
    "Received",
    "Rendition",
    "SeenVideo",
    "ShelfCard",
    "Slice",
    "SpeechRecogniser",
    "StoreFull",
    "Studio",
    "Takedowns",
    "Told",
    "TooLarge",
    "TooManyDrafts",
    "TooManyUploads",
    "Upload",
    "UploadBusy",
    "UploadExpired",
    "UploadInterrupted",
    "Uploads",
    "Verdict",
    "Video",
    "VideoState",
    "Viewer",
    "WatchedBy",
    "as_resource",
    "begin_captions",
    "best_file",
    "block_hash",
    "change_draft",
    "check_media",
    "choose_audience",
    "choose_comments",
    "choose_default_comments",
    "comments_at_most",
    "curate",
    "default_audience",
    "default_comments",
    "delete_draft",
    "draw_again",
    "file_address",
    "find_media",
    "find_media_anywhere",
    "matches",
    "open_studio",
    "orphans",
    "own_draft",
    "own_drafts",
    "own_videos",
    "process_video",
    "publish_draft",
    "read_cues",
    "remove_captions",
    "remove_video",
    "render_video",
    "sentence",
    "set_captions",
    "slice_of",
    "sweep",
    "track_of",
    "unblock_hash",
    "visible_video",
    "withdraw",
    "written",
]
