"""The routes of docs/http.md.

Each one reads its parameters, looks up what they mean, and calls one function of an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from tb_attention._version import __version__
from tb_attention.answers.capture import answer_capture
from tb_attention.answers.change import begin_change
from tb_attention.answers.contributions import Score, begin_contributions
from tb_attention.answers.curves import answer_curves
from tb_attention.answers.distances import answer_distances
from tb_attention.answers.findings import begin_findings
from tb_attention.answers.jobs import Job
from tb_attention.answers.left_out import FIRST, FIRST_TOKEN, RESTING_TOKEN, SEGMENTS, LeftOut
from tb_attention.answers.lessons import answer_lessons
from tb_attention.answers.logged_probe import others_of, probes_of
from tb_attention.answers.metrics import answer_metrics
from tb_attention.answers.neurons import answer_neurons
from tb_attention.answers.pair import begin_pair
from tb_attention.answers.rollout import begin_rollout
from tb_attention.answers.row import answer_row
from tb_attention.answers.runs import answer_runs
from tb_attention.answers.show import SHOW, WEIGHT
from tb_attention.answers.slow import SlowAnswers, version_of, version_of_all
from tb_attention.answers.stories import begin_stories
from tb_attention.answers.thumbnails import answer_thumbnails, ask_thumbnails
from tb_attention.answers.types import answer_types
from tb_attention.answers.value_norms import answer_value_norms
from tb_attention.answers.weights import DTYPES, answer_cells, answer_weights
from tb_attention.attention.neuron_distance import AXES
from tb_attention.errors import InvalidInput, NotLogged
from tb_attention.plugin.http import JSON, Answer, Application, Route, SlowAnswer, application
from tb_attention.plugin.params import Parameters
from tb_attention.plugin.scalars import RunScalars
from tb_attention.plugin.shown_page import Shown, answer_page
from tb_attention.store.location import Location
from tb_attention.store.refresher import Refresher
from tb_attention.store.sessions import Steps
from tb_attention.store.store import Store

PATIENCE = 2.0
"""Seconds that `runs` waits for what is new.

A longer scan is answered with what is known so far, and `loading`.
"""


class Routes:
    """The data routes of the plugin."""

    def __init__(self, store: Store, refresher: Refresher, scalars: RunScalars) -> None:
        """refresher: refreshes the store's index; scalars: those of the runs."""
        self._store, self._refresher, self._slow = store, refresher, SlowAnswers(store)
        self._scalars = scalars

    def applications(self) -> dict[str, Application]:
        """Route -> WSGI application."""
        of_one_step = (
            self.capture,
            self.thumbnails,
            self.weights,
            self.value_norms,
            self.row,
            self.neurons,
            self.distances,
        )
        routes = (
            self.runs,
            self.metrics,
            *of_one_step,
            self.contributions,
            self.types,
            self.change,
            self.findings,
            self.stories,
            self.curves,
            self.lessons,
            self.pair,
            self.rollout,
            self.page,
        )
        return {
            f"/{route.__name__}": application(self._read_first(route), self._refreshed)
            for route in routes
        }

    def _read_first(self, route: Route) -> Route:
        """The route, asked again where it came before anybody has asked for the runs."""

        def asked(parameters: Parameters) -> Answer | SlowAnswer:
            try:
                return route(parameters)
            except NotLogged:
                if self._store.snapshot.runs:
                    raise
                self._refreshed()
                return route(parameters)

        return asked

    def _refreshed(self) -> bool:
        """Whether the log directory has been read again within PATIENCE."""
        return self._refresher.wait(self._refresher.ask(), PATIENCE)

    def runs(self, parameters: Parameters) -> Answer:
        """All runs, tags and steps, and what cannot be shown."""
        asked = self._refresher.ask()

        def body() -> dict[str, Any]:
            done = self._refresher.wait(asked, PATIENCE)
            return answer_runs(self._store, loading=not done)

        return Answer(body, media=JSON)

    def capture(self, parameters: Parameters) -> Answer:
        """Tokens, stacks and layers of one step."""
        run, location = parameters.text("run"), self._location(parameters)
        return Answer(
            lambda: answer_capture(self._store, run, location),
            location.version,
            kept=True,
            media=JSON,
        )

    def metrics(self, parameters: Parameters) -> Answer:
        """Head metrics of all steps."""
        steps = self._steps(parameters)
        return Answer(lambda: answer_metrics(self._store, steps), version_of(steps))

    def types(self, parameters: Parameters) -> Answer:
        """Types of all heads at all steps."""
        steps = self._steps(parameters)
        return Answer(lambda: answer_types(self._store, steps), version_of(steps))

    def thumbnails(self, parameters: Parameters) -> Answer | SlowAnswer:
        """Thumbnails of all heads of a stack; unless they were logged so, partial until `done`."""
        location, stack, left_out = (
            self._location(parameters),
            parameters.optional_text("stack"),
            _left_out(parameters),
        )
        show = _show(parameters)
        if left_out.plain and show == WEIGHT:
            return Answer(
                lambda: answer_thumbnails(self._store, location, stack), location.version, kept=True
            )
        ask = partial(ask_thumbnails, self._slow, location, stack, left_out, show)
        return SlowAnswer(ask, location.version)

    def weights(self, parameters: Parameters) -> Answer:
        """Weights of a layer or of one head; with `block` those of cells of several tokens."""
        location, stack = self._location(parameters), parameters.optional_text("stack")
        layer, head = parameters.integer("layer"), parameters.optional_integer("head")
        dtype, block, left_out = (
            parameters.choice("dtype", DTYPES, "float32"),
            parameters.optional_integer("block"),
            _left_out(parameters),
        )
        show = _show(parameters)
        if block is not None:
            if block < 1:
                raise InvalidInput("The parameter block must be at least 1.")
            return Answer(
                lambda: answer_cells(
                    self._store, location, stack, layer, head, dtype, block, left_out, show
                ),
                location.version,
                kept=True,
            )
        if not left_out.plain:
            raise InvalidInput(
                "The weights of single tokens are given as they are: ask for cells with block, or "
                "leave out in the page."
            )
        return Answer(
            lambda: answer_weights(self._store, location, stack, layer, head, dtype, show),
            location.version,
            kept=True,
        )

    def value_norms(self, parameters: Parameters) -> Answer:
        """How long the values of a layer are when they arrive."""
        location, stack = self._location(parameters), parameters.optional_text("stack")
        layer = parameters.integer("layer")
        return Answer(
            lambda: answer_value_norms(self._store, location, stack, layer),
            location.version,
            kept=True,
        )

    def neurons(self, parameters: Parameters) -> Answer:
        """Query and key vectors of one head."""
        location, stack = self._location(parameters), parameters.optional_text("stack")
        layer, head = parameters.integer("layer"), parameters.integer("head")
        return Answer(
            lambda: answer_neurons(self._store, location, stack, layer, head),
            location.version,
            kept=True,
        )

    def row(self, parameters: Parameters) -> Answer:
        """Weights and scores of one query."""
        location, stack = self._location(parameters), parameters.optional_text("stack")
        layer, query, head = (
            parameters.integer("layer"),
            parameters.integer("query"),
            parameters.optional_integer("head"),
        )
        show = _show(parameters)
        return Answer(
            lambda: answer_row(self._store, location, stack, layer, query, head, show),
            location.version,
            kept=True,
        )

    def change(self, parameters: Parameters) -> SlowAnswer:
        """How far each head of one step is from the same head of another one."""
        first = self._location(parameters)
        second = self._store.find(
            parameters.text("with_run"),
            parameters.text("with_tag"),
            parameters.integer("with_step"),
        )
        version = f"{first.version}-{second.version}"
        left_out, show = _tokens_left_out(parameters), _show(parameters)
        return self._later(version, begin_change, first, second, left_out, show)

    def findings(self, parameters: Parameters) -> SlowAnswer:
        """What to look at in a tag, in sentences."""
        steps = self._steps(parameters)
        others = others_of(self._store, parameters.text("run"), parameters.text("tag"))
        ask = partial(self._slow.ask, begin_findings, steps, others)
        version = version_of_all((version_of(steps), *(other.version for other in others)))
        return SlowAnswer(ask, version, JSON)

    def lessons(self, parameters: Parameters) -> Answer:
        """What each head type and each kind of finding is."""
        return Answer(answer_lessons, version_of_all((__version__,)), kept=True, media=JSON)

    def stories(self, parameters: Parameters) -> SlowAnswer:
        """The strongest findings of all runs and tags, each with what to look at."""
        if not self._store.snapshot.runs:
            self._refreshed()  # nobody has asked for the runs yet
        probes = probes_of(self._store)
        version = version_of_all(probe.version for probe in probes)
        return SlowAnswer(partial(self._slow.ask, begin_stories, probes), version, JSON)

    def curves(self, parameters: Parameters) -> Answer:
        """Numbers of a tag over its steps, and the scalars of its run."""
        run, tag = parameters.text("run"), parameters.text("tag")
        steps = self._store.steps(run, tag)
        return Answer(
            lambda: answer_curves(self._store, run, steps, self._scalars.of_run(run)), media=JSON
        )

    def pair(self, parameters: Parameters) -> SlowAnswer:
        """Weights of one query on one key at all steps."""
        steps, step, stack = (
            self._steps(parameters),
            parameters.optional_integer("step"),
            parameters.optional_text("stack"),
        )
        query, key = parameters.integer("query"), parameters.integer("key")
        location = self._location(parameters) if step is not None else list(steps.values())[-1]
        version = f"{version_of(steps)}-{location.version}"
        left_out, show = _tokens_left_out(parameters), _show(parameters)
        return self._later(version, begin_pair, steps, location, stack, query, key, left_out, show)

    def distances(self, parameters: Parameters) -> Answer:
        """What the neurons of one head contribute, by distance."""
        location, stack = self._location(parameters), parameters.optional_text("stack")
        layer, head = parameters.integer("layer"), parameters.integer("head")
        axis = parameters.choice("axis", AXES, AXES[0])
        return Answer(
            lambda: answer_distances(self._store, location, stack, layer, head, axis),
            location.version,
            kept=True,
        )

    def contributions(self, parameters: Parameters) -> SlowAnswer:
        """What the neurons of one head contribute to one score, at all steps."""
        steps, head = (
            self._steps(parameters),
            (parameters.integer("layer"), parameters.integer("head")),
        )
        score = Score(
            parameters.optional_text("stack"),
            *head,
            parameters.integer("query"),
            parameters.integer("key"),
        )
        return self._later(version_of(steps), begin_contributions, steps, score)

    def rollout(self, parameters: Parameters) -> SlowAnswer:
        """How much of each token reaches each place through the layers; partial until `done`."""
        location, stack = self._location(parameters), parameters.optional_text("stack")
        layer = parameters.optional_integer("layer")
        return self._later(location.version, begin_rollout, location, stack, layer)

    def page(self, parameters: Parameters) -> Answer:
        """What is shown as one file, which needs no server."""
        place = (parameters.text("run"), parameters.text("tag"), parameters.integer("step"))
        other = (
            parameters.optional_text("with_run"),
            parameters.optional_text("with_tag"),
            parameters.optional_integer("with_step"),
        )
        run, tag, step = other
        compared = () if run is None or tag is None or step is None else ((run, tag, step),)
        shown = Shown((place, *compared), parameters.optional_text("state") or "")
        for one in shown.places:
            self._store.find(*one)
        return Answer(lambda: answer_page(self._store, shown, self._scalars.of_run))

    def _later(self, version: str, begin: Callable[..., Job], *arguments: Any) -> SlowAnswer:
        return SlowAnswer(partial(self._slow.ask, begin, *arguments), version)

    def _steps(self, parameters: Parameters) -> Steps:
        return self._store.steps(parameters.text("run"), parameters.text("tag"))

    def _location(self, parameters: Parameters) -> Location:
        return self._store.find(
            parameters.text("run"), parameters.text("tag"), parameters.integer("step")
        )


def _show(parameters: Parameters) -> str:
    return parameters.choice("show", SHOW, WEIGHT)


def _left_out(parameters: Parameters) -> LeftOut:
    return replace(
        _tokens_left_out(parameters),
        segments=parameters.choice("segments", SEGMENTS, "all"),
        segment_share=parameters.choice("segment_share", "01", "0") == "1",
    )


def _tokens_left_out(parameters: Parameters) -> LeftOut:
    named = parameters.optional_text("token") or FIRST_TOKEN
    is_name = named in (FIRST_TOKEN, RESTING_TOKEN)
    return LeftOut(
        first=parameters.choice("first", FIRST, "show"),
        token=named if is_name else parameters.integer("token"),
        special=parameters.choice("special", "01", "0") == "1",
    )
