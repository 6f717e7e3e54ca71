"""The screens: Textual, and nothing else.

Textual reads its environment when it is imported, so what must be set is set here, before any module of this package.
"""

import os

os.environ.setdefault("TEXTUAL_FPS", "30")  # a frame at most 33 ms after a key, and few frames in a burst of news
for _name in ("COLUMNS", "LINES"):  # where exported they override the terminal's true size
    os.environ.pop(_name, None)
