"""Programs that the terminal tests run: the console with a door that stands still, or that publishes when told to."""

from __future__ import annotations

STILL = """
import sys
from tests.support import portfolio
from tests.support.still_door import StillDoor, as_door
from screens.app import run
sys.exit(run(as_door(StillDoor()), portfolio.normal()))
"""

NEWS_ON_SIGNAL = """
import os, signal, sys, threading
from dataclasses import replace
from tests.support import portfolio
from tests.support.still_door import StillDoor, as_door
from screens.app import run

read, write = os.pipe()
signal.signal(signal.SIGUSR1, lambda *_: os.write(write, b"."))

class Busy(StillDoor):
    def open(self):
        threading.Thread(target=self.work, daemon=True).start()

    def work(self):
        count = 0
        while os.read(read, 1):
            count += 1
            daily = portfolio.normal()
            lines = list(daily.workloads)
            for at in (0, 2, 4):
                lines[at] = replace(lines[at], today=lines[at].today + count * 1_000_000)
            self.publish(replace(daily, workloads=tuple(lines)))

sys.exit(run(as_door(Busy()), portfolio.normal()))
"""
"""Three cells change with each SIGUSR1."""

CRASHING = """
import sys
from tests.support import portfolio
from tests.support.still_door import StillDoor, as_door
from console import __main__ as front
from screens.app import run

class Broken(StillDoor):
    def open(self):
        api_key = "sk-ant-very-secret-value"
        raise RuntimeError("broken with " + api_key)

try:
    sys.exit(run(as_door(Broken()), portfolio.normal()))
except Exception as error:
    sys.exit(front._report(error))
"""

BUSY_AND_STUCK = """
import sys, threading, time
from dataclasses import replace
from tests.support import portfolio
from tests.support.still_door import StillDoor, as_door
from screens.app import run

class Flood(StillDoor):
    def open(self):
        threading.Thread(target=self.work, daemon=True).start()

    def work(self):
        while True:
            for state in ("ok", "stretch"):
                daily = portfolio.normal()
                lines = [replace(line, state=state) for line in daily.workloads]
                self.publish(replace(daily, workloads=tuple(lines)))
                time.sleep(0.02)

sys.exit(run(as_door(Flood()), portfolio.normal()))
"""
"""Fifty repaints a second, so that a hang-up meets a full writer."""

MODULES = """
import sys
from tests.support import portfolio
from tests.support.still_door import StillDoor, as_door
from screens.app import ConsoleApp

class Last(StillDoor):
    def open(self):
        # Called after the first paint; everything after this may load what it likes.
        app.exit(0)

app = ConsoleApp(as_door(Last()), portfolio.normal())
app.run()
print("LOADED", *sorted({name.partition(".")[0] for name in sys.modules}))
"""

COLLECTING = """
import gc, pathlib, sys, threading, time
from console.__main__ import main

def look():
    before = []
    while "backstage" not in [thread.name for thread in threading.enumerate()]:
        before.append(gc.isenabled())
        time.sleep(0.001)
    while not gc.isenabled():
        time.sleep(0.001)
    if not before[-2]:
        pathlib.Path({target!r}).touch()

threading.Thread(target=look, daemon=True).start()
sys.exit(main(["--config", {config!r}]))
"""
"""The whole console. It makes a file where the garbage collector was off until the first paint and is on again."""
