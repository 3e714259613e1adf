"""What each error of Rekognition means for a picture, one by one.

https://docs.aws.amazon.com/rekognition/latest/dg/error-handling.html
"""

from enum import Enum

from botocore.exceptions import ClientError

from sightline.domain.failures import Rejected


class Meaning(Enum):
    """What to do about an error."""

    #: The picture is at fault, or the question about it: the same again would fail again.
    FINAL = "final"
    #: Too many calls at this moment: slower, and again.
    THROTTLED = "throttled"
    #: Something is amiss that may be mended meanwhile: by AWS, or by whoever runs this.
    PASSING = "passing"


#: Every error in the service model of the operations that are called.
MEANINGS: dict[str, Meaning] = {
    "AccessDeniedException": Meaning.PASSING,
    "HumanLoopQuotaExceededException": Meaning.PASSING,
    "ImageTooLargeException": Meaning.FINAL,
    "InternalServerError": Meaning.PASSING,
    "InvalidImageFormatException": Meaning.FINAL,
    "InvalidParameterException": Meaning.FINAL,
    # The object has gone, or may not be read yet: what follows is decided at the next delivery.
    "InvalidS3ObjectException": Meaning.PASSING,
    "ProvisionedThroughputExceededException": Meaning.THROTTLED,
    "ResourceNotFoundException": Meaning.PASSING,
    "ResourceNotReadyException": Meaning.PASSING,
    "ThrottlingException": Meaning.THROTTLED,
}

#: What an owner is told of the final ones.
REJECTIONS = {
    "ImageTooLargeException": (
        "image_too_large",
        "The picture is too large to be recognised.",
    ),
    "InvalidImageFormatException": (
        "unsupported_format",
        "The file is not a picture of a kind that can be recognised.",
    ),
    "InvalidParameterException": (
        "recognition_refused",
        "The picture was refused by the recognition service.",
    ),
}


def read_meaning(error: ClientError) -> Meaning:
    """What an error means; one that is not known may pass."""
    return MEANINGS.get(error.response["Error"]["Code"], Meaning.PASSING)


def rejection(error: ClientError) -> Rejected:
    """What a final error tells the owner."""
    return Rejected(*REJECTIONS[error.response["Error"]["Code"]])
