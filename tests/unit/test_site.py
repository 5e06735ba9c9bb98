"""The site of the documentation builds strictly, its links hold, and no page fetches anything from elsewhere."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import trajectory

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("mkdocs", "mkdocstrings", "mkdocstrings_handlers.python")
FETCHING = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href", "object": "data", "embed": "src"}
NOT_FETCHED = {"canonical", "next", "prev"}  # relations of a link element that name a page and load nothing


class Page(HTMLParser):
    """ids, links that may be followed, and what a browser would load at once."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.loads = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        held = dict(attrs)
        self.ids |= {held[k] for k in ("id", "name") if held.get(k)}
        if tag == "a" and held.get("href"):
            self.links.append(held["href"])
        key = FETCHING.get(tag)
        if key and held.get(key) and held.get("rel") not in NOT_FETCHED:
            self.loads.append(held[key])


def there(name):
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    missing = [name for name in NEEDED if not there(name)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (the extra `docs`)")
    out = tmp_path_factory.mktemp("site")
    quiet = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    done = subprocess.run([sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(out)],
                          cwd=ROOT, env=quiet, capture_output=True, text=True, timeout=300)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert not re.findall(r"WARNING|ERROR", done.stdout + done.stderr), done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def pages(site):
    return {p: Page(p.read_text(encoding="utf-8")) for p in site.rglob("*.html")}


def test_every_page_of_docs_is_there(site):
    for source in (ROOT / "docs").rglob("*.md"):
        assert (site / source.relative_to(ROOT / "docs")).with_suffix(".html").is_file(), source.name


def test_links_within_the_site_hold(site, pages):
    broken = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or path.name == "404.html":
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            lost = parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids
            if not target.is_file() or lost:
                broken.append(f"{path.relative_to(site)}: {link}")
    assert not broken, broken[:20]
    assert sum(len(p.links) for p in pages.values()) > 500


def test_no_page_fetches_anything_from_elsewhere(site, pages):
    for path, page in pages.items():
        outside = [x for x in page.loads if urlsplit(x).netloc]
        assert not outside, (path.name, outside)
        for x in page.loads:
            if path.name != "404.html":  # its addresses begin at the root of a server
                assert x.startswith("data:") or (path.parent / unquote(urlsplit(x).path)).is_file(), (path.name, x)
    for sheet in site.rglob("*.css"):
        asked = re.findall(r"url\(\s*['\"]?([^'\")]+)", sheet.read_text(encoding="utf-8")) + re.findall(
            r"@import\s+['\"]([^'\"]+)", sheet.read_text(encoding="utf-8"))  # fmt: skip
        assert not [x for x in asked if urlsplit(x).netloc], sheet.name


def test_every_name_at_the_front_door_stands_in_the_reference(site, pages):
    text = (site / "api.html").read_text(encoding="utf-8")
    missing = [name for name in trajectory.__all__ if f"tj.{name}" not in text]
    assert not missing
    assert "Raises" in text and "deorbit__delta_v" in text  # the docstrings themselves


def test_the_page_of_the_tutorial_shows_what_the_tests_know(site):
    """Figures of the tutorial that other tests hold against the published ones."""
    text = (site / "tutorial.html").read_text(encoding="utf-8")
    assert "10:51:09" in text and "11:44:57" in text
