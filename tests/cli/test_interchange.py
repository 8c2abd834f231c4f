"""Files of other programs: what `noiser explain` writes for them and `noiser open` reads of theirs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.inseq.test_reading import array, document


@pytest.fixture
def theirs(tmp_path: Path) -> str:
    """A file of Inseq's with two texts and two layers."""
    made = document(target_attributions=array([[[0.25, 0.25]], [[0.75, 0.75]], [[0, 0]]]))
    made["info"]["model_name"] = "gpt2"
    made["sequence_attributions"] *= 2
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps(made))
    return str(path)


def test_a_run_is_written_in_every_form_and_inseqs_opens_again(
    run: Run, tiny: str, tmp_path: Path
) -> None:
    for suffix in (".inseq.json", ".inseq.json.gz", ".png", ".parquet", ".tex"):
        path = tmp_path / f"run{suffix}"
        ended = run("explain", "Rivers run", "-m", tiny, "--json", "-o", str(path))
        assert ended.code == 0
        assert path.stat().st_size > 500
        if "inseq" in suffix:
            assert json.loads(run("open", str(path), "--json").out) == json.loads(ended.out)


def test_open_shows_what_inseq_wrote_and_claims_no_more(
    run: Run, theirs: str, tmp_path: Path
) -> None:
    ended = run("open", theirs)
    assert ended.code == 0
    assert "method saliency" in ended.out
    assert "the mean over 2 layers or heads" in ended.err
    assert "The file has 2 texts; this is number 1." in ended.err
    for claimed in ("token-forwards", "seed", "α*", "0 draws", "?"):
        assert claimed not in ended.out
    for suffix in (".html", ".svg", ".png", ".csv", ".tex", ".inseq.json", ".json"):
        assert run("open", theirs, "-o", str(tmp_path / f"again{suffix}")).code == 0
    assert run("open", str(tmp_path / "again.json")).out == ended.out
    assert run("open", str(tmp_path / "again.inseq.json")).out == ended.out
    assert run("open", "-", stdin=Path(theirs).read_bytes()).out == ended.out


def test_open_takes_the_text_that_is_asked_for(run: Run, theirs: str, saved: str) -> None:
    assert "this is number 2" in run("open", theirs, "--text", "2").err
    for file, says in ((theirs, "no text 3: the file has 2"), (saved, "no text 3: a record is of")):
        ended = run("open", file, "--text", "3")
        assert (ended.code, says in ended.err) == (2, True)
