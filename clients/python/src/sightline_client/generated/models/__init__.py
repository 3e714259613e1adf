"""Contains all the data models used in inputs/outputs"""

from .account_line import AccountLine
from .album_changes import AlbumChanges
from .album_line import AlbumLine
from .album_page import AlbumPage
from .album_request import AlbumRequest
from .album_view import AlbumView
from .box import Box
from .capture import Capture
from .colour import Colour
from .cover_view import CoverView
from .deletion_batch import DeletionBatch
from .deletion_outcome import DeletionOutcome
from .deletion_outcome_status import DeletionOutcomeStatus
from .deletion_outcomes import DeletionOutcomes
from .end_line import EndLine
from .erasure_view import ErasureView
from .face import Face
from .face_emotions import FaceEmotions
from .face_traits import FaceTraits
from .failure_view import FailureView
from .feature import Feature
from .field_error import FieldError
from .get_health_response_get_health import GetHealthResponseGetHealth
from .image_changes import ImageChanges
from .image_line import ImageLine
from .image_page import ImagePage
from .image_view import ImageView
from .instance import Instance
from .label import Label
from .label_mark import LabelMark
from .label_page import LabelPage
from .label_view import LabelView
from .moderation import Moderation
from .month_view import MonthView
from .month_view_calls import MonthViewCalls
from .original_view import OriginalView
from .place import Place
from .placement_batch import PlacementBatch
from .placement_outcome import PlacementOutcome
from .placement_outcome_status import PlacementOutcomeStatus
from .placement_outcomes import PlacementOutcomes
from .point import Point
from .problem_body import ProblemBody
from .profile import Profile
from .properties import Properties
from .quality import Quality
from .recognition_view import RecognitionView
from .recognition_view_models import RecognitionViewModels
from .rendition_view import RenditionView
from .renditions_view import RenditionsView
from .reprocess_request import ReprocessRequest
from .reprocess_request_parts_item import ReprocessRequestPartsItem
from .state import State
from .status import Status
from .text import Text
from .ticket import Ticket
from .ticket_batch import TicketBatch
from .ticket_outcome import TicketOutcome
from .ticket_outcomes import TicketOutcomes
from .ticket_request import TicketRequest
from .ticket_request_media_type import TicketRequestMediaType
from .upload_form import UploadForm
from .upload_form_fields import UploadFormFields
from .usage_view import UsageView

__all__ = (
    "AccountLine",
    "AlbumChanges",
    "AlbumLine",
    "AlbumPage",
    "AlbumRequest",
    "AlbumView",
    "Box",
    "Capture",
    "Colour",
    "CoverView",
    "DeletionBatch",
    "DeletionOutcome",
    "DeletionOutcomes",
    "DeletionOutcomeStatus",
    "EndLine",
    "ErasureView",
    "Face",
    "FaceEmotions",
    "FaceTraits",
    "FailureView",
    "Feature",
    "FieldError",
    "GetHealthResponseGetHealth",
    "ImageChanges",
    "ImageLine",
    "ImagePage",
    "ImageView",
    "Instance",
    "Label",
    "LabelMark",
    "LabelPage",
    "LabelView",
    "Moderation",
    "MonthView",
    "MonthViewCalls",
    "OriginalView",
    "Place",
    "PlacementBatch",
    "PlacementOutcome",
    "PlacementOutcomes",
    "PlacementOutcomeStatus",
    "Point",
    "ProblemBody",
    "Profile",
    "Properties",
    "Quality",
    "RecognitionView",
    "RecognitionViewModels",
    "RenditionsView",
    "RenditionView",
    "ReprocessRequest",
    "ReprocessRequestPartsItem",
    "State",
    "Status",
    "Text",
    "Ticket",
    "TicketBatch",
    "TicketOutcome",
    "TicketOutcomes",
    "TicketRequest",
    "TicketRequestMediaType",
    "UploadForm",
    "UploadFormFields",
    "UsageView",
)
