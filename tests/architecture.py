"""Reads the stairs from ARCHITECTURE.md and the imports from the code; names each broken rule."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "shiftexp"
MOST_LINES = 400
FORBIDDEN_ROOMS = frozenset({"utils", "util", "helpers", "helper", "misc", "common"})
HEAVY = ("jinja2", "matplotlib", "narwhals", "scipy.optimize", "scipy.stats", "statsmodels", "tqdm")
KEPT_IN = {"matplotlib": "plotting"}  # package -> the only room that may import it
KEPT_OUT = {"pandas": "kernels"}  # package -> the room that must not import it


@dataclass(frozen=True)
class Import:
    """One module asking for another: where it stands, and whether it costs at import time."""

    line: int
    target: str
    eager: bool


@dataclass(frozen=True)
class Module:
    """One file of the package, with its dotted name and everything it imports."""

    name: str
    path: Path
    tree: ast.Module
    imports: tuple[Import, ...]

    @property
    def room(self) -> str:
        """Name the room: the first part below the package, "" for the front door."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else ""


def read_floors(text: str) -> dict[str, int]:
    """Read room -> height from the table `| floor | room | purpose |`, ground first."""
    header = re.compile(r"^\|\s*floor\s*\|\s*room\s*\|\s*purpose\s*\|\s*$")
    lines = iter(text.splitlines())
    if not any(header.match(line) for line in lines):
        message = "ARCHITECTURE.md has no table with the header | floor | room | purpose |"
        raise ValueError(message)
    next(lines)
    heights: dict[str, int] = {}
    floors: dict[str, int] = {}
    for line in lines:
        if not line.startswith("|"):
            break
        floor, room, _ = (cell.strip() for cell in line.strip("|\n ").split("|", 2))
        floors.setdefault(floor, len(floors))
        heights[room.strip("`/")] = floors[floor]
    return heights


def read_modules(source: Path) -> tuple[Module, ...]:
    """Parse every file below `source`, the folder that holds the package."""
    paths = {_dotted(path, source): path for path in sorted((source / PACKAGE).rglob("*.py"))}
    modules = []
    for name, path in paths.items():
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        found = tuple(_imports(tree, package, paths.keys()))
        modules.append(Module(name=name, path=path, tree=tree, imports=found))
    return tuple(modules)


def _dotted(path: Path, source: Path) -> str:
    parts = path.relative_to(source).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(tree: ast.Module, package: str, known: Iterable[str]) -> Iterator[Import]:
    names = frozenset(known)
    for node, eager in _statements(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(node.lineno, alias.name, eager)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, package)
            for alias in node.names:
                full = f"{base}.{alias.name}"
                ours = base.split(".")[0] == PACKAGE
                yield Import(node.lineno, base if ours and full not in names else full, eager)
        elif isinstance(node, ast.Call) and (target := _imported_by_name(node)):
            yield Import(node.lineno, target, eager)


def _statements(tree: ast.Module) -> Iterator[tuple[ast.AST, bool]]:
    """Walk the tree; what stands in a function or under TYPE_CHECKING does not run at import."""
    waiting: list[tuple[ast.AST, bool]] = [(tree, True)]
    while waiting:
        node, eager = waiting.pop()
        for child in ast.iter_child_nodes(node):
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            typing = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
            yield child, eager and not inside and not typing
            waiting.append((child, eager and not inside and not typing))


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    above = parts[: len(parts) - node.level + 1]
    return ".".join([*above, node.module] if node.module else above)


def _imported_by_name(node: ast.Call) -> str:
    """Read "x" from import_module("x"); "" when the call is another one."""
    by_name = ast.unparse(node.func) in {"import_module", "importlib.import_module", "__import__"}
    first = node.args[0] if node.args else None
    return str(first.value) if by_name and isinstance(first, ast.Constant) else ""


def broken_stairs(modules: Iterable[Module], heights: dict[str, int]) -> list[str]:
    """Name every import that goes upstairs, sideways, or through the front door."""
    broken = []
    for module in modules:
        if module.room not in heights:
            continue
        for found in module.imports:
            parts = found.target.split(".")
            if parts[0] != PACKAGE:
                continue
            room = parts[1] if len(parts) > 1 else ""
            where = f"{module.name}:{found.line} imports {found.target}"
            if not room:
                broken.append(f"{where}: the front door")
            elif room != module.room and room in heights:
                climb = heights[room] - heights[module.room]
                if climb >= 0:
                    broken.append(f"{where}: {'upstairs' if climb else 'sideways'}")
    return list(dict.fromkeys(broken))


def stale_rooms(modules: Iterable[Module], heights: dict[str, int]) -> list[str]:
    """Name every room that is not listed, and every listed room that is not there."""
    there = {module.room for module in modules} - {""}
    missing = [f"{room}: not listed in ARCHITECTURE.md" for room in sorted(there - heights.keys())]
    ghosts = [f"{room}: listed, not there" for room in sorted(heights.keys() - there)]
    return missing + ghosts


def forbidden_names(modules: Iterable[Module]) -> list[str]:
    """Name every file or folder called utils, helpers, misc or common."""
    return [m.name for m in modules if FORBIDDEN_ROOMS & {p.strip("_") for p in m.name.split(".")}]


def circles(modules: Iterable[Module]) -> list[str]:
    """Name every circle of imports between files, function-level imports included."""
    graph = {m.name: {i.target for i in m.imports} - {m.name} for m in modules}
    found: list[str] = []
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        if name in trail:
            found.append(" -> ".join([*trail[trail.index(name) :], name]))
        elif name not in done:
            for target in sorted(graph[name] & graph.keys()):
                visit(target, (*trail, name))
            done.add(name)

    for name in graph:
        visit(name, ())
    return found


def misplaced_packages(modules: Iterable[Module]) -> list[str]:
    """Name every heavy import at module level and every package imported in the wrong room."""
    broken = []
    for module in modules:
        for found in module.imports:
            where = f"{module.name}:{found.line} imports {found.target}"
            if found.eager and any(_within(found.target, heavy) for heavy in HEAVY):
                broken.append(f"{where}: heavy, import it inside the function")
            for package, room in KEPT_IN.items():
                if _within(found.target, package) and module.room != room:
                    broken.append(f"{where}: only {room} may")
            for package, room in KEPT_OUT.items():
                if _within(found.target, package) and module.room == room:
                    broken.append(f"{where}: {room} may not")
    return list(dict.fromkeys(broken))


def _within(target: str, package: str) -> bool:
    return target == package or target.startswith(f"{package}.")


def long_files(paths: Iterable[Path]) -> list[str]:
    """Name every file of more than 400 lines."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    return [f"{path}: {n} lines" for path, n in lengths.items() if n > MOST_LINES]


def silent_files(paths: Iterable[Path]) -> list[str]:
    """Name every file whose first line is not a docstring."""
    return [str(p) for p in paths if not p.read_text(encoding="utf-8").startswith('"""')]


def undocumented(modules: Iterable[Module]) -> list[str]:
    """Name every public function, class and method without a docstring."""
    return [
        f"{module.name}.{name}"
        for module in modules
        for name, node in _public(module.tree, "")
        if ast.get_docstring(node) is None
    ]


Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def _public(tree: ast.AST, prefix: str) -> Iterator[tuple[str, Definition]]:
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, Definition) or node.name.startswith("_"):
            continue
        if any(ast.unparse(d) in {"overload", "typing.overload"} for d in node.decorator_list):
            continue
        yield prefix + node.name, node
        if isinstance(node, ast.ClassDef):
            yield from _public(node, f"{prefix}{node.name}.")


def unlisted_names(names: Iterable[str], reference: str) -> list[str]:
    """Name every public name that the reference page does not show in backticks."""
    shown = set(re.findall(r"`(?:\w+\.)*(\w+)[^`\n]*`", reference))
    return [name for name in names if name not in shown]
