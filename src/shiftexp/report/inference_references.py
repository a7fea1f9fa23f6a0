"""The publications behind wrappers, flows and negative controls."""

from __future__ import annotations

from shiftexp.report.reference import Reference

CONLEY = Reference(
    "conley2011",
    "donors one at a time as the law of an effect",
    "Conley, Timothy G. and Taber, Christopher R.",
    'Inference with "difference in differences" with a small number of policy changes',
    "Review of Economics and Statistics",
    "2011",
    "93",
    "113–125",
    "10.1162/REST_a_00049",
)
FERMAN = Reference(
    "ferman2019",
    "donors one at a time, their variance made that of a side",
    "Ferman, Bruno and Pinto, Cristine",
    "Inference in differences-in-differences with few treated groups and heteroskedasticity",
    "Review of Economics and Statistics",
    "2019",
    "101",
    "452–467",
    "10.1162/rest_a_00759",
)
MACKINNON = Reference(
    "mackinnon2020",
    "permutation of who was touched, with few who were",
    "MacKinnon, James G. and Webb, Matthew D.",
    "Randomization inference for difference-in-differences with few treated clusters",
    "Journal of Econometrics",
    "2020",
    "218",
    "435–450",
    "10.1016/j.jeconom.2020.04.024",
)
ROTH = Reference(
    "roth2022",
    "what a test before the onset can and cannot find",
    "Roth, Jonathan",
    "Pretest with caution: event-study estimates after testing for parallel trends",
    "American Economic Review: Insights",
    "2022",
    "4",
    "305–322",
    "10.1257/aeri.20210236",
)
ANDREWS_END = Reference(
    "andrews2003",
    "the periods after the onset against blocks before it",
    "Andrews, Donald W. K.",
    "End-of-sample instability tests",
    "Econometrica",
    "2003",
    "71",
    "1661–1694",
    "10.1111/1468-0262.00466",
)
ANDREWS_KIM = Reference(
    "andrews2006",
    "tests of a relation that ends within a few periods",
    "Andrews, Donald W. K. and Kim, Jae-Young",
    "Tests for cointegration breakdown over a short time period",
    "Journal of Business & Economic Statistics",
    "2006",
    "24",
    "379–394",
    "10.1198/073500106000000297",
)
KUENSCH = Reference(
    "kuensch1989",
    "a bootstrap of blocks of periods",
    "Künsch, Hans R.",
    "The jackknife and the bootstrap for general stationary observations",
    "Annals of Statistics",
    "1989",
    "17",
    "1217–1241",
    "10.1214/aos/1176347265",
)
BEN_MICHAEL = Reference(
    "benmichael2021",
    "a ridge regression for what weights of donors leave",
    "Ben-Michael, Eli and Feller, Avi and Rothstein, Jesse",
    "The augmented synthetic control method",
    "Journal of the American Statistical Association",
    "2021",
    "116",
    "1789–1803",
    "10.1080/01621459.2021.1929245",
)
BERGER = Reference(
    "berger1982",
    "a lower limit of a flow that both sides must show",
    "Berger, Roger L.",
    "Multiparameter hypothesis testing and acceptance sampling",
    "Technometrics",
    "1982",
    "24",
    "295–300",
    "10.1080/00401706.1982.10487790",
)
LIPSITCH = Reference(
    "lipsitch2010",
    "negative controls, in which nothing is known to have happened",
    "Lipsitch, Marc and Tchetgen Tchetgen, Eric and Cohen, Ted",
    "Negative controls: a tool for detecting confounding and bias in observational studies",
    "Epidemiology",
    "2010",
    "21",
    "383–388",
    "10.1097/EDE.0b013e3181d61eeb",
)
BY_WRAPPER = {
    "ConleyTaber": (CONLEY,),
    "FermanPinto": (FERMAN,),
    "Permutation": (MACKINNON,),
    "Placebo": (ROTH,),
    "EndOfSample": (ANDREWS_END, ANDREWS_KIM),
    "BlockBootstrap": (KUENSCH,),
}
