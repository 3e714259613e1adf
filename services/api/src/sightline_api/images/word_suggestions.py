"""The endpoint that suggests words to search for."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from sightline.domain.image_words import WordField, split_search_words
from sightline.ports.image_index import ImageIndex, Term
from sightline_api.concurrency import map_concurrently
from sightline_api.dependencies import CurrentUser, Index
from sightline_api.images.search_text import MIN_PREFIX_LENGTH
from sightline_api.problems import AUTHENTICATED, documented

#: Words that are read in alphabetical order, of which the most frequent are suggested: as many as
#: the index counts in one call.
READ_SIZE = 100

#: Words of one response at most; each costs a read of its newest image in the index.
MAX_WORDS = 20

router = APIRouter(prefix="/v1", tags=["images"], responses=documented(*AUTHENTICATED))


class WordView(BaseModel):
    """A word to search for with `q`."""

    word: str = Field(
        max_length=200, description="In lower case, without accents.", examples=["lisbon"]
    )
    images: int = Field(description="How many images have it in any field.", examples=[17])
    fields: list[WordField] = Field(
        max_length=7,
        description="The fields of the newest of these images that have it.",
        examples=[["place"]],
    )


class WordList(BaseModel):
    """Words to search for, the most frequent first."""

    items: list[WordView]


@dataclass(frozen=True, slots=True)
class WordSuggestions:
    """Suggests words that one owner's images have."""

    index: ImageIndex
    owner: str

    async def suggest(self, text: str, limit: int) -> list[WordView]:
        """Return up to `limit` words that start with the last word of the text, or nothing."""
        typed = split_search_words(text)
        if not typed or len(typed[-1]) < MIN_PREFIX_LENGTH:
            return []
        words = await self.index.list_words(self.owner, typed[-1], READ_SIZE)
        counts = await self.index.count_images(self.owner, [Term("word", each) for each in words])
        ranked = sorted(zip(words, counts, strict=True), key=lambda each: (-each[1], each[0]))
        views = await map_concurrently(ranked[:limit], self._view)
        # An image may have left the index in the meantime.
        return [view for view in views if view.fields]

    async def _view(self, counted: tuple[str, int]) -> WordView:
        word, images = counted
        newest = await self.index.find(self.owner, Term("word", word), 1)
        fields = sorted(field for match in newest for field in match.fields)
        return WordView(word=word, images=images, fields=fields)


@router.get("/words", operation_id="list_words", summary="Suggest words to search for")
async def list_words(
    user: CurrentUser,
    index: Index,
    prefix: Annotated[str, Query(min_length=1, max_length=200)],
    limit: Annotated[int, Query(ge=1, le=MAX_WORDS)] = 10,
) -> WordList:
    """Return words of the caller's images that start with the last word of `prefix`.

    Letter case and accents do not matter. The most frequent words come first, of the first 100 in
    alphabetical order. A single letter suggests nothing, as in a search with `q`.
    """
    suggestions = WordSuggestions(index, user.owner)
    return WordList(items=await suggestions.suggest(prefix, limit))
