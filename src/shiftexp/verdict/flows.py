"""What models of the flow say beside a verdict, and when their limits can be brought as a Bound."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shiftexp.evidence import Evidence
from shiftexp.flow import BY_DONORS, BY_SIGNS, NO_FLOW, Flow, Lack
from shiftexp.table import format_number
from shiftexp.verdict.questions import agreed

EMERGING = "emerging"
BRING = (
    "the lower limit of the model of the flow, brought as evidence by whoever answers for it: "
    "sx.Evidence(about='shift', bound=result.flow.bound(...), source=...)"
)


@dataclass(frozen=True, eq=False)
class FlowReading:
    """What models of the flow say together; they never support a shift by themselves.

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
        lows = [0.0 if self.lacks(flow) else flow.least for flow in self.flows]
        return -agreed([-low for low in lows]) if lows else 0.0

    @property
    def high(self) -> float:
        """The upper limit that four in five models keep."""
        return agreed([flow.limits.flow[1] for flow in self.flows])

    @property
    def provable(self) -> bool:
        """Whether four in five models give a lower limit that could be brought as a Bound."""
        return self.low > 0

    @property
    def brought(self) -> bool:
        """Whether the limit of a model was brought as a Bound."""
        return any(e.bound is not None and e.bound.model for e in self.evidence)

    @property
    def argument(self) -> Evidence | None:
        """The argument from outside, where nobody disputes it, that nothing else changed."""
        said = [e for e in self.evidence if e.about == "own changes"]
        undisputed = all(e.direction == "against" for e in said)
        return said[0] if said and undisputed else None

    def lacks(self, flow: Flow) -> tuple[Lack, ...]:
        """Return what keeps one model from giving a lower limit; nothing where it gives one.

        Parameters
        ----------
        flow : Flow
            What the model says.
        """
        return flow.lacks(drift=self.drift, argued=self.argument)

    def words(self) -> str:
        """Say the range of the flow, s*, and what it rests on or what it lacks."""
        first = self.flows[0]
        if self.provable:
            limits = f"{format_number(self.low)} to {format_number(self.high)} {first.unit}"
            said = [
                f'by a model of the flow {limits} (row "{BY_DONORS}")',
                breakdown_words(first),
                f"rests on {self._rests_on()}",
                "no shift is supported by a model before its limit is brought as a Bound",
            ]
        else:
            said = [f'{self._most()} (row "{BY_SIGNS}")', breakdown_words(first)]
            said += [f"gives no Bound: {lack.text}" for lack in self._all_lacks()]
        doubts = [n for n in first.notes if n.severity == "doubt" and not n.bars_shift]
        said += [f"doubt: {note.sentence}" for note in doubts]
        return "; ".join((*said, *self._methods()))

    def remedies(self) -> tuple[str, ...]:
        """Return what would let a model of the flow support a shift."""
        if not self.flows or self.brought:
            return ()
        if self.provable:
            return (BRING,)
        return tuple(lack.remedy for lack in self._all_lacks() if lack.remedy)

    def cautions(self) -> tuple[str, ...]:
        """Return what to keep in mind of a Bound that was read off a model of the flow."""
        if not self.brought:
            return ()
        said = []
        if self.flows and not self.provable:
            without = sum(bool(self.lacks(flow)) for flow in self.flows)
            said.append(
                f"a limit of the flow was read off a model, and {without} of the "
                f"{len(self.flows)} weighed here give none at these settings"
            )
        if any(e.about == "own changes" and e.direction == "for" for e in self.evidence):
            said.append(
                "a limit of the flow was read off a model, and it is disputed that nothing else "
                "changed at the onset"
            )
        return tuple(said)

    def _all_lacks(self) -> tuple[Lack, ...]:
        """Return what keeps the primary model from giving a lower limit, or else the others."""
        every = [lack for flow in self.flows[1:] for lack in self.lacks(flow)]
        return self.lacks(self.flows[0]) or tuple(dict.fromkeys(every))

    def _most(self) -> str:
        """Say how much can have flowed."""
        if not self.high > 0:
            return NO_FLOW
        return f"flow from nothing to {format_number(self.high)} {self.flows[0].unit}"

    def _rests_on(self) -> str:
        """Say why lasting own changes are no rival: the weakest reason among the models."""
        lasting = [flow for flow in self.flows if not flow.reversible]
        return (lasting or self.flows)[0].rests_on(self.argument)

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
