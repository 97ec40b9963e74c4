"""videos: a clip's whole life, from the first uploaded byte to the last deleted one.

Owns uploads (tus and the IETF draft, without HTTP), the processing job, the publish gates, publication, lighter forms,
takedown, media addresses, and the door through which a clip is seen. Never parses media itself (`media` does, in a sandbox),
never shows a clip to anybody but its author before every gate has let it pass, never keeps an original longer than needed.
Start reading at `uploading.py`, then `processing.py`; `viewing.py` is the door, `models.py` and `cards.py` the tables.
"""

from kept.videos.addresses import MediaAddresses
from kept.videos.blocks import HashBlock, block_hash, unblock_hash
from kept.videos.cards import POSTER, ShelfCard, as_resource, comments_at_most, draw_again
from kept.videos.choosing import (
    AUDIENCES,
    WatchedBy,
    choose_audience,
    choose_comments,
    choose_default_comments,
    default_audience,
    default_comments,
)
from kept.videos.cursor import BadCursor, Cursor
from kept.videos.errors import (
    BadMediaAddress,
    ChecksumMismatch,
    EmptyUpload,
    LengthMismatch,
    NoSuchUpload,
    NoSuchVideo,
    OffsetMismatch,
    StoreFull,
    TooLarge,
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
from kept.videos.serving import CHUNK, Asked, MediaFile, check_media, find_media, find_media_anywhere
from kept.videos.studio import Studio, open_studio
from kept.videos.sweeping import orphans, sweep
from kept.videos.takedown import remove_video, withdraw
from kept.videos.uploading import Ends, Part, Received, Uploads
from kept.videos.viewing import SeenVideo, Viewer, best_file, file_address, own_videos, visible_video

__all__ = [
    "AUDIENCES",
    "CHUNK",
    "LONGEST_CAPTION",
    "POSTER",
    "SOURCE",
    "UNCHECKED",
    "Asked",
    "BadCursor",
    "BadMediaAddress",
    "Checksum",
    "ChecksumMismatch",
    "ClipLuggage",
    "Cursor",
    "EmptyGates",
    "EmptyUpload",
    "Ends",
    "ExactHashGate",
    "Facts",
    "Gates",
    "HashBlock",
    "LengthMismatch",
    "MediaAddresses",
    "MediaFile",
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
    "StoreFull",
    "Studio",
    "Takedowns",
    "TooLarge",
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
    "best_file",
    "block_hash",
    "check_media",
    "choose_audience",
    "choose_comments",
    "choose_default_comments",
    "comments_at_most",
    "curate",
    "default_audience",
    "default_comments",
    "draw_again",
    "file_address",
    "find_media",
    "find_media_anywhere",
    "matches",
    "open_studio",
    "orphans",
    "own_videos",
    "process_video",
    "remove_video",
    "render_video",
    "sentence",
    "slice_of",
    "sweep",
    "unblock_hash",
    "visible_video",
    "withdraw",
]
