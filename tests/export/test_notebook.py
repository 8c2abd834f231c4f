"""In a notebook an explanation shows itself, and its style touches nothing else there."""

from __future__ import annotations

import re

from noiser.export import render
from tests.export.example import PROMPT, example, generation
from tests.export.test_exports import Page, shown


def test_it_shows_the_heat_map_with_what_hovering_tells() -> None:
    page = Page(example()._repr_html_())
    whole = Page(str(render(example(), ".html")))
    assert page.prompts == ["<s>" + shown(PROMPT)]
    assert page.hovers == whole.hovers
    assert "details" in page.tags
    assert not {"html", "head", "body", "script", "link", "h1"} & set(page.tags)


def test_its_style_is_of_its_own_part_only() -> None:
    text = example()._repr_html_()
    assert text.startswith('<div class="noiser">')
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    bare = re.sub(r"/\*.*?\*/|@media[^{]*\{", "", style[1], flags=re.DOTALL)
    selectors = [one for rule in re.findall(r"([^{}]+)\{", bare) for one in rule.split(",")]
    assert selectors
    assert all(one.strip().startswith(".noiser") for one in selectors)


def test_every_generated_target_is_there() -> None:
    assert len(Page(generation()._repr_html_()).prompts) == 2
