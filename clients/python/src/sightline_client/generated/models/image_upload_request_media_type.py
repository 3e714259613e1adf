from enum import StrEnum


class ImageUploadRequestMediaType(StrEnum):
    IMAGEAVIF = "image/avif"
    IMAGEBMP = "image/bmp"
    IMAGEGIF = "image/gif"
    IMAGEHEIC = "image/heic"
    IMAGEHEIF = "image/heif"
    IMAGEJPEG = "image/jpeg"
    IMAGEPNG = "image/png"
    IMAGETIFF = "image/tiff"
    IMAGEWEBP = "image/webp"

    def __str__(self) -> str:
        return str(self.value)
