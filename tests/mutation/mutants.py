"""The mutants of a module: its source with one change. The one rule: what is changed is what the code does.

The changes are those of mutmut's operators, and three more: a condition is turned round, a statement that
only calls something is left out, and so is a ``raise``. Left as they are: annotations, documentation,
imports, ``__all__``, names that only a type checker reads, and the wording of what is raised. What compiles
to the same code is no mutant, nor is SQL in other letters, capital or small.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Iterator

import attrs
import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators, operator_arg_removal

from tests.mutation.swapping import fingerprint

_TEXTS = (cst.SimpleString, cst.ConcatenatedString, cst.FormattedString)
_SQL = re.compile(
    r"\b(SELECT|FROM|WHERE|AND|VALUES|INSERT|UPDATE|DELETE|ORDER BY|DROP|PRAGMA|BEGIN|COMMIT)\b"
)
_FOR_TYPES_ONLY = {"TypeVar", "cast", "NewType", "ParamSpec"}


@attrs.frozen
class Mutant:
    """A module's source with one change. *where* is the function or class that it is in."""

    file: str
    where: str
    line: int
    before: str
    after: str
    source: str = attrs.field(repr=False)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What it is known by, also after lines have moved."""
        return (self.file, self.where, self.before, self.after)


def mutants(file: str, source: str) -> Iterator[Mutant]:
    """Every mutant of a *source*, in its order. *file* is its name, relative to the root."""
    module = cst.parse_module(source)
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    visitor = _Visitor()
    wrapper.visit(visitor)
    seen = {fingerprint(compile(source, file, "exec", dont_inherit=True))}
    parts = _Parts(module)
    for where, line, statement, old, new in visitor.changes:
        changed = parts.with_other(statement, old, new)
        code = _compiled(changed, file)
        if code is None or (found := fingerprint(code)) in seen:
            continue
        seen.add(found)
        yield Mutant(file, where, line, *_difference(source, changed), changed)


class _Parts:
    """A module as the texts of its outermost statements, so that a change writes but one of them anew."""

    def __init__(self, module: cst.Module) -> None:
        self._module = module
        self._place = {id(one): number for number, one in enumerate(module.body, start=1)}
        texts = map(module.code_for_node, module.body)
        header, footer = (
            "".join(map(module.code_for_node, lines)) for lines in (module.header, module.footer)
        )
        self._texts = [header, *texts, footer]

    def with_other(self, statement: cst.CSTNode, old: cst.CSTNode, new: cst.CSTNode) -> str:
        """The source with another node somewhere in one of the statements."""
        changed = new if statement is old else statement.deep_replace(old, new)
        place = self._place[id(statement)]
        if not isinstance(changed, cst.CSTNode):
            raise TypeError(changed)
        text = self._module.code_for_node(changed)
        return "".join([*self._texts[:place], text, *self._texts[place + 1 :]])


def _compiled(source: str, file: str) -> types.CodeType | None:
    try:
        return compile(source, file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None


def _difference(before: str, after: str) -> tuple[str, str]:
    """The lines that differ, each on one line."""
    old, new = before.splitlines(), after.splitlines()
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return " ".join(" ".join(old).split()), " ".join(" ".join(new).split())


class _Visitor(cst.CSTVisitor):
    """Goes over a module and notes each change: where, on which line, in which statement, what by what."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.changes: list[tuple[str, int, cst.CSTNode, cst.CSTNode, cst.CSTNode]] = []
        self._names: list[str] = []
        self._raising = 0
        self._outermost: set[int] = set()
        self._statement: cst.CSTNode = cst.Pass()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if _is_left(node) or (self._raising and isinstance(node, _TEXTS)):
            return False
        if isinstance(node, cst.Module):
            self._outermost = {id(one) for one in node.body}
        elif id(node) in self._outermost:
            self._statement = node
        self._raising += isinstance(node, cst.Raise)
        if isinstance(node, cst.ClassDef | cst.FunctionDef):
            self._names.append(node.name.value)
        for new in self._changed(node):
            line = self.get_metadata(PositionProvider, node).start.line
            self.changes.append((".".join(self._names), line, self._statement, node, new))
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        self._raising -= isinstance(original_node, cst.Raise)
        if isinstance(original_node, cst.ClassDef | cst.FunctionDef):
            self._names.pop()

    def _changed(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                changed: Iterable[cst.CSTNode] = operator(node)
                if operator is operator_arg_removal and self._raising:
                    changed = (one for one in changed if not _is_of_a_text(node, one))
                if isinstance(node, cst.SimpleString) and _is_sql(node.value):
                    changed = (one for one in changed if not _are_the_same_letters(node, one))
                yield from changed
        yield from _turned_round(node)
        yield from _left_out(node)


def _is_left(node: cst.CSTNode) -> bool:
    match node:
        case cst.Annotation() | cst.Import() | cst.ImportFrom():
            return True
        case cst.AnnAssign(annotation=cst.Annotation(annotation=cst.Name(name))):
            return name == "TypeAlias"
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(name))]):
            return name == "__all__"
        case cst.If(test=cst.Name(name)):
            return name == "TYPE_CHECKING"
        case cst.Call(func=cst.Name(name)):
            return name in _FOR_TYPES_ONLY
        case _:
            return isinstance(node, cst.Expr) and isinstance(node.value, _TEXTS)


def _is_of_a_text(old: cst.CSTNode, new: cst.CSTNode) -> bool:
    """Whether what a call was robbed of is a text."""
    before, after = cst.ensure_type(old, cst.Call).args, cst.ensure_type(new, cst.Call).args
    gone = [one for one in before if all(one is not kept for kept in after)]
    return all(isinstance(one.value, _TEXTS) for one in gone)


def _is_sql(text: str) -> bool:
    """Whether it has words of SQL, and nothing in quotes, in which letters count."""
    return bool(_SQL.search(text)) and "'" not in text.strip("'")


def _are_the_same_letters(old: cst.SimpleString, new: cst.CSTNode) -> bool:
    return cst.ensure_type(new, cst.SimpleString).value.lower() == old.value.lower()


def _turned_round(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    if isinstance(node, cst.If | cst.While | cst.CompIf | cst.Assert):
        test = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        negated = cst.UnaryOperation(
            operator=cst.Not(), expression=test, lpar=[cst.LeftParen()], rpar=[cst.RightParen()]
        )
        yield node.with_changes(test=negated)


def _left_out(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    if isinstance(node, cst.Raise) or (isinstance(node, cst.Expr) and isinstance(node.value, cst.Call)):
        yield cst.Pass(semicolon=node.semicolon)
