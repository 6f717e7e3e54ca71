"""The screens: Textual, and nothing else.

Textual reads its environment when it is imported, so what must be set is set here, before any module of this package.
"""

import os

# Frames are drawn only when something changed, so a high limit costs nothing; at 30 a prompt that takes two frames
# settles after 70 ms, at 120 after 25.
os.environ.setdefault("TEXTUAL_FPS", "120")
for _name in ("COLUMNS", "LINES"):  # where exported they override the terminal's true size
    os.environ.pop(_name, None)
