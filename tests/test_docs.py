"""What the documents say is there: files, pictures, commands, targets, terms, and no trace of the machine they were written on.

Commands are parsed as the shell, make and `mingcha` parse them, never run: running them is what the other tests do.
"""

from __future__ import annotations

import doctest
import importlib
import re
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from pipelines.cli import app

ROOT = Path(__file__).parents[1]
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TEXTS = [
    path
    for folder in ("dashboards", "docs", "models", "pipelines", "quality", "scripts", "warehouse", ".ci")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".py", ".sql", ".yaml", ".md", ".sh", ".css", ".js", ".csv"}
] + sorted([*ROOT.glob("*.md"), ROOT / "Makefile", ROOT / "pyproject.toml", ROOT / "workspace.yaml"])
README = ROOT / "README.md"
GLOSSARY = ROOT / "docs" / "glossary.md"
_TOP = ("dashboards", "docs", "models", "pipelines", "quality", "scripts", "tests", "warehouse")
_PATH = re.compile(rf"`((?:{'|'.join(_TOP)})/[\w./-]+)`")
_EXAMPLES = ("pipelines/feeds/riverbend/",)  # the pack that the guide has its reader write
_LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.M | re.S)
_SPAN = re.compile(r"`((?:mingcha|make) [^`\n]+)`")
_FREE = {".", "cd", "python3"}  # first words of a command that need no further look here
COMMAND = typer.main.get_command(app)


EXAMPLES = [path for path in TEXTS if path.suffix == ".py" and ">>> " in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_examples_of_docstrings_are_true(path: Path) -> None:
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    found = doctest.testmod(module, raise_on_error=False)
    assert found.attempted
    assert not found.failed


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(path: Path) -> list[str]:
    """The blocks that a reader is to run: ```sh. What a command prints stands in ```text."""
    return _BLOCK.findall(text_of(path))


def lines_of(block: str) -> list[list[str]]:
    """The commands of a block as words, without comments; a line that ends in a backslash goes on."""
    whole = block.replace("\\\n", " ")
    return [words for line in whole.splitlines() if (words := shlex.split(line, comments=True))]


def walk(words: list[str]) -> tuple[Any, list[str]]:
    """The command of `mingcha` that words name, and the words left for it."""
    found: Any = COMMAND
    while words and hasattr(found, "commands"):
        if words[0] not in found.commands:
            raise LookupError(f"mingcha has no command {' '.join(words)}")
        found, words = found.commands[words[0]], words[1:]
    return found, words


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.M))


def wrong_in_make(words: list[str]) -> list[str]:
    """Targets that the Makefile lacks, and variables that it never reads."""
    variables = set(re.findall(r"^([A-Z_]+) [?:]?=", text_of(ROOT / "Makefile"), re.M))
    wrong = []
    for word in words:
        name, is_variable, _ = word.partition("=")
        if name not in (variables if is_variable else targets()):
            wrong.append(f"make {word}")
    return wrong


def wrong_in_mingcha(words: list[str], *, whole: bool) -> list[str]:
    """What `mingcha` would refuse; `whole`: these are all its words, so that what it requires must be there."""
    told = "mingcha " + " ".join(words)
    try:
        command, rest = walk(words)
        if whole:
            command.make_context(told, list(rest)).close()
    except LookupError as error:
        return [str(error)]
    except Exception as error:  # typer carries its own copy of click, whose errors have no public name
        return [f"{told}: {error}"]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    asked = [word for word in rest if word.startswith("--")]
    return [f"{told}: no option {word}" for word in asked if word.partition("=")[0] not in known]


def wrong_command(words: list[str], *, whole: bool) -> list[str]:
    if words[0] == "make":
        return wrong_in_make(words[1:])
    if words[0] == "mingcha":
        return wrong_in_mingcha(words[1:], whole=whole)
    return [] if words[0] in _FREE else [f"{words[0]}: not a command that the documents use"]


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "docs/decisions.md", "docs/glossary.md"])
def test_the_documents_are_there(name: str) -> None:
    assert len(text_of(ROOT / name)) > 1000


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_every_file_that_a_document_names_is_there(path: Path) -> None:
    text = text_of(path)
    named = {name.rstrip(".") for name in _PATH.findall(text) if not name.startswith(_EXAMPLES)}
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
    assert [link for link in _LINK.findall(text) if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_every_command_that_a_document_names_is_one(path: Path) -> None:
    wrong = [w for span in _SPAN.findall(text_of(path)) for w in wrong_command(span.split(), whole=False)]
    assert wrong == []


def test_every_command_that_a_message_names_is_one() -> None:
    """An error tells its reader what to run: that command must be there."""
    wrong = {}
    for path in TEXTS:
        if path.suffix == ".py":
            spans = [span.split() for span in _SPAN.findall(text_of(path)) if "{" not in span]
            if found := [w for words in spans for w in wrong_command(words, whole=False)]:
                wrong[str(path.relative_to(ROOT))] = found
    assert wrong == {}


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_every_block_to_run_can_be_run(path: Path) -> None:
    wrong = []
    for block in blocks(path):
        parsed = subprocess.run(["sh", "-n"], input=block, text=True, capture_output=True, check=False)
        wrong += [parsed.stderr] if parsed.returncode else []
        wrong += [w for words in lines_of(block) for w in wrong_command(words, whole=True)]
    assert wrong == []


def test_the_readme_has_blocks_to_run() -> None:
    first = [words[0] for block in blocks(README) for words in lines_of(block)]
    assert {"make", "mingcha"} <= set(first)


@pytest.mark.parametrize(
    "line",
    [
        "make runn",
        "make run SPEED=9",
        "mingcha refesh",
        "mingcha refresh",
        "mingcha refresh --feeed simulated",
        "mingcha export grade --out a.csv",
        "mingcha export grades --out",
        "rm -rf .venv",
    ],
)
def test_a_wrong_command_is_found(line: str) -> None:
    assert wrong_command(shlex.split(line), whole=True)


def test_the_readme_lists_the_commands_as_help_does() -> None:
    helped = []
    for name, command in COMMAND.commands.items():  # type: ignore[attr-defined]
        helped += [f"{name} {sub}" for sub in command.commands] if hasattr(command, "commands") else [name]
    assert re.findall(r"^\| `mingcha ([^`]+)` \|", text_of(README), re.M) == helped


def glossary() -> list[tuple[str, str, str]]:
    """Term, name in code and source of every row of the glossary."""
    found = re.findall(r"^\| ([^|]+) \| `([a-z_]+)` \| ([^|]+) \|", text_of(GLOSSARY), re.M)
    return [(term.strip(), name, source.strip()) for term, name, source in found]


def test_every_name_of_the_glossary_is_used() -> None:
    used = set()
    for folder in ("dashboards", "models", "pipelines", "quality", "warehouse"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".sql", ".yaml"}:
                used |= set(re.findall(r"\w+", text_of(path)))
    assert len(glossary()) > 50
    named = set(re.findall(r"`([a-z_]+)`", text_of(GLOSSARY)))
    assert named - used == set()


def test_a_term_has_one_name_and_a_name_one_term() -> None:
    terms = [term for term, _, _ in glossary()]
    names = [name for _, name, _ in glossary()]
    assert [t for t in terms if terms.count(t) > 1] == []
    assert [n for n in names if names.count(n) > 1] == []


def test_every_source_of_the_glossary_is_registered() -> None:
    basis = yaml.safe_load(text_of(ROOT / "models" / "policy" / "basis.yaml"))
    cited = {source.strip("`") for _, _, source in glossary() if source.startswith("`")}
    assert cited
    assert cited - set(basis) == set()


def test_no_column_is_a_bare_grade() -> None:
    columns = yaml.safe_load(text_of(ROOT / "warehouse" / "contracts" / "columns.yaml"))
    assert {"grade", "level", "score"} & set(columns) == set()


def test_the_version_has_its_entry_in_the_changelog() -> None:
    version = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["version"]
    entries = re.findall(r"^## \[([^\]]+)\]", text_of(ROOT / "CHANGELOG.md"), re.M)
    assert version in entries


def test_every_rule_stands_in_the_changelog() -> None:
    """A rule that is not told to the people it applies to; `indicator.*` tells of a whole folder."""
    told = text_of(ROOT / "CHANGELOG.md")
    rules = [p for p in (ROOT / "models" / "policy").rglob("*.yaml") if p.name != "basis.yaml"]
    named = [f"{p.parent.name}.{p.stem}" for p in sorted(rules) if f"`{p.parent.name}.*`" not in told]
    assert [name for name in named if f"`{name}`" not in told] == []


def test_nothing_names_the_machine_it_was_written_on() -> None:
    traces = ("/work/", "/root/", "/home/", "/tmp/")  # noqa: S108 (looked for, not used)
    found = [
        f"{path.relative_to(ROOT)}: {trace}"
        for path in TEXTS
        for trace in traces
        if trace in path.read_text(encoding="utf-8", errors="replace")
    ]
    assert found == []
