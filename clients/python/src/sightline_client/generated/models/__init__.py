"""Contains all the data models used in inputs/outputs"""

from .album_addition import AlbumAddition
from .album_changes import AlbumChanges
from .album_image_batch import AlbumImageBatch
from .album_image_page import AlbumImagePage
from .album_image_summary import AlbumImageSummary
from .album_image_view import AlbumImageView
from .album_invitation_list import AlbumInvitationList
from .album_invitation_request import AlbumInvitationRequest
from .album_invitation_view import AlbumInvitationView
from .album_member_changes import AlbumMemberChanges
from .album_member_list import AlbumMemberList
from .album_member_view import AlbumMemberView
from .album_membership_view import AlbumMembershipView
from .album_membership_view_role import AlbumMembershipViewRole
from .album_move import AlbumMove
from .album_page import AlbumPage
from .album_request import AlbumRequest
from .album_role import AlbumRole
from .album_search import AlbumSearch
from .album_sort import AlbumSort
from .album_view import AlbumView
from .album_view_role import AlbumViewRole
from .api_key_list import ApiKeyList
from .api_key_request import ApiKeyRequest
from .api_key_scope import ApiKeyScope
from .api_key_view import ApiKeyView
from .archive_part import ArchivePart
from .archive_request import ArchiveRequest
from .archive_view import ArchiveView
from .archived_filter import ArchivedFilter
from .batch_changes import BatchChanges
from .bounding_box import BoundingBox
from .capabilities_view import CapabilitiesView
from .capture import Capture
from .cover_view import CoverView
from .created_album import CreatedAlbum
from .created_album_invitation import CreatedAlbumInvitation
from .created_album_role import CreatedAlbumRole
from .created_api_key import CreatedApiKey
from .created_share_link import CreatedShareLink
from .deletion_batch import DeletionBatch
from .delivery_page import DeliveryPage
from .delivery_state import DeliveryState
from .delivery_view import DeliveryView
from .detected_face import DetectedFace
from .detected_face_emotions import DetectedFaceEmotions
from .detected_face_traits import DetectedFaceTraits
from .detected_label import DetectedLabel
from .detected_text import DetectedText
from .dominant_color import DominantColor
from .duplicate import Duplicate
from .duplicates import Duplicates
from .email_kind import EmailKind
from .email_notifications_request import EmailNotificationsRequest
from .email_notifications_view import EmailNotificationsView
from .erasure_view import ErasureView
from .exported_image import ExportedImage
from .exported_image_page import ExportedImagePage
from .failure_view import FailureView
from .feature import Feature
from .field_error import FieldError
from .geo_position import GeoPosition
from .get_health_response_200 import GetHealthResponse200
from .history_entry import HistoryEntry
from .history_entry_outcome import HistoryEntryOutcome
from .history_entry_part import HistoryEntryPart
from .history_entry_stage import HistoryEntryStage
from .image_batch import ImageBatch
from .image_changes import ImageChanges
from .image_history import ImageHistory
from .image_label import ImageLabel
from .image_properties import ImageProperties
from .image_quality import ImageQuality
from .image_summary import ImageSummary
from .image_summary_page import ImageSummaryPage
from .image_upload import ImageUpload
from .image_upload_batch import ImageUploadBatch
from .image_upload_outcome import ImageUploadOutcome
from .image_upload_outcomes import ImageUploadOutcomes
from .image_upload_request import ImageUploadRequest
from .image_upload_request_media_type import ImageUploadRequestMediaType
from .image_view import ImageView
from .invitation_acceptance import InvitationAcceptance
from .invitation_view import InvitationView
from .item_outcome import ItemOutcome
from .item_outcomes import ItemOutcomes
from .label_instance import LabelInstance
from .label_page import LabelPage
from .label_view import LabelView
from .language import Language
from .limits_view import LimitsView
from .linked_rendition import LinkedRendition
from .list_albums_role import ListAlbumsRole
from .list_order import ListOrder
from .moderation_label import ModerationLabel
from .monthly_usage_view import MonthlyUsageView
from .monthly_usage_view_calls import MonthlyUsageViewCalls
from .original_view import OriginalView
from .part_state import PartState
from .pause_reason import PauseReason
from .place_count import PlaceCount
from .place_page import PlacePage
from .polygon_point import PolygonPoint
from .position_override import PositionOverride
from .problem_body import ProblemBody
from .recognition_profile import RecognitionProfile
from .recognition_view import RecognitionView
from .recognition_view_models import RecognitionViewModels
from .rendition_view import RenditionView
from .renditions_view import RenditionsView
from .reprocess_request import ReprocessRequest
from .reprocess_request_parts_item import ReprocessRequestPartsItem
from .search_match import SearchMatch
from .share_access import ShareAccess
from .share_link_changes import ShareLinkChanges
from .share_link_page import ShareLinkPage
from .share_link_request import ShareLinkRequest
from .share_link_view import ShareLinkView
from .share_unlock import ShareUnlock
from .shared_image import SharedImage
from .shared_image_page import SharedImagePage
from .shared_image_summary import SharedImageSummary
from .shared_view import SharedView
from .shared_view_kind import SharedViewKind
from .sort_order import SortOrder
from .status import Status
from .timeline_month import TimelineMonth
from .timeline_view import TimelineView
from .trash_page import TrashPage
from .trashed_image import TrashedImage
from .update_batch import UpdateBatch
from .upload_target import UploadTarget
from .upload_target_fields import UploadTargetFields
from .usage_view import UsageView
from .webhook_changes import WebhookChanges
from .webhook_event_type import WebhookEventType
from .webhook_list import WebhookList
from .webhook_request import WebhookRequest
from .webhook_view import WebhookView
from .webhook_view_state import WebhookViewState
from .webhook_with_secret import WebhookWithSecret
from .word_field import WordField
from .word_list import WordList
from .word_view import WordView

__all__ = (
    "AlbumAddition",
    "AlbumChanges",
    "AlbumImageBatch",
    "AlbumImagePage",
    "AlbumImageSummary",
    "AlbumImageView",
    "AlbumInvitationList",
    "AlbumInvitationRequest",
    "AlbumInvitationView",
    "AlbumMemberChanges",
    "AlbumMemberList",
    "AlbumMembershipView",
    "AlbumMembershipViewRole",
    "AlbumMemberView",
    "AlbumMove",
    "AlbumPage",
    "AlbumRequest",
    "AlbumRole",
    "AlbumSearch",
    "AlbumSort",
    "AlbumView",
    "AlbumViewRole",
    "ApiKeyList",
    "ApiKeyRequest",
    "ApiKeyScope",
    "ApiKeyView",
    "ArchivedFilter",
    "ArchivePart",
    "ArchiveRequest",
    "ArchiveView",
    "BatchChanges",
    "BoundingBox",
    "CapabilitiesView",
    "Capture",
    "CoverView",
    "CreatedAlbum",
    "CreatedAlbumInvitation",
    "CreatedAlbumRole",
    "CreatedApiKey",
    "CreatedShareLink",
    "DeletionBatch",
    "DeliveryPage",
    "DeliveryState",
    "DeliveryView",
    "DetectedFace",
    "DetectedFaceEmotions",
    "DetectedFaceTraits",
    "DetectedLabel",
    "DetectedText",
    "DominantColor",
    "Duplicate",
    "Duplicates",
    "EmailKind",
    "EmailNotificationsRequest",
    "EmailNotificationsView",
    "ErasureView",
    "ExportedImage",
    "ExportedImagePage",
    "FailureView",
    "Feature",
    "FieldError",
    "GeoPosition",
    "GetHealthResponse200",
    "HistoryEntry",
    "HistoryEntryOutcome",
    "HistoryEntryPart",
    "HistoryEntryStage",
    "ImageBatch",
    "ImageChanges",
    "ImageHistory",
    "ImageLabel",
    "ImageProperties",
    "ImageQuality",
    "ImageSummary",
    "ImageSummaryPage",
    "ImageUpload",
    "ImageUploadBatch",
    "ImageUploadOutcome",
    "ImageUploadOutcomes",
    "ImageUploadRequest",
    "ImageUploadRequestMediaType",
    "ImageView",
    "InvitationAcceptance",
    "InvitationView",
    "ItemOutcome",
    "ItemOutcomes",
    "LabelInstance",
    "LabelPage",
    "LabelView",
    "Language",
    "LimitsView",
    "LinkedRendition",
    "ListAlbumsRole",
    "ListOrder",
    "ModerationLabel",
    "MonthlyUsageView",
    "MonthlyUsageViewCalls",
    "OriginalView",
    "PartState",
    "PauseReason",
    "PlaceCount",
    "PlacePage",
    "PolygonPoint",
    "PositionOverride",
    "ProblemBody",
    "RecognitionProfile",
    "RecognitionView",
    "RecognitionViewModels",
    "RenditionsView",
    "RenditionView",
    "ReprocessRequest",
    "ReprocessRequestPartsItem",
    "SearchMatch",
    "ShareAccess",
    "SharedImage",
    "SharedImagePage",
    "SharedImageSummary",
    "SharedView",
    "SharedViewKind",
    "ShareLinkChanges",
    "ShareLinkPage",
    "ShareLinkRequest",
    "ShareLinkView",
    "ShareUnlock",
    "SortOrder",
    "Status",
    "TimelineMonth",
    "TimelineView",
    "TrashedImage",
    "TrashPage",
    "UpdateBatch",
    "UploadTarget",
    "UploadTargetFields",
    "UsageView",
    "WebhookChanges",
    "WebhookEventType",
    "WebhookList",
    "WebhookRequest",
    "WebhookView",
    "WebhookViewState",
    "WebhookWithSecret",
    "WordField",
    "WordList",
    "WordView",
)
