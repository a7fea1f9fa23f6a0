"""What models of the flow add to a verdict: when they support a shift, and what they say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shiftexp.evidence import Evidence
from shiftexp.flow import BY_DONORS, BY_SIGNS, NO_FLOW, Flow
from shiftexp.table import format_number
from shiftexp.verdict.questions import agreed

LEAST_LEVEL = 0.95
EMERGING = "emerging"
_WENT_OFF = "a push that went off again, which own changes that stay do not"


@dataclass(frozen=True)
class Lack:
    """One thing that keeps a model of the flow from supporting a shift.

    Attributes
    ----------
    text : str
        What is lacking.
    remedy : str
        What would change it; empty where nothing that could be collected would.
    """

    text: str
    remedy: str = ""


@dataclass(frozen=True, eq=False)
class FlowReading:
    """What models of the flow say together.

    Attributes
    ----------
    flows : tuple of Flow
        One for each specification that has one; the first is the primary one.
    evidence : tuple of Evidence
        What was brought besides the series.
    drift : float
        The drift of detection that the verdict integrates.
    """

    flows: tuple[Flow, ...]
    evidence: tuple[Evidence, ...]
    drift: float

    @property
    def low(self) -> float:
        """The lower limit that four in five models keep: 0 for one that lacks anything."""
        lows = [0.0 if self.lacks(flow) else _like_donors(flow) for flow in self.flows]
        return -agreed([-low for low in lows]) if lows else 0.0

    @property
    def high(self) -> float:
        """The upper limit that four in five models keep."""
        return agreed([flow.limits.flow[1] for flow in self.flows])

    @property
    def supports(self) -> bool:
        """Whether the models support a shift."""
        return self.low > 0

    @property
    def argued(self) -> bool:
        """Whether it was argued from outside, and not disputed, that nothing else changed."""
        said = [e for e in self.evidence if e.about == "own changes"]
        against = any(e.direction == "against" for e in said)
        return against and all(e.direction == "against" for e in said)

    def lacks(self, flow: Flow) -> tuple[Lack, ...]:
        """Return what keeps one model from supporting a shift; nothing where it does.

        Parameters
        ----------
        flow : Flow
            What the model says.
        """
        return tuple(self._lacks(flow))

    def words(self) -> str:
        """Say the range of the flow, s*, and what it rests on or what it lacks."""
        first = self.flows[0]
        if self.supports:
            lasting = not all(flow.reversible for flow in self.flows)
            rests = self._argument() if lasting else _WENT_OFF
            limits = f"{format_number(self.low)} to {format_number(self.high)} {first.unit}"
            said = [
                f'flow {limits} (row "{BY_DONORS}")',
                breakdown_words(first),
                f"rests on {rests}",
            ]
        else:
            said = [f'{self._most()} (row "{BY_SIGNS}")', breakdown_words(first)]
            said += [f"not supported: {lack.text}" for lack in self._all_lacks()]
        doubts = [n for n in first.notes if n.severity == "doubt" and not n.bars_shift]
        said += [f"doubt: {note.sentence}" for note in doubts]
        return "; ".join((*said, *self._methods()))

    def remedies(self) -> tuple[str, ...]:
        """Return what would let the primary model support a shift."""
        return tuple(lack.remedy for lack in self._all_lacks() if lack.remedy)

    def _all_lacks(self) -> tuple[Lack, ...]:
        """Return what keeps the primary model from supporting a shift, or else the others."""
        every = [lack for flow in self.flows[1:] for lack in self.lacks(flow)]
        return self.lacks(self.flows[0]) or tuple(dict.fromkeys(every))

    def _lacks(self, flow: Flow) -> Iterator[Lack]:
        """Yield what keeps one model from supporting a shift."""
        if flow.like_donors is None:
            yield Lack(
                "no donors are asked how large own changes are",
                "four donors or more: their own changes tell how large those of the pair may be",
            )
        elif not _like_donors(flow) > 0:
            yield Lack(f'the lower limit is zero (row "{BY_DONORS}")')
        if not (flow.reversible or self.argued):
            yield Lack(
                "the push never goes off again, and nobody argued from outside that nothing else "
                "changed at the onset",
                "a push that goes off again, or an argument with its source that nothing else "
                "changed at the onset (evidence against own changes)",
            )
        if flow.detection < self.drift:
            yield Lack(
                f"the model allows a detection step of {flow.detection:g}, the verdict a drift of "
                f"{self.drift:g}",
                f"a model of the flow that allows a detection step of {self.drift:g}",
            )
        if flow.level < LEAST_LEVEL:
            yield Lack(f"its limits are at {100 * flow.level:g} %, not {100 * LEAST_LEVEL:g} %")
        for note in flow.notes:
            if note.bars_shift:
                yield Lack(note.sentence)

    def _most(self) -> str:
        """Say how much can have flowed."""
        if not self.high > 0:
            return NO_FLOW
        return f"flow from nothing to {format_number(self.high)} {self.flows[0].unit}"

    def _argument(self) -> str:
        """Say where it is argued that nothing else changed, and what hangs on it."""
        sources = "; ".join(e.source for e in self.evidence if e.about == "own changes")
        return (
            f"the argument that nothing else changed at the onset [{sources}]: were it wrong, own "
            "changes of both sides would look the same"
        )

    def _methods(self) -> tuple[str, ...]:
        """Say how many models there are, and that their method is emerging."""
        several = (f"{len(self.flows)} models of the flow",) if len(self.flows) > 1 else ()
        emerging = any(flow.maturity == EMERGING for flow in self.flows)
        return (*several, *(("emerging method",) if emerging else ()))


def breakdown_words(flow: Flow) -> str:
    """Say up to which own changes a flow is proved.

    Parameters
    ----------
    flow : Flow
        What a model says.
    """
    if flow.breakdown == 0:
        return "s* = 0: proved for no own changes, however small"
    room = ""
    if flow.least_scale > 0:
        room = f", and not below {format_number(flow.least_scale)}, which the data refute"
    if math.isinf(flow.breakdown):
        return f"no s*: proved at every scale of own changes that was looked at{room}"
    times = f"{flow.breakdown / flow.smallest:.2g} m"
    if flow.donor_scale > 0:
        times += f", {flow.breakdown / flow.donor_scale:.2g} times that of donors"
    scale = f"{format_number(flow.breakdown)} {flow.unit} ({times})"
    return f"s* = {scale}: proved only where own changes at the onset are of a smaller scale{room}"


def flow_lines(reading: FlowReading) -> list[str]:
    """Return the flows of a summary; nothing without any.

    Parameters
    ----------
    reading : FlowReading
        What models of the flow say.
    """
    lines = []
    for flow in reading.flows:
        method = f" ({flow.maturity} method)" if flow.maturity else ""
        first, *more = _range_lines(flow)
        lines += ["", f"Flow by a model{method}: {first}", *more, f"  {breakdown_words(flow)}"]
        if flow.like_donors is not None and flow.possible:
            low, high = map(format_number, flow.like_donors.flow)
            lines.append(f"  {low} to {high} {flow.unit} if own changes are like those of donors")
        lines += [f"  {note.severity}, {note.flag}: {note.sentence}" for note in flow.notes]
    return lines


def _range_lines(flow: Flow) -> list[str]:
    """Say the range of a flow, and the most of the growth that it can be."""
    limits = f"{100 * flow.level:g} % limits"
    if not flow.possible:
        return [f"{NO_FLOW} ({limits})"]
    return [
        f"0 to {format_number(flow.limits.flow[1])} {flow.unit} by the end of the window",
        f"  at most {flow.most_of_growth} of the destination's growth ({limits})",
    ]


def _like_donors(flow: Flow) -> float:
    """Return the lower limit where own changes are like those of donors, 0 without any."""
    return 0.0 if flow.like_donors is None else flow.like_donors.flow[0]


def emerging_words(flows: Sequence[Flow], specifications: int) -> str:
    """Say how many of the specifications are of an emerging method, "" where none is.

    Examples
    --------
    >>> emerging_words([], 3)
    ''
    """
    count = sum(flow.maturity == EMERGING for flow in flows)
    if not count:
        return ""
    which = "" if count == specifications else f"{count} "
    return f", {which}of an emerging method"
