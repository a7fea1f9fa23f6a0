"""Pages of methods and names: docstrings and METHODS.md, each said once, brought together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import ModuleType

import shiftexp

# Sections of METHODS.md whose heading does not name all they are about, in the order of reading.
# A new name that stands neither here nor in a heading goes to the reference, under its heading of
# docs/api.md.
ABOUT = {
    "The pair and its law": "Effects ConfidenceSet fieller Sector sectors compass",
    "CommunicatingVessels (emerging)": (
        "CommunicatingVessels Flow Conservation VesselHistory VesselVariances"
    ),
    "stochastic_flow (emerging)": "stochastic_flow StochasticFlow",
    "Permutation, Placebo, ConleyTaber, FermanPinto": (
        "Permutation Placebo PlaceboCheck ConleyTaber FermanPinto"
    ),
    "EndOfSample": "EndOfSample EndOfSampleTests",
    "Equivalence": "equivalence Equivalence",
    "Many tests": "adjust combine max_t AdjustedPValues CombinedPValue",
    "Parallel-trend sensitivity and the pre-test": (
        "trend_sensitivity TrendSensitivity pretest_power PretestPower EventCoefficients"
    ),
    "Sweep": "sweep Sweep",
    "Specification curve and negative controls": (
        "specification_curve SpecificationCurve Specifications CurveTest CurveTestResult"
        " negative_controls NegativeControls"
    ),
    "Power and calibration": "power Power calibrate Calibration Rule Scenario simulate_pair",
    "Descriptions": (
        "describe Description PairDescription structural_breaks StructuralBreaks"
        " shift_share ShiftShare lmdi LogMeanDecomposition"
    ),
    "Timing": (
        "lead_lag LeadLag granger Granger local_projections LocalProjections"
        " transfer_function TransferFunction sign_restricted SignRestricted"
    ),
    "Cointegration": "cointegration Cointegration",
    "Break order": "break_order BreakOrder",
    "Common factor": "common_factor CommonFactor",
    "Price gap": "price_gap PriceGap",
    "Displacement closed forms": "displacement",
    "Bounds on the shift share": "shift_share_bounds ShiftShareBounds",
    "Case files, several sources, experts, signs of prices": (
        "case_files combine_sources CombinedSources elicited Elicited ElicitedWithin"
        " price_signs PriceSigns"
    ),
    "Detection": "Detection TippingPoint",
    "Capture and recapture": (
        "capture_recapture CaptureRecapture detection_change DetectionChange"
    ),
    "Verdict": (
        "weigh Verdict Claim Reading Reason Remedy ValueOfInformation"
        " Evidence Bound CountedFall flow_from_visitors"
    ),
    "Pooling (pool)": "pool Pooled",
    "Sector weights": "sector_weights SectorWeights",
    "Rival hypotheses": "rival_models RivalModels RivalFit",
    "Rival regressions": "non_nested NonNested NonNestedTest",
    "Dated events": "events PolicyEvents",
    "Next year": "Prediction Update",
}
_FIRST_CELL = re.compile(r"^\| (`[^|]*`) \|", re.MULTILINE)
_CODE = re.compile(r"`(\w+)[^`]*`")


@dataclass(frozen=True)
class Section:
    """One page to be made: its title, what METHODS.md says, and the public names it is about."""

    title: str
    body: str
    names: tuple[str, ...]

    @property
    def slug(self) -> str:
        """Return the file name, which is the anchor that the heading has in METHODS.md."""
        letters = re.sub(r"[^\w\s-]", "", self.title).strip().lower()
        return re.sub(r"[\s-]+", "-", letters)

    def page(self) -> str:
        """Write the page: first what the docstrings say, then formulas and measured numbers."""
        parts = [f"# {self.title}", *map(_documented, self.names)]
        if self.names and self.body:
            parts.append("## Formulas, measured numbers, and how it fails")
        return "\n\n".join([*parts, self.body]) + "\n"


def read_methods(text: str, public: list[str]) -> list[Section]:
    """Return the sections of METHODS.md with the names that each is about, none of them twice."""
    left, found = dict.fromkeys(public), []
    for title, body in _sections(text):
        told = re.findall(r"\w+", ABOUT.get(title, title))
        names = tuple(name for name in dict.fromkeys(told) if name in left)
        left = {name: None for name in left if name not in names}
        found.append(Section(title, _nested(body), names))
    return found


def read_reference(text: str, public: list[str], placed: set[str]) -> list[Section]:
    """Return the headings of docs/api.md with the names that no method's page holds."""
    found = []
    for title, body in _sections(text):
        listed = [n for cell in _FIRST_CELL.findall(body) for n in _CODE.findall(cell)]
        names = tuple(n for n in dict.fromkeys(listed) if n in public and n not in placed)
        placed = placed | set(names)
        if names:
            found.append(Section(title, "", names))
    return found


def link_names(text: str, public: list[str]) -> str:
    """Link every public name in the first column of the tables of docs/api.md to its page."""

    def linked(code: re.Match[str]) -> str:
        """Return one name as a link, where it is one."""
        whole, name = code.group(0), code.group(1)
        return f"[{whole}][shiftexp.{name}]" if name in public else whole

    return _FIRST_CELL.sub(lambda cell: f"| {_CODE.sub(linked, cell.group(1))} |", text)


def _documented(name: str) -> str:
    """Ask for the documentation of a public name, to be found under that name.

    It is asked for where it is defined: a function may share its name with the file it is in.
    """
    thing = getattr(shiftexp, name)
    home = thing.__name__ if isinstance(thing, ModuleType) else f"{_module(thing)}.{name}"
    return f"[](){{ #shiftexp.{name} }}\n\n::: {home}"


def _module(thing: object) -> str:
    """Return the module in which something is defined; the front door where it does not say."""
    return str(getattr(thing, "__module__", "shiftexp"))


def _sections(text: str) -> list[tuple[str, str]]:
    """Split a page at its second-level headings."""
    _, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    return [(part.partition("\n")[0], part.partition("\n")[2].strip()) for part in parts]


def _nested(body: str) -> str:
    """Indent what belongs to a list item by four spaces, as the site's Markdown wants it."""
    lines = re.sub(r"^ {2}(?=\S)", " " * 4, body, flags=re.MULTILINE)
    # A table that stands right below a line of text is one only after an empty line.
    return re.sub(r"(?<=\S)\n(\|[^\n]*\n\|[ :|-]+\n)", r"\n\n\1", lines)
