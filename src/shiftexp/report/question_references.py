"""The publications behind questions of timing and specification curves."""

from __future__ import annotations

from shiftexp.report.reference import Reference

HAUGH = Reference(
    "haugh1976",
    "cross-correlations of filtered series",
    "Haugh, Larry D.",
    "Checking the independence of two covariance-stationary time series: a "
    "univariate residual cross-correlation approach",
    "Journal of the American Statistical Association",
    "1976",
    "71",
    "378–385",
    "10.1080/01621459.1976.10480353",
)
TODA = Reference(
    "toda1995",
    "causality between series that may be integrated",
    "Toda, Hiro Y. and Yamamoto, Taku",
    "Statistical inference in vector autoregressions with possibly integrated processes",
    "Journal of Econometrics",
    "1995",
    "66",
    "225–250",
    "10.1016/0304-4076(94)01616-8",
)
JORDA = Reference(
    "jorda2005",
    "responses to a shock by local projections",
    "Jordà, Òscar",
    "Estimation and inference of impulse responses by local projections",
    "American Economic Review",
    "2005",
    "95",
    "161–182",
    "10.1257/0002828053828518",
)
UHLIG = Reference(
    "uhlig2005",
    "responses known by their signs alone",
    "Uhlig, Harald",
    "What are the effects of monetary policy on output? Results from an agnostic "
    "identification procedure",
    "Journal of Monetary Economics",
    "2005",
    "52",
    "381–419",
    "10.1016/j.jmoneco.2004.05.007",
)
EO = Reference(
    "eo2015",
    "the order of breaks, with limits",
    "Eo, Yunjong and Morley, James",
    "Likelihood-ratio-based confidence sets for the timing of structural breaks",
    "Quantitative Economics",
    "2015",
    "6",
    "463–497",
    "10.3982/QE186",
)
CAVALIERE = Reference(
    "cavaliere2012",
    "the number of long-run relations",
    "Cavaliere, Giuseppe and Rahbek, Anders and Taylor, A. M. Robert",
    "Bootstrap determination of the co-integration rank in vector autoregressive models",
    "Econometrica",
    "2012",
    "80",
    "1721–1740",
    "10.3982/ECTA9099",
)
JOHANSEN = Reference(
    "johansen1991",
    "the long-run relations of series that wander",
    "Johansen, Søren",
    "Estimation and hypothesis testing of cointegration vectors in Gaussian vector "
    "autoregressive models",
    "Econometrica",
    "1991",
    "59",
    "1551–1580",
    "10.2307/2938278",
)
RUBIN = Reference(
    "rubin1982",
    "the factor that a pair shares with the donors",
    "Rubin, Donald B. and Thayer, Dorothy T.",
    "EM algorithms for ML factor analysis",
    "Psychometrika",
    "1982",
    "47",
    "69–76",
    "10.1007/BF02293851",
)
ANDREWS = Reference(
    "andrews1993",
    "whether a price gap closes",
    "Andrews, Donald W. K.",
    "Exactly median-unbiased estimation of first order autoregressive/unit root models",
    "Econometrica",
    "1993",
    "61",
    "139–165",
    "10.2307/2951781",
)
SIMONSOHN = Reference(
    "simonsohn2020",
    "the whole specification curve",
    "Simonsohn, Uri and Simmons, Joseph P. and Nelson, Leif D.",
    "Specification curve analysis",
    "Nature Human Behaviour",
    "2020",
    "4",
    "1208–1214",
    "10.1038/s41562-020-0912-z",
)
BY_QUESTION = {
    "lead_lag": (HAUGH,),
    "granger": (TODA,),
    "local_projections": (JORDA,),
    "sign_restricted": (UHLIG,),
    "break_order": (EO,),
    "cointegration": (CAVALIERE, JOHANSEN),
    "common_factor": (RUBIN,),
    "price_gap": (ANDREWS,),
}
