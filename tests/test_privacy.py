"""What names a person has a purpose and a term, the document says so, and viewers who need not see it do not."""

from datetime import date
from pathlib import Path

from models.policy.loader import Policy
from warehouse import catalog

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- columns: kept equal to columns.yaml by tests/test_privacy.py -->\n", "<!-- /columns -->"
COLUMNS = {column.name: column for table in catalog.all_contracts() for column in table.columns}


def document(classes: dict[str, int | None]) -> str:
    """The table of columns that docs/privacy.md has to hold."""
    lines = ["| 列 | 内容 | 用途 | 保存 | 进快照 |", "|---|---|---|---|---|"]
    for name, column in sorted(COLUMNS.items()):
        if column.keep is not None:
            years = classes[column.keep]
            told = "在册期间" if years is None else f"{years} 年"
            shown = "否" if column.sensitivity == "personal" else "是"
            lines.append(f"| `{name}` | {column.zh} | {column.purpose} | {told}（{column.keep}） | {shown} |")
    return "\n".join(lines) + "\n"


def test_a_personal_column_says_why_it_is_held_and_how_long() -> None:
    classes = Policy.load().at(date(2026, 11, 20)).value("privacy.retention")
    for name, column in COLUMNS.items():
        if column.sensitivity == "personal" or column.keep or column.purpose:
            assert column.purpose, name
            assert column.keep in classes, name
    assert {column.keep for column in COLUMNS.values() if column.keep} == set(classes), "a class that no column uses"


def test_the_document_lists_the_columns_as_they_are() -> None:
    classes = Policy.load().at(date(2026, 11, 20)).value("privacy.retention")
    text = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    assert text.partition(BEGIN)[2].partition(END)[0] == document(classes)
