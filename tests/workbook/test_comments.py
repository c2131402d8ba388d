"""What people write onto cells is read as they see it, out of whatever their program writes."""

from __future__ import annotations

import io
import time

import pytest
import xlsxwriter
from foreign import MAIN, TYPES, cells, parts, plain, relations, saved, zipped
from openpyxl import Workbook
from openpyxl.comments import Comment

from vinbatch.model import Source
from vinbatch.ruleset import Ruleset
from vinbatch.workbook import book, comments
from vinbatch.workbook.read import read

THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
STUB = (
    "[线程批注]\n\n你的 Excel 版本可读取此线程批注; 但如果在更新版本的 Excel 中打开文件，"
    "则对批注所作的任何改动都将被删除。"
    "了解详细信息: https://go.microsoft.com/fwlink/?linkid=870924\n\n注释:\n    VIN待核"
)
GOOGLE = (
    "======\nID#AAACHv6r0RQ\n王芳    (2026-09-29 14:21:50)\n先不报\n"
    "------\nID#AAACHv6r0RU\n李强    (2026-09-29 15:00:00)\n好的: 等通知"
)
Found = tuple[tuple[int, int, str], ...]


def note(ref: str, *runs: str, author: int = 0) -> str:
    told = "".join(f"<r><rPr><sz val='9'/></rPr><t>{run}</t></r>" for run in runs)
    return f'<comment ref="{ref}" authorId="{author}"><text>{told}</text></comment>'


def notes(*made: str, authors: tuple[str, ...] = ("王芳",)) -> str:
    listed = "".join(f"<author>{author}</author>" for author in authors)
    return (
        f'<comments xmlns="{MAIN}"><authors>{listed}</authors>'
        f"<commentList>{''.join(made)}</commentList></comments>"
    )


def thread(*made: tuple[str, str, str]) -> str:
    """(address, text, further attributes) …"""
    told = "".join(
        f'<threadedComment ref="{ref}" personId="{{1}}" {more}><text>{text}</text></threadedComment>'
        for ref, text, more in made
    )
    return f'<ThreadedComments xmlns="{THREADS}">{told}</ThreadedComments>'


def commented(xml: str | None = None, threads: str | None = None) -> bytes:
    """A workbook of two rows and two columns with these parts."""
    made = parts(cells("VIN", "颜色") + cells("WBA13BJ03MCF12345", "白", row=2))
    made["xl/worksheets/_rels/sheet1.xml.rels"] = relations(
        ("vmlDrawing", "../drawings/vmlDrawing1.vml"),
        ("comments", "../comments1.xml"),
        ("threadedComment", "../threadedComments/threadedComment1.xml"),
    ).replace(f"{TYPES}/threaded", "http://schemas.microsoft.com/office/2017/10/relationships/threaded")
    if xml is not None:
        made["xl/comments1.xml"] = xml
    if threads is not None:
        made["xl/threadedComments/threadedComment1.xml"] = threads
    return zipped(made)


def first(ruleset: Ruleset, data: bytes) -> Found:
    parsed = read(Source("x.xlsx", "0"), data, ruleset)
    assert parsed.refusal is None, parsed.refusal
    return parsed.sheets[0].comments


@pytest.mark.parametrize(
    ("xml", "found"),
    [
        (notes(note("A2", "王芳:", "\nVIN待核")), ((2, 1, "VIN待核"),)),
        (notes(note("$A$2", "王芳：这台先不报")), ((2, 1, "这台先不报"),)),
        (notes(note("B2", "李强: 待核", author=1), note("A2", "x"), authors=("王芳", "王芳芳")), None),
        (notes(note("A2", "王芳")), ((2, 1, "王芳"),)),
        (notes(note("A2", "待核", author=9)), ((2, 1, "待核"),)),
        (notes(note("A2", "王芳:\n ")), ()),
        (notes(note("C2", "x"), note("A3", "y"), note("A", "z"), note("", "z")), ()),
        (notes(note("A1", "标题"), note("A2", "a", "b\n\nc")), ((1, 1, "标题"), (2, 1, "ab c"))),
        (notes(note("A2", "a_x000D_\nb")), ((2, 1, "a b"),)),
        (notes(note("A2", STUB), authors=("tc={1-2}",)), ((2, 1, "VIN待核"),)),
        (notes(note("A2", STUB)), ((2, 1, "VIN待核"),)),  # saved anew by who knows no threads
        (
            notes(note("A2", f"{STUB.partition('了')[0]}\n\n注释:\n    先不报"), authors=("tc={1}",)),
            ((2, 1, "先不报"),),
        ),
        (notes(note("A2", GOOGLE), authors=("",)), ((2, 1, "先不报 / 好的: 等通知"),)),
        (
            notes('<comment ref="A2" authorId="0"><text><t>待核</t><rPh><t>まつ</t></rPh></text></comment>'),
            ((2, 1, "待核"),),
        ),
        (notes(note("A2", "长" * 5000)), ((2, 1, "长" * 1000),)),
    ],
)
def test_a_note_is_its_text_without_its_author(ruleset: Ruleset, xml: str, found: Found | None) -> None:
    expected = ((2, 1, "x"), (2, 2, "李强: 待核")) if found is None else found
    assert first(ruleset, commented(xml)) == expected


def test_tags_may_have_a_prefix(ruleset: Ruleset) -> None:
    xml = notes(note("A2", "待核")).replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    assert first(ruleset, commented(xml.replace("xmlns=", "xmlns:x="))) == ((2, 1, "待核"),)


def test_a_thread_counts_with_its_answers_and_not_its_stub(ruleset: Ruleset) -> None:
    told = thread(("A2", "VIN待核", ""), ("A2", "问过海关了", 'parentId="{2}"'))
    data = commented(notes(note("A2", STUB), note("B2", "先不报"), authors=("tc={1}",)), told)
    assert first(ruleset, data) == ((2, 1, "VIN待核 / 问过海关了"), (2, 2, "先不报"))


def test_a_thread_that_was_resolved_is_settled(ruleset: Ruleset) -> None:
    told = thread(
        ("A2", "VIN待核", 'id="{a}" done="1"'), ("A2", "对的", 'parentId="{A}"'), ("B2", "y", 'done="0"')
    )
    data = commented(notes(note("A2", STUB), authors=("tc={1}",)), told)
    assert first(ruleset, data) == ((2, 2, "y"),)


def test_one_that_was_resolved_settles_no_other_of_its_cell(ruleset: Ruleset) -> None:
    """Excel has one a cell, Google's spreadsheet any number: “先不报” went out with another question."""
    told = thread(("A2", "颜色对吗", 'id="{1}" done="1"'), ("A2", "先不报", 'id="{2}"'))
    assert first(ruleset, commented(threads=told)) == ((2, 1, "先不报"),)


@pytest.mark.parametrize(
    ("said", "author", "found"),
    [
        (STUB.replace("了解详细信息: https://go.microsoft.com/fwlink/?linkid=870924", ""), "tc={1}", ()),
        (STUB, "王芳", ()),  # a program without threads saved it anew
        ("VIN待核", "王芳", ()),
        ("先不报", "王芳", ((2, 1, "先不报"),)),
    ],
    ids=["no link", "no author", "the same", "its own"],
)
def test_a_cell_may_have_a_note_beside_a_thread(
    ruleset: Ruleset, said: str, author: str, found: Found
) -> None:
    """It was taken for what old programs show of the thread, and was gone with it."""
    told = thread(("A2", "VIN待核", 'id="{1}" done="1"'))
    assert first(ruleset, commented(notes(note("A2", said), authors=(author,)), told)) == found


def test_of_a_long_thread_the_newest_answer_is_kept(ruleset: Ruleset) -> None:
    told = thread(
        *(("A2", "长" * 99, f'id="{{{n}}}"') for n in range(20)), ("A2", "先不报", 'parentId="{1}"')
    )
    ((_, _, text),) = first(ruleset, commented(threads=told))
    assert (len(text), text[:3], text[-3:]) == (1000, "长长长", "先不报")


def test_thousands_on_one_cell_take_no_minutes() -> None:
    """Each note was compared with all threads of its cell put together anew."""
    many = 9000
    xml = notes(*(note("A2", "长" * 300) for _ in range(many)))
    told = thread(*(("A2", "短" * 300, f'id="{n}"') for n in range(many)))
    began = time.process_time()
    ((_, _, text),) = comments.comments_of(
        tuple(book.CommentPart("x", part.encode()) for part in (xml, told)), 2, 1
    )
    assert (text[0], text[-1], time.process_time() - began < 3) == ("长", "短", True)


def by_openpyxl() -> bytes:
    made = Workbook()
    made.active.append(["VIN"])
    made.active.append(["A"])
    made.active["A2"].comment = Comment("王芳:\nVIN待核", "王芳")
    made.create_sheet("别的").append(["x"])
    made["别的"]["A1"].comment = Comment("另一张", "王芳")
    return saved(made)


def by_xlsxwriter() -> bytes:
    made = xlsxwriter.Workbook(out := io.BytesIO())
    sheet = made.add_worksheet()
    sheet.write_column(0, 0, ["VIN", "A"])
    sheet.write_comment(1, 0, "VIN待核", {"author": "王芳"})
    made.close()
    return out.getvalue()


@pytest.mark.parametrize("data", [by_openpyxl(), by_xlsxwriter()], ids=["openpyxl", "xlsxwriter"])
def test_as_programs_write_them(ruleset: Ruleset, data: bytes) -> None:
    assert first(ruleset, data) == ((2, 1, "VIN待核"),)


def test_a_part_that_is_named_and_not_there_is_none(ruleset: Ruleset) -> None:
    assert first(ruleset, commented(threads=thread())) == ()


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ("<comments><commentList>", "FILE-DAMAGED"),
        ("no XML", "FILE-DAMAGED"),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><comments>&a;</comments>', "FILE-DOCTYPE"),
        (notes(*["<r/>" * 1000] * 801), "FILE-EXCESSIVE"),
    ],
    ids=["cut off", "text", "doctype", "excessive"],
)
def test_a_part_that_cannot_be_read_refuses_the_file_and_says_so(
    ruleset: Ruleset, xml: str, code: str
) -> None:
    """What somebody wrote about a row would be lost with it."""
    refusal = read(Source("x.xlsx", "0"), commented(xml), ruleset).refusal
    assert refusal is not None
    assert refusal.code == code


def test_a_workbook_without_comments_is_not_looked_at_closer(
    ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    relations_of = book._relations

    def counted(parts: book.Parts, path: str) -> list[book.Attributes]:
        asked.append(path)
        return relations_of(parts, path)

    monkeypatch.setattr(book, "_relations", counted)
    monkeypatch.setattr(comments, "_read", None)
    assert first(ruleset, plain()) == ()
    assert asked == ["", "xl/workbook.xml"]
