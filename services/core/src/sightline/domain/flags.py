"""Favorites, the archive and ratings: the terms that the index finds images by.

They are indexed like words. No word of a text contains a colon, so no search for a text finds them.
"""

#: The highest rating, in stars; 0 is none. XMP has the same scale
#: (https://developer.adobe.com/xmp/docs/XMPNamespaces/xmp/).
MAX_RATING = 5

FAVORITE = ":favorite"
ARCHIVED = ":archived"


def rating_flag(rating: int) -> str:
    """Return the term of the images with this rating, 1 to 5."""
    return f":rating{rating}"


def rating_flags(minimum: int) -> tuple[str, ...]:
    """Return the terms of the images with at least this rating, 1 to 5."""
    return tuple(rating_flag(rating) for rating in range(minimum, MAX_RATING + 1))
