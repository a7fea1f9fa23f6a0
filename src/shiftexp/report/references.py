"""The methods a report used, in words and as BibTeX."""

from __future__ import annotations

import re

from shiftexp.report.further_references import further_references
from shiftexp.report.inference_references import BEN_MICHAEL, BERGER, BY_WRAPPER, LIPSITCH
from shiftexp.report.page import StudyPage
from shiftexp.report.question_references import BY_QUESTION, SIMONSOHN
from shiftexp.report.reference import Reference
from shiftexp.result import Result

GUERETTE = Reference(
    "guerette2009",
    "the vocabulary of displacement and diffusion of benefits",
    "Guerette, Rob T. and Bowers, Kate J.",
    "Assessing the extent of crime displacement and diffusion of benefits: a review of "
    "situational crime prevention evaluations",
    "Criminology",
    "2009",
    "47",
    "1331–1368",
    "10.1111/j.1745-9125.2009.00177.x",
)
FIELLER = Reference(
    "fieller1954",
    "confidence sets of the offset ratio",
    "Fieller, Edgar C.",
    "Some problems in interval estimation",
    "Journal of the Royal Statistical Society: Series B",
    "1954",
    "16",
    "175–185",
    "10.1111/j.2517-6161.1954.tb00159.x",
)
ELLIOTT = Reference(
    "elliott2015",
    "tests on short autocorrelated series, nearly optimal and uniform in the autocorrelation",
    "Elliott, Graham and Müller, Ulrich K. and Watson, Mark W.",
    "Nearly optimal tests when a nuisance parameter is present under the null hypothesis",
    "Econometrica",
    "2015",
    "83",
    "771–811",
    "10.3982/ECTA10535",
)
BERNAL = Reference(
    "bernal2017",
    "interrupted time series: each side against its own past",
    "Bernal, James Lopez and Cummins, Steven and Gasparrini, Antonio",
    "Interrupted time series regression for the evaluation of public health interventions: a "
    "tutorial",
    "International Journal of Epidemiology",
    "2017",
    "46",
    "348–355",
    "10.1093/ije/dyw098",
)
DONALD = Reference(
    "donald2007",
    "difference in differences with few units",
    "Donald, Stephen G. and Lang, Kevin",
    "Inference with difference-in-differences and other panel data",
    "Review of Economics and Statistics",
    "2007",
    "89",
    "221–233",
    "10.1162/rest.89.2.221",
)
CHERNOZHUKOV = Reference(
    "chernozhukov2021",
    "conformal inference for counterfactuals",
    "Chernozhukov, Victor and Wüthrich, Kaspar and Zhu, Yinchu",
    "An exact and robust conformal inference method for counterfactual and synthetic controls",
    "Journal of the American Statistical Association",
    "2021",
    "116",
    "1849–1864",
    "10.1080/01621459.2021.1920957",
)
WHEELER = Reference(
    "wheeler2018",
    "two windows of counts in origin and destination",
    "Wheeler, Andrew P. and Ratcliffe, Jerry H.",
    "A simple weighted displacement difference test to evaluate place based crime interventions",
    "Crime Science",
    "2018",
    "7",
    "11",
    "10.1186/s40163-018-0085-5",
)
ABADIE = Reference(
    "abadie2010",
    "synthetic control: weighted donors that resemble a side before the onset",
    "Abadie, Alberto and Diamond, Alexis and Hainmueller, Jens",
    "Synthetic control methods for comparative case studies: estimating the effect of "
    "California's tobacco control program",
    "Journal of the American Statistical Association",
    "2010",
    "105",
    "493–505",
    "10.1198/jasa.2009.ap08746",
)
ARKHANGELSKY = Reference(
    "arkhangelsky2021",
    "synthetic difference-in-differences: weights of donors and of periods",
    "Arkhangelsky, Dmitry and Athey, Susan and Hirshberg, David A. and Imbens, Guido W. and "
    "Wager, Stefan",
    "Synthetic difference-in-differences",
    "American Economic Review",
    "2021",
    "111",
    "4088–4118",
    "10.1257/aer.20190159",
)
DEBIASED = Reference(
    "chernozhukov2025",
    "debiasing by blocks that the weights did not learn from",
    "Chernozhukov, Victor and Wüthrich, Kaspar and Zhu, Yinchu",
    "Debiasing and t-tests for synthetic control inference on average causal effects",
    "arXiv 1812.10820",
    "2025",
    "",
    "",
    "10.48550/arXiv.1812.10820",
    "misc",
)
HARVEY = Reference(
    "harvey1989",
    "structural time series: level, slope and season that wander",
    "Harvey, Andrew C.",
    "Forecasting, structural time series models and the Kalman filter",
    "Cambridge University Press",
    "1989",
    "",
    "",
    "10.1017/CBO9781107049994",
    "book",
)
BRODERSEN = Reference(
    "brodersen2015",
    "effects against the simulated continuation of a structural model",
    "Brodersen, Kay H. and Gallusser, Fabian and Koehler, Jim and Remy, Nicolas and "
    "Scott, Steven L.",
    "Inferring causal impact using Bayesian structural time-series models",
    "Annals of Applied Statistics",
    "2015",
    "9",
    "247–274",
    "10.1214/14-AOAS788",
)
CAO = Reference(
    "cao2019",
    "synthetic controls of all units, effects on touched donors solved for",
    "Cao, Jianfei and Dowd, Connor",
    "Estimation and inference for synthetic control methods with spillover effects",
    "arXiv 1902.07343",
    "2019",
    "",
    "",
    "10.48550/arXiv.1902.07343",
    "misc",
)
DI_STEFANO = Reference(
    "distefano2024",
    "affected units as donors of each other",
    "Di Stefano, Roberta and Mellace, Giovanni",
    "The inclusive synthetic control method",
    "arXiv 2403.17624",
    "2024",
    "",
    "",
    "10.48550/arXiv.2403.17624",
    "misc",
)
WILSON = Reference(
    "wilson2022",
    "changes of rates of counts: the relative incident rate ratio",
    "Wilson, David B.",
    "The relative incident rate ratio effect size for count-based impact evaluations: when an "
    "odds ratio is not an odds ratio",
    "Journal of Quantitative Criminology",
    "2022",
    "38",
    "323–341",
    "10.1007/s10940-021-09494-w",
)
OLDEN = Reference(
    "olden2022",
    "ratios of two indicators on either side: the triple difference",
    "Olden, Andreas and Møen, Jarle",
    "The triple difference estimator",
    "The Econometrics Journal",
    "2022",
    "25",
    "531–553",
    "10.1093/ectj/utac010",
)
_BY_ESTIMATOR = {
    "InterruptedTimeSeries": (BERNAL,),
    "StructuralTimeSeries": (HARVEY, BRODERSEN),
    "DifferenceInDifferences": (DONALD,),
    "EventStudy": (DONALD,),
    "SyntheticControl": (ABADIE, DEBIASED),
    "SpilloverSyntheticControl": (CAO,),
    "InclusiveSyntheticControl": (DI_STEFANO,),
    "SyntheticDiD": (ARKHANGELSKY,),
    "DebiasedT": (DEBIASED,),
    "Conformal": (CHERNOZHUKOV,),
    "WindowContrast": (WHEELER,),
    "WeightedDisplacementDifference": (WHEELER,),
    "CountDiD": (WILSON,),
    "RatioOfRatios": (OLDEN,),
    "CommunicatingVessels": (HARVEY, BERGER),
    **BY_WRAPPER,
}
_TESTED = "EMW"
_AUGMENTED = re.compile(r"augment=(?!None)")
_CLASS = re.compile(r"\b[A-Z]\w*(?=\()")


def references(study: StudyPage) -> tuple[Reference, ...]:
    """Return the publications behind the methods that this report used, by key.

    Parameters
    ----------
    study : StudyPage
        The report.
    """
    results = _results(study)
    found = [GUERETTE]
    for result in results:
        found += _behind(result)
    if any(result.effects.answers((1.0, 1.0)) for result in results):
        found.append(FIELLER)
    designs = [design for cell in study.cells for design in cell.pages]
    asked = {a.method for d in designs for a in d.timing if a.evidence is not None}
    for method in asked & set(BY_QUESTION):
        found += BY_QUESTION[method]
    if any(cell.controls.controls for cell in study.cells):
        found.append(LIPSITCH)
    if any(design.curve is not None for design in designs):
        found.append(SIMONSOHN)
    found += further_references(study)
    return tuple(sorted(dict.fromkeys(found), key=lambda reference: reference.key))


def bibliography(study: StudyPage) -> str:
    """Return the publications as one BibTeX file."""
    return "\n".join(reference.bibtex for reference in references(study))


def _behind(result: Result) -> list[Reference]:
    """Return the publications behind one result: its model, its wrappers, and the test it used."""
    used = set(_CLASS.findall(result.estimator))
    found = [r for name, behind in _BY_ESTIMATOR.items() if name in used for r in behind]
    if "SyntheticControl" in used and _AUGMENTED.search(result.estimator):
        found.append(BEN_MICHAEL)
    if result.inference.startswith(_TESTED):
        found.append(ELLIOTT)
    return found


def _results(study: StudyPage) -> list[Result]:
    """Return every result of a study."""
    pages = [page for cell in study.cells for page in cell.pages]
    alone = [side.result for page in pages for side in page.sides if side.result is not None]
    return [*alone, *(r for page in pages for r in (*page.verdict.results, *page.contrasts))]
