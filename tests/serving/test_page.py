"""The page in a browser: every view, with a keyboard, on a phone, with hostile texts.

Screenshots go to the folder that SEQKIT_SCREENSHOTS names, or to build/screenshots.
"""

import contextlib
import io
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from seqkit.errors import SeqkitError
from seqkit.inspect import Alignment, PointAttention, RegionAttention
from seqkit.results import Order, classified, tagged_text
from seqkit.serving import create_app
from seqkit.task import Field, SequenceTask
from tests.serving.conftest import Shout

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PHONE = {
    "viewport": {"width": 375, "height": 740},
    "color_scheme": "dark",
    "has_touch": True,
    "is_mobile": True,
}
DESKTOP = {"viewport": {"width": 1000, "height": 760}, "color_scheme": "light"}
EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'&amp; 🐕"


class Translates(Shout, SequenceTask):
    """Translates a text word by word."""

    def answers(self, inputs, options):
        return [text[::-1] for text in inputs]

    def attention(self, source, target=None):
        if "blind" in source:
            raise SeqkitError("attention: expected a model that attends")
        words = source.split()
        size = len(words) + 1
        weights = [
            [0.9 if s == size - 2 - t else 0.1 / (size - 1) for s in range(size)]
            for t in range(size - 1)
        ]
        weights.append([0.0] * (size - 1) + [1.0])
        pieces = ["▁" + word for word in words]
        backwards = ["▁" + word[::-1] for word in words[::-1]]
        return Alignment(weights, [*pieces, "</s>"], [*backwards, "</s>"])


class Classifies(Shout):
    """Classifies a text."""

    def answers(self, inputs, options):
        return [classified([EVIL, "good", "bad"], [0.2, 0.7, 0.1]) for _ in inputs]


class Tags(Shout):
    """Marks names in a text."""

    fields = {"tokens": Field("words"), "tags": Field("tags", target=True)}

    def answers(self, inputs, options):
        found = []
        for text in inputs:
            words, at, spans = text.split(), 0, []
            for word in words:
                at = text.index(word, at)
                spans.append((at, at + len(word)))
            tags = ["B-PER" if word.istitle() else "O" for word in words]
            entities = [("PER", i, i + 1) for i, tag in enumerate(tags) if tag != "O"]
            scores = [0.875] * len(words)
            found.append(
                tagged_text(text, words, spans, tags, scores, "news", 0.75, entities)
            )
        return found


class Describes(Shout, SequenceTask):
    """Describes an image."""

    fields = {"image": Field("image"), "captions": Field("texts", target=True)}
    stream = None

    def answers(self, inputs, options):
        return ["a red dot" for _ in inputs]

    def attention(self, image, caption=None):
        weights = [[0.0] * 16 for _ in range(4)]
        for row, place in enumerate((0, 5, 10, 15)):
            weights[row][place] = 1.0
        return RegionAttention(weights, ["▁a", "▁red", "▁dot", "</s>"], (4, 4))


class Hears(Shout):
    """Writes what is said."""

    fields = {"audio": Field("audio"), "text": Field("text", target=True)}
    stream = None

    def answers(self, inputs, options):
        return [f"{len(one)} bytes" for one in inputs]


class Points(Shout, SequenceTask):
    """Points from left to right."""

    fields = {"points": Field("points"), "order": Field("order", target=True)}
    stream = None

    def answers(self, inputs, options):
        orders = [sorted(range(len(one)), key=one.__getitem__) for one in inputs]
        pairs = zip(orders, inputs, strict=True)
        return [Order(order, points, "tour") for order, points in pairs]

    def attention(self, points, order=None):
        weights = [[0.0] * (len(points) + 1) for _ in range(len(order) + 1)]
        for row, index in zip(weights, [*order, len(points)], strict=True):
            row[index] = 1.0
        return PointAttention(weights, points, order)


class Writes(Shout):
    """Continues a text."""

    def stream(self, prompt="", *, max_length=None, seed=None):
        import time

        for number in range(max_length):
            time.sleep(0.02)
            yield f" <b>{number}</b>"


class Outside(Shout):
    """A recipe that has no view of its own."""

    stream = None

    def answers(self, inputs, options):
        return [{"letters": len(text), "text": text} for text in inputs]


MODELS = {
    "translates": Translates,
    "classifies": Classifies,
    "tags": Tags,
    "describes": Describes,
    "hears": Hears,
    "points": Points,
    "writes": Writes,
    "outside": Outside,
}
for cls in (Translates, Classifies, Tags):
    cls.stream = None


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("there is no Chromium")
    api = pytest.importorskip("playwright.sync_api", reason="there is no playwright")
    with api.sync_playwright() as driver:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        found = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield found
        found.close()


@pytest.fixture
def address(registered, listening):
    tasks = {}
    for name, cls in MODELS.items():
        own = {"built": [], "__doc__": cls.__doc__}
        tasks[name] = registered(name, type(cls.__name__, (cls,), own)).build()
    with listening(create_app(tasks, max_wait=0)) as found:
        yield found


@pytest.fixture
def visit(browser, address, repository, request):
    """`with visit(model, **screen) as page`: what goes wrong in it fails the test."""
    default = repository / "build" / "screenshots"
    folder = Path(os.environ.get("SEQKIT_SCREENSHOTS") or default)
    folder.mkdir(parents=True, exist_ok=True)

    @contextlib.contextmanager
    def opened(model, **screen):
        context, wrong = browser.new_context(**screen), []
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append("a text became code"))
        page.on("requestfailed", lambda one: wrong.append(f"{one.url} {one.failure}"))
        page.on(
            "request",
            lambda request: (
                request.url.startswith((address, "blob:", "data:"))
                or wrong.append(f"from elsewhere: {request.url}")
            ),
        )
        page.goto(f"{address}/#{model}")
        page.locator("h1", has_text=model).wait_for()
        yield page
        name = request.node.name.removeprefix("test_").strip("]").replace("[", "-")
        page.screenshot(path=folder / f"{name}.png", full_page=True)
        width = page.locator("body").bounding_box()["width"]
        assert width <= screen["viewport"]["width"]
        context.close()
        assert not [one for one in wrong if "ERR_ABORTED" not in one], wrong

    return opened


def run(page, text):
    page.fill("#text", text)
    page.click("#run")
    page.locator("#result").wait_for(state="visible")
    page.locator("#stop").wait_for(state="hidden")


def weights(page, side):
    """How strongly each word of a side is marked: of the text, or of its result."""
    words = page.locator("#view .words").nth(side).locator(".word")
    return [
        float(words.nth(i).get_attribute("style").partition(":")[2].strip(" ;"))
        for i in range(words.count())
    ]


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_alignment(visit, screen):
    with visit("translates", **screen) as page:
        run(page, "ab cd ef")
        target = page.locator("#view .words").nth(1)
        assert target.inner_text().split() == ["fe", "dc", "ba", "⏎"]
        word = target.locator(".word").first
        word.tap() if screen is PHONE else word.hover()
        page.locator(".word.active").wait_for()
        assert weights(page, 0)[2] == 0.9
        assert "fe ← ef 90.0 %" in page.locator("#view .caption").inner_text()


def test_alignment_by_keyboard_alone(visit):
    with visit("translates", **DESKTOP) as page:
        page.focus("#text")
        page.keyboard.type("ab cd ef")
        page.keyboard.press("Control+Enter")
        page.locator("#view .word").first.wait_for()
        page.focus("#run")
        page.keyboard.press("Tab")  # the words of the text
        page.keyboard.press("ArrowRight")
        assert page.locator(".word.active").inner_text() == "cd"
        page.keyboard.press("Tab")  # those of the result
        assert page.locator(".word.active").inner_text() == "fe"
        assert weights(page, 0)[2] == 0.9
        page.keyboard.press("Escape")
        assert page.locator(".word.active").count() == 0


def test_a_model_without_attention_shows_its_text(visit):
    with visit("translates", **DESKTOP) as page:
        run(page, "blind")
        assert page.locator("#view .text").inner_text() == "dnilb"


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_probabilities(visit, screen):
    with visit("classifies", **screen) as page:
        run(page, "any")
        rows = page.locator(".bars li")
        assert [rows.nth(i).inner_text().split("\n")[0] for i in range(3)] == [
            *("good", EVIL, "bad")
        ]
        assert page.locator(".bars li.chosen").inner_text().startswith("good")
        boxes = [rows.nth(i).locator(".bar div").bounding_box() for i in range(3)]
        whole = rows.first.locator(".bar").bounding_box()["width"]
        shares = [round(box["width"] / whole, 2) for box in boxes]
        assert shares == [0.7, 0.2, 0.1]


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_entities(visit, screen):
    with visit("tags", **screen) as page:
        run(page, f"🐕 sees Ada and {EVIL} Bob")
        found = page.locator("mark.entity")
        assert [found.nth(i).inner_text() for i in range(found.count())] == [
            "AdaPER 87.5 %",
            "BobPER 87.5 %",
        ]
        colors = {found.nth(i).get_attribute("style") for i in range(2)}
        assert len(colors) == 1 and "rgb" in colors.pop()
        assert EVIL in page.locator(".entities").inner_text()
        assert "The whole text: news 75.0 %" in page.locator("#view").inner_text()


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_points_are_set_by_clicks_and_their_order_is_drawn(visit, screen):
    with visit("points", **screen) as page:
        page.fill("#text", "[[0.5, 0.9], 7]")
        page.click("#run")
        page.locator("#error", has_text="expected a list of points").wait_for()
        page.fill("#text", "[[0.5, 0.9]]")
        box = page.locator("#plane").bounding_box()
        for x, y in ((0.1, 0.2), (0.8, 0.4)):
            place = {"x": x * box["width"], "y": (1 - y) * box["height"]}
            page.click("#plane", position=place)
        points = json.loads(page.input_value("#text"))
        np.testing.assert_allclose(
            points, [[0.5, 0.9], [0.1, 0.2], [0.8, 0.4]], atol=0.01
        )
        assert page.locator("#plane .dot").count() == 3
        page.click("#run")
        page.locator("#view .line").wait_for()
        line = page.locator("#view .line").get_attribute("points").split()
        assert len(line) == 4 and line[0] == line[-1]
        page.locator("#view .dot").nth(0).focus()
        caption = page.locator("#view .caption").inner_text()
        assert caption == "point 0 → point 2 100.0 %"


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_attention_over_a_picture(visit, screen):
    image, file = Image.new("RGB", (90, 60), "#88aacc"), io.BytesIO()
    image.paste("#cc2222", (30, 20, 60, 40))
    image.save(file, "PNG")
    with visit("describes", **screen) as page:
        page.click("#run")
        assert page.locator("#error").inner_text() == "Choose a file first."
        picture = {"name": "a.png", "mimeType": "image/png", "buffer": file.getvalue()}
        page.set_input_files("#file", picture)
        page.locator("#preview").wait_for()
        page.click("#run")
        words = page.locator("#view .word")
        words.first.wait_for()
        assert page.locator("#view .words").inner_text().startswith("a red dot")
        words.nth(2).focus()
        said = page.locator("#view .caption").inner_text()
        assert said == "dot: looked most at the middle"
        sizes = [
            page.locator(f".picture {one}").bounding_box() for one in ("img", "canvas")
        ]
        assert sizes[0] == sizes[1] and sizes[0]["width"] > 250


def test_a_sound_is_played_and_what_is_none_is_refused(visit):
    soundfile, file = pytest.importorskip("soundfile"), io.BytesIO()
    soundfile.write(file, np.zeros(800), 8000, format="WAV")
    wav = {"name": "a.wav", "mimeType": "audio/wav", "buffer": file.getvalue()}
    text = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"no sound"}
    error = "#error"
    with visit("hears", **DESKTOP) as page:
        assert page.locator("#file-label").inner_text() == "Sound"
        page.set_input_files("#file", wav)
        page.locator("audio#preview").wait_for()
        page.set_input_files("#file", text)
        assert page.locator(error).inner_text() == (
            "Expected a sound, found a.txt (text/plain)."
        )
        assert not page.locator("#preview").count()
        page.click("#run")  # the file before it is not sent instead
        assert page.locator(error).inner_text() == "Choose a file first."
        page.set_input_files("#file", wav | {"buffer": b"RIFF, but no sound"})
        assert page.locator(error).inner_text() == ""
        page.click("#run")
        page.locator(error, has_text="expected a sound (WAV, FLAC").wait_for()
        assert not page.locator("#result").is_visible()
        page.set_input_files("#file", wav)
        page.click("#run")
        page.locator("#view", has_text=f"{len(file.getvalue())} bytes").wait_for()
        assert page.locator(error).inner_text() == ""


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_text_appears_as_it_is_written(visit, screen):
    with visit("writes", **screen) as page:
        page.click("#options summary")
        page.fill("#option-max_length", "40")
        page.fill("#text", "Once")
        page.click("#run")
        page.locator("#view .text", has_text="<b>1</b>").wait_for()
        early = page.locator("#view .text").inner_text()
        assert page.locator("#view").get_attribute("aria-busy") == "true"
        page.locator("#stop").wait_for(state="hidden")
        late = page.locator("#view .text").inner_text()
        assert late == "Once" + "".join(f" <b>{n}</b>" for n in range(40))
        assert late.startswith(early) and len(early) < len(late)
        assert page.locator("#view").get_attribute("aria-busy") is None


def test_writing_can_be_stopped(visit):
    with visit("writes", **DESKTOP) as page:
        page.click("#options summary")
        page.fill("#option-max_length", "1000")
        page.fill("#text", "Once")
        page.click("#run")
        page.locator("#view .text", has_text="<b>1</b>").wait_for()
        page.click("#stop")
        page.locator("#stop").wait_for(state="hidden")
        assert page.locator("#error").inner_text() == ""
        assert "<b>900</b>" not in page.locator("#view .text").inner_text()


def test_a_recipe_without_a_view_is_shown_as_it_is(visit):
    with visit("outside", **DESKTOP) as page:
        run(page, EVIL)
        assert f'"letters": {len(EVIL)}' in page.locator("#view pre").inner_text()


def test_errors_and_options(visit):
    with visit("outside", **DESKTOP) as page:
        page.fill("#text", "x" * 10_001)
        page.click("#run")
        page.locator("#error", has_text="at most 10000 characters").wait_for()
        page.click("#options summary")
        page.fill("#option-num_beams", "99")
        page.fill("#text", "x")
        page.click("#run")
        page.locator("#error", has_text="num_beams: expected at most 32").wait_for()
        page.fill("#option-num_beams", "2")
        run(page, "x")
        assert page.locator("#error").inner_text() == ""


def test_models_are_chosen_by_name(visit):
    with visit("outside", **DESKTOP) as page:
        page.select_option("#model", "describes")
        assert page.locator("h1").inner_text() == "describes"
        assert page.locator("#about").inner_text() == "Describes an image."
        assert (
            page.locator("#file").is_visible()
            and not page.locator("#text").is_visible()
        )
        for field in ("#model", "#file", "#run"):
            page.focus(field)
        names = page.locator("label:visible")
        assert names.count() >= 2
