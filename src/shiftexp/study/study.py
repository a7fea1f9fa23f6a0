"""Study: a TOML file as an object that can be run, and run again with the same numbers."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from shiftexp.design import Gate
from shiftexp.errors import Problem, StudyError, suggest
from shiftexp.report.language import Words
from shiftexp.report.page import DesignPage, StudyPage
from shiftexp.scalars import no_workers, refuse
from shiftexp.study.checking import check_pages
from shiftexp.study.fitting import Case
from shiftexp.study.further import run_pool
from shiftexp.study.outputs import provenance, write_outputs
from shiftexp.study.pieces import one_thread, run_cells
from shiftexp.study.reading import read_file, read_text
from shiftexp.study.running import Runner
from shiftexp.study.spec import StudySpec
from shiftexp.study.writing import to_table


@dataclass(frozen=True)
class Study:
    """A declared study: which data, which designs, which estimators, which evidence.

    Parameters
    ----------
    spec : StudySpec
        What the file says.
    folder : str, default "."
        Where a relative data file is looked for.

    Notes
    -----
    When not to use it: to look for an onset. A study is declared before its results are seen; every
    cell in it is run and shown.

    Examples
    --------
    >>> study = Study.demo()
    >>> study.spec.cells[0].name
    'cannabis_production'
    >>> Study.from_text(study.to_toml()) == study
    True
    """

    spec: StudySpec
    folder: str = "."

    @classmethod
    def from_toml(cls, path: str | Path) -> Study:
        """Return the study of a file.

        Parameters
        ----------
        path : str or Path
            The TOML file.

        Raises
        ------
        StudyError
            When the file is unreadable, no TOML, empty, or holds wrong keys, types or values.
        """
        return cls.from_text(read_file(path), folder=str(Path(path).parent))

    @classmethod
    def from_text(cls, text: str, folder: str = ".") -> Study:
        """Return the study a TOML text says.

        Parameters
        ----------
        text : str
            The TOML text.
        folder : str, default "."
            Where a relative data file is looked for.

        Raises
        ------
        StudyError
            When the text is no TOML, empty, or holds wrong keys, types or values.
        """
        spec = read_text(text)
        check_pages(spec)
        return cls(spec, folder)

    @classmethod
    def demo(cls) -> Study:
        """Return the bundled study: Belgium and the Netherlands, every declared design."""
        return cls.from_text((files("shiftexp.study") / "dismark.toml").read_text("utf-8"))

    def to_toml(self) -> str:
        """Return the study as a file; reading it gives the same study."""
        import tomli_w

        return tomli_w.dumps(to_table(self.spec))

    def gates(self) -> dict[str, Gate]:
        """Return the answer of the data gate for every cell; nothing is fitted.

        Returns
        -------
        dict of str to Gate
            By name of the cell.

        Raises
        ------
        StudyError
            With everything that is wrong with the data, or with the design or series of any cell.

        Examples
        --------
        >>> str(Study.demo().gates()["cocaine_wholesale"])
        'pass'
        """
        return Runner(self.spec, Path(self.folder)).gates()

    def case(self, name: str) -> Case:
        """Return one cell with its panel, design and declarations; nothing is fitted.

        Parameters
        ----------
        name : str
            The cell.

        Raises
        ------
        StudyError
            When there is no such cell, or its design, series or file cannot be had.
        """
        cells = {cell.name: cell for cell in self.spec.cells}
        if name not in cells:
            problem = Problem(f"cell {name!r}", "a cell of the study", suggest(name, cells))
            raise StudyError(problem, key="cell")
        return Runner(self.spec, Path(self.folder)).case(cells[name])

    def run(
        self, out: str | Path | None = None, *, language: str | None = None, n_jobs: int = -1
    ) -> StudyPage:
        """Run every cell.

        Parameters
        ----------
        out : str or Path, optional
            A folder for the report, tables, figures and provenance; nothing is written without one.
        language : {"en", "nl", "fr"}, optional
            What the report is written in; without it that of the file. The tables of the folder are
            in English, since programs read them.
        n_jobs : int, default -1
            Workers, as joblib counts them: -1 takes all cores. Never more are started than there is
            work for, and none for a small study. What is found and written does not depend on it,
            to the last byte.

        Returns
        -------
        StudyPage
            Everything the report shows, verdicts first; specification curves, dated events,
            questions of timing, descriptions, rival hypotheses and pools where the file asks for
            them; negative controls of primary designs only, since those of all designs would take
            twice as long again as all the rest.

        Raises
        ------
        StudyError
            When a design or its data cannot be had, or the folder cannot be written to.
        DesignError
            When there are no phrases of that language, or ``n_jobs`` is no number of workers;
            nothing is run then.
        """
        words = Words(self.spec.language if language is None else language)
        refuse(*no_workers(n_jobs))
        with one_thread():
            return self._run(out, words, n_jobs)

    def _run(self, out: str | Path | None, words: Words, n_jobs: int) -> StudyPage:
        """Run every cell, in pieces, and write what is found."""
        runner = Runner(self.spec, Path(self.folder))
        found = run_cells(runner, n_jobs, drawn=out is not None)
        pages: dict[str, list[DesignPage]] = {}
        for cell, designed in zip(self.spec.cells, found, strict=True):
            pages.setdefault(cell.page or cell.name, []).append(designed.page)
        cells = tuple(runner.cell_page(name, tuple(each)) for name, each in pages.items())
        digests = {designed.page.name: designed.digest for designed in found}
        designs = {designed.page.name: designed.page for designed in found}
        page = StudyPage(
            self.spec.title,
            cells,
            provenance(self.to_toml(), self.spec.seed, digests),
            tuple(run_pool(pool, designs) for pool in self.spec.pools),
        ).in_language(words.language)
        if out is not None:
            write_outputs(page, out, [kept for designed in found for kept in designed.drawings])
        return page
