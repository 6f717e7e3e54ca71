"""Lines that scroll, of which the bar is painted only when it moves.

The framework paints the bar of a line widget at every layout of the screen: 600 bytes for a prompt of 200.
"""

from __future__ import annotations

from textual.geometry import Size
from textual.scroll_view import ScrollView


class Scrolled(ScrollView):
    """What the live table and the page are made of."""

    _measured: tuple[Size, Size, Size] | None = None

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        measured = (size, self.virtual_size, container_size)
        if measured == self._measured:
            return False
        self._measured = measured
        return super()._size_updated(size, virtual_size, container_size, layout)
