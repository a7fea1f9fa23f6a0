"""`rival_models`: null, shift, expansion and their rivals as constraints on one likelihood."""

from __future__ import annotations

import math

import numpy as np

from shiftexp.design import Design
from shiftexp.detection import DEFAULT_DRIFT, Detection
from shiftexp.effects import Effects, MixtureLaw
from shiftexp.errors import Problem
from shiftexp.estimators.assembling import unit_of_effects
from shiftexp.kernels.cases import Floats
from shiftexp.kernels.effect_regions import plane
from shiftexp.kernels.rival_likelihood import FAMILIES, ConstrainedFit, Errors, rival_design
from shiftexp.panel import Panel
from shiftexp.plane import NET
from shiftexp.result import check_inputs
from shiftexp.rivals.bayes_factors import CONSTRAINTS, fractional_factors
from shiftexp.rivals.hypotheses import Hypothesis, has_box, rival_hypotheses
from shiftexp.rivals.likelihood import LEAST_DRAWS, RivalLikelihood
from shiftexp.rivals.rival_models import RivalFit, RivalModels
from shiftexp.rivals.study import SHAPES, RivalStudy, Shape, read_study, shape_of
from shiftexp.scalars import is_between, no_seed, not_among, not_flag, not_whole, refuse
from shiftexp.sector_weights import sector_weights
from shiftexp.table import format_number

_SIDES = 2
_FAR_FROM_ALL = 3.84 / 2  # half the 95 % point of chi-squared with one degree of freedom
MUCH_LIKELIER = 2.0  # of log-likelihood: seven times
_A_MILLION = math.log(1e6)
_FREE = Hypothesis("no constraint", "Delta_O, Delta_D", plane(), "", None)
_WORDS = {
    "ar1": "AR(1), one autocorrelation, innovations correlated between series",
    "local level": "random walk and noise, one ratio, both correlated between series",
}


def rival_models(  # noqa: PLR0913 - one name for each assumption, all keyword-only
    panel: Panel,
    design: Design,
    *,
    errors: Errors = "ar1",
    effect: Shape = "step",
    trend: bool = True,
    seasonal: bool = True,
    donors: bool = True,
    kappa: float | tuple[float, float] = 1.0,
    detection: Detection | None = None,
    smallest: float | tuple[float, float] | None = None,
    bootstrap: int = 0,
    rng: int = 1,
) -> RivalModels:
    r"""Compare null, shift, expansion and their rivals as constraints on one likelihood.

    .. math:: y_{it} = a_i + b_i t + \Delta_i s_t + u_{it}, \quad i = O, D, \qquad
       \operatorname{Cov}(u) = \Sigma \otimes R

    with s the shape of the effect, mean one over the post periods; R that of AR(1) errors, or of a
    random walk with noise. Each hypothesis constrains the pair of effects and nothing else.

    Parameters
    ----------
    panel : Panel
        One indicator, in its unit per period; its values must add up over both sides.
    design : Design
        The study; of a range of onsets the last, candidates before it left out.
    errors : {"ar1", "local level"}, default "ar1"
        Family of the errors, one for all hypotheses.
    effect : {"step", "ramp"}, default "step"
        An effect that is there at once, or that grows along a line from the onset on. One that
        grows reads as null under "step", and one that is there at once under "ramp" (Notes).
    trend, seasonal : bool, default True
        A linear trend, and season dummies for monthly and quarterly data, on either side.
    donors : bool, default True
        Whether an index of the design's donors, where it names some, is a third series. It has no
        effect but under common growth that the donors share.
    kappa : float or tuple of two float, default 1
        Share of what leaves the origin that arrives at the destination; or its limits.
    detection : Detection, optional
        Its box makes the hypothesis that detection alone changed, its ratio multiplies ``kappa``,
        its drift enters the sector weights (.10 without it).
    smallest : float or tuple of two float, optional
        The smallest change that matters, in level units per year, as in ``sector_weights``.
    bootstrap : int, default 0
        Data sets drawn for the p-values of likelihood ratios over the null, and for their power.
    rng : int, default 1
        Seed of these.

    Returns
    -------
    RivalModels
        A row for each hypothesis: constraint, parameters, maximum, effects, AICc, BIC, Bayes
        weights.

    Raises
    ------
    DesignError
        When a setting is none, the design does not fit the panel, a side is missing, the data gate
        fails, too few periods are left, or a series has no errors; all that one step sees are
        listed.
    EstimandNotIdentified
        When values cannot be added or compared between the sides.

    Notes
    -----
    On the level scale only: constraints on sums of effects are no constraints on logs. Maxima are
    exact but for the errors' parameter, which is searched on 41 values. Maximum likelihood, not
    restricted likelihood, because hypotheses differ in their effects; so short series look less
    persistent than they are, and weights are surer than they should be.

    Weights compare the hypotheses listed. They are no error rates: at 20 years with errors of a
    tenth of the effects, AICc and BIC chose the true null, full offset or expansion in .78 to .86,
    other truths in .94 or more; near borders, and with errors of a quarter, often the wrong one
    (METHODS.md). The bootstrap rejects a true null in .03 to .08 where errors are of the family, in
    up to .38 where walks are taken for AR(1) without a trend. Inequalities get no reward from AICc
    and BIC. Full offset is printed as "shift-compatible": a likelihood is no lower bound on a flow,
    and ``weigh`` refuses this table.

    The shape of the effect is assumed, in every hypothesis alike. Where the destination's own
    growth was a ramp with a mean of 20 (noise 2, 20 years, a trend), "step" called it null in 92 %
    of 60 data sets (BIC) and expansion in none, "ramp" expansion in 73 %; a step was called null in
    70 % by "ramp". A note says where the other shape is much likelier: there in all of them.

    When not to use it: errors of the other family (a note says where that is much likelier, which
    few periods seldom show); an onset read off the series; a trend that bends by itself; detection
    that changed beyond the declared box.

    References
    ----------
    Burnham, K. P. & Anderson, D. R. (2002). Model Selection and Multimodel Inference. Springer.
    https://doi.org/10.1007/b97636 Gu, X., Mulder, J. & Hoijtink, H. (2018).
    https://doi.org/10.1111/bmsp.12110

    Examples
    --------
    >>> import shiftexp as sx
    >>> panel, design = sx.simulate_pair(destination_effect=20, sd=1, rng=2)
    >>> found = sx.rival_models(panel, design, trend=False)
    >>> found["expansion"].parameters, found["mixed"].parameters
    (7, 8)
    """
    refuse(*setting_problems(errors, effect, kappa, detection, bootstrap, rng))
    refuse(*not_flag(trend=trend, seasonal=seasonal, donors=donors))
    check_inputs(panel, design)
    index = donors and bool(design.donors)
    study = read_study(panel, design, shape=effect, trend=trend, seasonal=seasonal, donors=index)
    likelihood = RivalLikelihood(rival_design(study.x, study.step, study.time, errors), study.y)
    observed = study.y[:_SIDES, study.post].mean(axis=1)
    free = _row(_FREE, likelihood, likelihood.maximum(_FREE))
    base = observed - np.array([free.origin, free.destination])
    drift = DEFAULT_DRIFT if detection is None else detection.drift
    effects = _posterior(likelihood, observed, panel)
    effects.estimate(NET)
    weights = sector_weights(effects, smallest=smallest, drift=drift)
    hypotheses = rival_hypotheses(_kappa(kappa, detection), detection, base, donors=index)
    chances = likelihood.chances(hypotheses, weights.smallest, bootstrap, rng)
    fits = tuple(
        _row(one, likelihood, likelihood.maximum(one), *chance)
        for one, chance in zip(hypotheses, chances, strict=True)
    )
    return RivalModels(
        fits=fits,
        free=free,
        factors=fractional_factors(hypotheses, *likelihood.moments, study.y.size),
        sector_weights=weights,
        innovations=study.y.size,
        fraction=CONSTRAINTS / study.y.size,
        names=(" + ".join(design.origin_units), " + ".join(design.destination_units)),
        indicator=panel.indicators[0].name,
        unit=effects.unit,
        window=study.window,
        errors=_WORDS[errors],
        notes=(
            *study.notes,
            *_remarks(fits, free, detection, index=index),
            *_likelier_errors(study, errors, free),
            *_shape_words(study, errors, effect, free),
        ),
    )


def _row(
    hypothesis: Hypothesis,
    likelihood: RivalLikelihood,
    found: ConstrainedFit,
    p_value: float = math.nan,
    power: float = math.nan,
) -> RivalFit:
    """Return one hypothesis at its maximum."""
    origin, destination = found.effect[0]
    return RivalFit(
        name=hypothesis.name,
        constraint=hypothesis.constraint,
        sector=hypothesis.sector,
        parameters=likelihood.nuisance + hypothesis.free,
        log_likelihood=float(found.log_likelihood[0]),
        origin=float(origin),
        destination=float(destination),
        error=float(likelihood.design.values[found.node[0]]),
        p_value=p_value,
        power=power,
    )


def _posterior(likelihood: RivalLikelihood, observed: Floats, panel: Panel) -> Effects:
    """Return the posterior of the pair under flat effects, a normal law for each node."""
    weight, means, covs = likelihood.posterior
    mean = weight @ means
    indicator = panel.indicators[0]
    return Effects(
        law=MixtureLaw(weight, means, covs),
        mean=mean,
        base=observed - mean,
        observed=observed,
        unit=unit_of_effects(panel),
        additive=indicator.additive,
        comparable=indicator.comparable,
    )


def _kappa(kappa: float | tuple[float, float], detection: Detection | None) -> tuple[float, float]:
    """Return limits of what is found at the destination of what the origin's finds lost."""
    low, high = kappa if isinstance(kappa, tuple) else (kappa, kappa)
    least, most = (1.0, 1.0) if detection is None else detection.ratio
    return float(low) * least, float(high) * most


def _remarks(
    fits: tuple[RivalFit, ...], free: RivalFit, detection: Detection | None, *, index: bool
) -> tuple[str, ...]:
    """Return what is to be said of this comparison."""
    said = []
    highest = max(fits, key=lambda fit: fit.log_likelihood)
    if free.log_likelihood - highest.log_likelihood > _FAR_FROM_ALL:
        said.append(
            f"none of the hypotheses is near: without a constraint the effects are "
            f"{format_number(free.origin)} and {format_number(free.destination)}"
        )
    if not has_box(detection):
        said.append(
            "detection only is not among the hypotheses: no box is declared, as in "
            "Detection(destination=(0.8, 1.25))"
        )
    if index:
        said.append(
            "the donors' index has no effect of its own but under common growth that they share: "
            "effects are net of what it predicts"
        )
    return tuple(said)


def _likelier_errors(study: RivalStudy, errors: Errors, free: RivalFit) -> tuple[str, ...]:
    """Say so where the other family of errors makes the data much likelier."""
    other: Errors = "local level" if errors == "ar1" else "ar1"
    rival = RivalLikelihood(rival_design(study.x, study.step, study.time, other), study.y)
    gain = float(rival.maximum(_FREE).log_likelihood[0]) - free.log_likelihood
    return () if gain <= MUCH_LIKELIER else (f"errors={other!r} makes {_likelier(gain)}",)


def _shape_words(
    study: RivalStudy, errors: Errors, effect: Shape, free: RivalFit
) -> tuple[str, ...]:
    """Say which shape of the effect is assumed, and where the other one fits much better."""
    other: Shape = "ramp" if effect == "step" else "step"
    said = {
        "step": "every effect is taken to be there at once: effect='ramp' is for one that grows",
        "ramp": "every effect is taken to grow along a line: effect='step' is for one that is "
        "there at once",
    }[effect]
    shape = shape_of(study.time, study.post, other)
    rival = RivalLikelihood(rival_design(study.x, shape, study.time, errors), study.y)
    gain = float(rival.maximum(_FREE).log_likelihood[0]) - free.log_likelihood
    if not gain > MUCH_LIKELIER:
        return (said,)
    misread = "under the wrong shape an effect may read as null"
    return (said, f"effect={other!r} makes {_likelier(gain)}; {misread}")


def _likelier(gain: float) -> str:
    """Say that something else makes the data likelier, by so much log-likelihood."""
    return f"the data {likelier(gain)} times as likely: look at that table too"


def likelier(gain: float) -> str:
    """Say how many times as likely a gain of log-likelihood is.

    Parameters
    ----------
    gain : float
        The difference of two log-likelihoods.

    Examples
    --------
    >>> likelier(3.0), likelier(20.0)
    ('20', 'over a million')
    """
    return format_number(math.exp(gain), 2) if gain < _A_MILLION else "over a million"


def setting_problems(
    errors: object,
    effect: object,
    kappa: object,
    detection: object,
    bootstrap: object,
    rng: object = 1,
) -> list[Problem]:
    """Return settings of ``rival_models`` that are none.

    Parameters
    ----------
    errors, effect, kappa, detection, bootstrap, rng : object
        The settings.
    """
    problems = [*not_among(errors=(errors, FAMILIES), effect=(effect, SHAPES))]
    ends = kappa if isinstance(kappa, tuple) else (kappa, kappa)
    if not (
        len(ends) == _SIDES
        and all(is_between(end, 0, math.inf) for end in ends)
        and ends[0] <= ends[1]
    ):
        needed = "a positive number, or two in order"
        problems.append(Problem(f"kappa = {kappa!r}", needed, "leave it at 1"))
    if not (detection is None or isinstance(detection, Detection)):
        remedy = "write sx.Detection(drift=0.10)"
        problems.append(Problem(f"detection = {detection!r}", "a Detection", remedy))
    if bootstrap != 0 or isinstance(bootstrap, bool):
        problems += not_whole("bootstrap", bootstrap, LEAST_DRAWS, "write 999, or 0 for none")
    return [*problems, *no_seed(rng)]
