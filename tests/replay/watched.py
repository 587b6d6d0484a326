"""Files that note what is asked of them."""

from __future__ import annotations

import io


class Watched(io.BytesIO):
    """A file that notes how much of a line was asked for."""

    asked: int | None = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        self.asked = size
        return super().readline(size)
