"""How well a runaway is found, and who else is hit: recorded traffic and labelled incidents, replayed and scored.

`make detect` prints the whole table; `test_detection.py` holds a part of it in every test run. Labels are read here, to
score what was decided; the replay never sees one.
"""
