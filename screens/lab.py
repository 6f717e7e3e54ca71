"""The lab: a topic of the playbook's mathematics, moved by keys, with its chart; begun from a workload's figures."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical

from console.cadences.daily import Daily
from console.cadences.measured.seen import Measurements
from console.economics.bench import Bench, begun
from console.economics.catalogue import TOPICS
from console.economics.filling import Known
from screens.columns import lab as columns
from screens.columns.lab_graph import graph
from screens.columns.page import BLANK, PageLine, drawn, line
from screens.dialogs import lab_asking
from screens.view import Selection, View
from screens.widgets.chart import Look, look_of
from screens.widgets.dials import Dials
from screens.widgets.graph import draw
from screens.widgets.lines import Lines
from screens.widgets.page import Page

SHORT = 18
"""With fewer lines than this for inputs and results, headings and gaps are left out."""


class LabView(View):
    """Opened with a slug, it begins from that workload's figures. It changes when a person moves something."""

    NAME: ClassVar[str] = "lab"
    TITLE: ClassVar[str] = "lab"
    OPENS: ClassVar[str] = "set_input"
    ABOUT: ClassVar[str] = (
        "The playbook's mathematics on your own numbers: each topic answers a question, exactly, and its chart follows "
        "every key. An input says where it is from: measured of the workload, its Charter, its MBOM entry, today's "
        "prices, yours, or the playbook's example where nothing is known. The upright lines of the chart are where you "
        "are and where it breaks even, which is solved. Where the source's own figures do not follow from its inputs, "
        "the claim, the working and the right figure are told. Recorded evaluations are compared at a shell: "
        "token-console lab retrieval --results FILE."
    )

    def __init__(self) -> None:
        super().__init__()
        self._workload = ""
        self._benches = {name: begun(topic) for name, topic in TOPICS.items()}
        self._shown = next(iter(TOPICS))
        self._drawing = False
        self._stale = False
        """Whether something was moved since the chart that is being drawn was begun."""

    def compose_body(self) -> ComposeResult:
        yield Lines(id="lab-question")
        with Container(id="lab-bench"):
            with Horizontal(id="lab-inputs"):
                yield Lines(id="lab-topics")
                yield Dials(self._turned, self.do_set_input, id="lab-page")
            with Vertical(id="lab-side"):
                chart = Page(id="lab-chart")
                chart.can_focus = False
                yield chart
                notes = Page(id="lab-notes")
                notes.can_focus = False
                yield notes

    @property
    def bench(self) -> Bench:
        """The topic that is shown, at its present inputs."""
        return self._benches[self._shown]

    @property
    def page(self) -> Dials:
        return self.query_one(Dials)

    def focus_target(self) -> Dials:
        return self.page

    def crumb(self) -> str:
        return f"{self.TITLE} › {self._shown}{f' › {self._workload}' if self._workload else ''}"

    def open(self, subject: str | None) -> None:
        """Show the topic that was shown before; with a slug, begun from that workload's figures."""
        self.dirty = True
        if subject is not None and subject != self._workload:
            self._read(subject)

    def place(self) -> str | None:
        return self._workload or None

    def show(self, daily: Daily) -> None:
        """A new Daily says nothing of it; only where it was not drawn yet it is."""
        self._write()

    def selected(self) -> Selection | None:
        bench, at = self.bench, self.console.zone(self.console.now())
        return Selection("topic", bench.topic.name, f"The topic {bench.topic.name}", self._workload or None, item=bench,
                         text=columns.as_text(bench, f"{at:%Y-%m-%d %H:%M %Z}"))

    def step_back(self) -> bool:
        if self.has_class("-in-full"):
            self.do_chart_whole()
            return True
        return False

    def recolour(self) -> None:
        self._draw()

    def on_show(self) -> None:
        """It has its place now: what came before that could not be written."""
        self.on_page_resized()

    def on_page_resized(self) -> None:
        self._write()
        self._draw()

    def on_live_table_moved(self) -> None:
        self._write()

    # What the keys do.

    def _turned(self, way: int, tenfold: bool) -> None:
        name = self._input()
        if name is not None:
            self._put(self.bench.moved(name, way, tenfold=tenfold))

    def do_set_input(self) -> None:
        name, bench = self._input(), self.bench
        if name is None:
            return
        question = self.console.question(lab_asking.number(bench, name))

        async def take() -> None:
            answer = await self.console.answer_to(question)
            if answer is not None:
                self._put(lab_asking.typed(bench, name, answer))

        self.console.work_in_dialog(take)

    def do_reset_input(self) -> None:
        name = self._input()
        if name is not None:
            self._put(self.bench.reset(name))

    def do_reset_topic(self) -> None:
        self._put(self.bench.reset(*self.bench.inputs.values))

    def do_topic_next(self) -> None:
        self._turn(1)

    def do_topic_previous(self) -> None:
        self._turn(-1)

    def do_fill_from(self) -> None:
        question = self.console.question(lab_asking.workload(self.console))

        async def take() -> None:
            answer = await self.console.answer_to(question)
            if answer is not None:
                self._begin_from(answer.strip())

        self.console.work_in_dialog(take)

    def do_pin(self) -> None:
        if self.bench.worked is None:
            self.console.say("There is no result to pin at these inputs.", error=True)
        self._put(self.bench.pinned())

    def do_unpin(self) -> None:
        self._put(self.bench.unpinned())

    def do_chart_whole(self) -> None:
        """Give the screen to the chart, or the numbers their place back."""
        self.toggle_class("-in-full")
        self.focus_target_now()

    def do_refresh(self) -> None:
        """Read the workload's figures as they are now."""
        if self._workload:
            self._read(self._workload)
        else:
            self.console.say("Nothing here is from a workload; w begins from one.")

    # What is shown.

    def _input(self) -> str | None:
        """The input under the cursor."""
        stop = self.page.stop
        if isinstance(stop, columns.Dial) and stop.topic == self._shown:
            return stop.name
        self.console.say("Move to an input first: ↑ and ↓ step from one to the next.", error=True)
        return None

    def _put(self, bench: Bench) -> None:
        """Show a topic at other inputs."""
        self._benches[bench.topic.name] = bench
        self._write()
        self._draw()

    def _turn(self, step: int) -> None:
        names = list(TOPICS)
        self._shown = names[(names.index(self._shown) + step) % len(names)]
        self.page.to_top()
        self._write()
        self._draw()
        self.console.tick()  # the breadcrumb names the topic

    def _read(self, slug: str) -> None:
        async def question() -> Measurements:
            from console.operations import lab

            return await self.door.ask(lab.measurements, workload=slug)

        self.fetch(question, self._take, f"what is known of {slug}", quiet=True)

    def _begin_from(self, slug: str) -> None:
        """From a workload's figures, or from the playbook's examples."""
        if slug == lab_asking.NOBODY:
            self._fill("", {})
        else:
            self._read(slug)

    def _take(self, found: Measurements) -> None:
        self._fill(found.workload, found.known)

    def _fill(self, workload: str, known: Mapping[str, Known]) -> None:
        self._workload = workload
        self._benches = {name: bench.begun_from(workload, known) for name, bench in self._benches.items()}
        self._write()
        self._draw()
        self.console.tick()

    # Writing.

    def _write(self) -> None:
        bench, width = self.bench, self.page.room.width
        if not width:
            return
        stop = self.page.stop
        chosen = stop.name if isinstance(stop, columns.Dial) and stop.topic == self._shown else ""
        notes = self.query_one("#lab-notes", Page)
        beside = notes.display
        topics = columns.topics(TOPICS.values(), bench, below=not beside)
        self.query_one("#lab-question", Lines).draw(lambda width, height: [columns.question(bench, width)])
        self.query_one("#lab-topics", Lines).draw(lambda width, height: topics)
        self.page.update(columns.page(bench, chosen, width, short=self.page.room.height < SHORT, notes=not beside))
        self.page.begin()
        if beside:
            notes.update(columns.noted(bench, notes.room.width))

    def _draw(self) -> None:
        """Let the chart follow, off the loop: of several moves that come while it is drawn, the last one counts."""
        self._stale = True
        if not self._drawing:
            self._drawing = True
            self.work_on(self._follow, "chart")

    async def _follow(self) -> None:
        chart = self.query_one("#lab-chart", Page)
        try:
            while self._stale:
                self._stale = False
                room, bench, look = chart.room, self.bench, look_of(self.app)
                if room.width and room.height:
                    chart.update(await asyncio.to_thread(_picture, bench, room.width, room.height, look))
        finally:
            self._drawing = False


def _picture(bench: Bench, width: int, height: int, look: Look) -> list[PageLine]:
    """The topic's chart in so many lines. Called beside the loop."""
    found = graph(bench, width)
    if found is None:
        why = "There is no chart at these inputs." if bench.worked is None else "This topic has no chart."
        return [line(why), *[BLANK] * (height - 1)]
    return [drawn(text) for text in draw(found, width, height, look)]
