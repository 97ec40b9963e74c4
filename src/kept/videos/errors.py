"""How an upload or a clip is refused; the sentences are for the people who made it."""

from kept.kit import KeptError, Kind


class NoSuchUpload(KeptError):
    """Also for somebody else's: missing and forbidden give the same answer."""

    code = "no_such_upload"
    kind = Kind.NOT_FOUND
    message = "There is no such upload. It may have been cancelled; begin it again."


class UploadExpired(KeptError):
    code = "upload_expired"
    kind = Kind.GONE
    message = "This upload was not finished in time and is gone. Begin it again."


class UploadBusy(KeptError):
    code = "upload_busy"
    kind = Kind.CONFLICT
    message = "Another request is sending this upload. Ask where it stands, then go on from there."


class UploadInterrupted(KeptError):
    code = "upload_interrupted"
    kind = Kind.CONFLICT
    message = "This part was interrupted. Ask where the upload stands, then go on from there."


class OffsetMismatch(KeptError):
    code = "offset_mismatch"
    kind = Kind.CONFLICT
    message = "We have {expected} bytes of this upload, and you sent from {provided}. Go on from {expected}."


class LengthMismatch(KeptError):
    code = "length_mismatch"
    kind = Kind.MALFORMED
    message = "The upload is {declared} bytes long by what we know, and {stated} by this request."


class TooLarge(KeptError):
    code = "too_large"
    kind = Kind.TOO_LARGE
    message = "This is larger than we take here: at most {limit} bytes."


class TooManyUploads(KeptError):
    code = "too_many_uploads"
    kind = Kind.TOO_MANY
    message = "You have begun {limit} uploads, which is as many as we take {when}. Try again later."


class EmptyUpload(KeptError):
    code = "empty_upload"
    kind = Kind.INVALID
    message = "This file is empty. Choose a video and send it again."


class ChecksumMismatch(KeptError):
    code = "checksum_mismatch"
    kind = Kind.MALFORMED
    message = "What arrived is not what was sent, so it was dropped. Send this part again."


class StoreFull(KeptError):
    code = "store_full"
    kind = Kind.FULL
    message = "We have no room for this right now. What you sent so far is safe; try again in a while."


class PlanLost(KeptError):
    """The database crashed and lost the names of files that were stored meanwhile: they get others, and are stored again."""

    code = "plan_lost"
    kind = Kind.BUSY
    message = "The names of this clip's files were lost. They are made again."


class NoSuchDraft(KeptError):
    """Also for somebody else's, and for one that lapsed: missing and forbidden give the same answer."""

    code = "no_such_draft"
    kind = Kind.NOT_FOUND
    message = "There is no such draft. It was published or deleted, or it lapsed."


class TooManyDrafts(KeptError):
    code = "too_many_drafts"
    kind = Kind.INVALID
    message = "You have {limit} drafts, which is as many as we keep. Publish or delete one, then save this one."


class NoSuchVideo(KeptError):
    """Also for one that the viewer may not see: missing and forbidden give the same answer."""

    code = "no_such_video"
    kind = Kind.NOT_FOUND
    message = "There is no such clip, or it was withdrawn."


class BadMediaAddress(KeptError):
    """Also for one that has lapsed, and for a clip that is gone: the page has a new one, or none."""

    code = "bad_media_address"
    kind = Kind.NOT_FOUND
    message = "This address has lapsed. Open the clip again."
