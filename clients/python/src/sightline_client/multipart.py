"""The multipart/form-data body of a presigned POST, streamed while it is sent."""

import re
import secrets
from collections.abc import Callable

from sightline_client.errors import StorageError
from sightline_client.image_file import ImageFile

#: Called with the bytes transferred so far and the total. Starts again from a lower count when an
#: attempt fails and is retried.
ProgressCallback = Callable[[int, int], None]

#: Bytes read and sent at a time.
CHUNK_SIZE = 128 * 2**10

#: The parts of an S3 error document that matter. An XML parser is avoided: it would be exposed to
#: entity expansion attacks.
_ERROR_ELEMENT = re.compile(rb"<(Code|Message)>([^<]{1,500})</")


class MultipartForm:
    """The bytes before and after the file's content, and the headers of the request."""

    def __init__(self, fields: dict[str, str], file: ImageFile) -> None:
        boundary = secrets.token_hex(16)
        self.head = b"".join(_format_field(boundary, name, value) for name, value in fields.items())
        self.head += (
            f"--{boundary}\r\n"
            'Content-Disposition: form-data; name="file"; filename="image"\r\n'
            f"Content-Type: {file.media_type}\r\n\r\n"
        ).encode()
        self.tail = f"\r\n--{boundary}--\r\n".encode()
        self.file = file
        self.headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(self.head) + file.size + len(self.tail)),
        }


def parse_s3_error(status: int, body: bytes) -> StorageError:
    """Return the error that an S3 error document describes."""
    elements = {
        name.decode(): text.decode(errors="replace") for name, text in _ERROR_ELEMENT.findall(body)
    }
    code = elements.get("Code", str(status))
    return StorageError(code, f"S3 error: {elements.get('Message', code)} ({status})")


def _format_field(boundary: str, name: str, value: str) -> bytes:
    return (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    )
