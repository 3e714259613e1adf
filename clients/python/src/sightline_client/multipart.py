"""The form that S3 takes a picture with (multipart/form-data), read as it is sent."""

import re
import secrets
from collections.abc import Callable

from sightline_client.errors import UploadRefused
from sightline_client.image_file import Picture

#: Called with the bytes of the picture that are sent so far, and with all of them. Goes back where
#: an attempt failed and another begins.
Progress = Callable[[int, int], None]

#: Bytes that are read and sent at a time.
CHUNK = 128 * 2**10

#: What an error of S3 says, without a parser that somebody could send a bomb to.
_TOLD = re.compile(rb"<(Code|Message)>([^<]{1,500})</")


class Form:
    """What surrounds the picture's bytes, and the headers of all of it."""

    def __init__(self, fields: dict[str, str], picture: Picture) -> None:
        boundary = secrets.token_hex(16)
        self.head = b"".join(_field(boundary, name, value) for name, value in fields.items())
        self.head += (
            f"--{boundary}\r\n"
            'Content-Disposition: form-data; name="file"; filename="picture"\r\n'
            f"Content-Type: {picture.media_type}\r\n\r\n"
        ).encode()
        self.tail = f"\r\n--{boundary}--\r\n".encode()
        self.picture = picture
        self.headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(self.head) + picture.size + len(self.tail)),
        }


def read_refusal(status: int, body: bytes) -> UploadRefused:
    """What S3 says about a form that it did not take."""
    told = {name.decode(): text.decode(errors="replace") for name, text in _TOLD.findall(body)}
    code = told.get("Code", str(status))
    return UploadRefused(code, f"S3 refused: {told.get('Message', code)} ({status})")


def _field(boundary: str, name: str, value: str) -> bytes:
    return (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    )
