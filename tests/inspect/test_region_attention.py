import sys

import numpy as np
import pytest
from PIL import Image

from seqkit.errors import SeqkitError
from seqkit.inspect import RegionAttention, plot_region_attention

TOKENS = ["▁a", "▁do", "g", "</s>"]
RNG = np.random.default_rng(0)
WEIGHTS = RNG.dirichlet(np.ones(6), 4)
PICTURE = RNG.integers(0, 256, (40, 60, 3)).astype("uint8")


def test_words_are_means_of_their_pieces():
    words = RegionAttention(WEIGHTS, TOKENS, (2, 3)).words()
    assert words.tokens == ["a", "dog", "</s>"] and words.grid == (2, 3)
    np.testing.assert_allclose(words.weights[1], (WEIGHTS[1] + WEIGHTS[2]) / 2)
    np.testing.assert_allclose(words.weights.sum(axis=1), 1)
    assert RegionAttention(np.zeros((0, 4)), []).words().weights.shape == (0, 4)


@pytest.mark.parametrize("size", [(40, 60), (7, 5), (2, 3)])
def test_maps_keep_the_mass_and_the_bounds(size):
    maps = RegionAttention(WEIGHTS, TOKENS, (2, 3)).maps(*size)
    assert maps.shape == (4, *size)
    assert (maps <= WEIGHTS.max(axis=1)[:, None, None] + 1e-12).all()
    assert (maps >= WEIGHTS.min(axis=1)[:, None, None] - 1e-12).all()
    pixels = size[0] * size[1] / 6  # that a region covers
    np.testing.assert_allclose(maps.sum((1, 2)), pixels, rtol=0.35)
    even = RegionAttention(np.full((1, 6), 1 / 6), ["a"], (2, 3)).maps(*size)
    np.testing.assert_allclose(even, 1 / 6)


def test_a_map_is_brightest_in_the_middle_of_its_region():
    for region in range(15):
        weights = np.eye(15)[region : region + 1]
        (bright,) = RegionAttention(weights, ["a"], (3, 5)).maps(33, 55)
        row, column = np.unravel_index(bright.argmax(), bright.shape)
        assert (row // 11, column // 11) == divmod(region, 5)
        if region == 7:
            assert (row, column) == (16, 27)
            np.testing.assert_allclose(bright, bright[::-1, ::-1])
            # Smooth: no pixel differs from the next by a large part of the whole.
            assert np.abs(np.diff(bright, axis=1)).max() < 0.12


def test_a_panel_for_the_picture_and_for_each_word():
    figure = plot_region_attention(PICTURE, WEIGHTS, TOKENS, grid=(2, 3), columns=3)
    assert [ax.get_title() for ax in figure.axes] == ["", "a", "do", "g", "</s>"]
    drawn = [ax.images[0].get_array() for ax in figure.axes]
    np.testing.assert_allclose(drawn[0], PICTURE / 255)
    maps = RegionAttention(WEIGHTS, TOKENS, (2, 3)).maps(40, 60)
    for image, weights in zip(drawn[1:], maps, strict=True):
        place = np.unravel_index(weights.argmax(), weights.shape)
        np.testing.assert_allclose(image[place], PICTURE[place] / 255)
        light = 0.25 + 0.75 * weights / weights.max()
        np.testing.assert_allclose(image, PICTURE / 255 * light[..., None])
    figure.canvas.draw()
    titles = [ax.title.get_window_extent() for ax in figure.axes]
    assert all(box.x0 >= 0 and box.y1 <= figure.bbox.y1 for box in titles)


def test_what_was_looked_at_everywhere_alike_is_bright_all_over():
    even = np.full((1, 4), 0.25)
    image = plot_region_attention(PICTURE, even, ["a"]).axes[1].images[0].get_array()
    np.testing.assert_allclose(image, PICTURE / 255)


def test_colours_laid_over():
    attention = RegionAttention(np.eye(4)[:1], ["▁a"])
    plain = np.full((20, 20), 0.5)  # grey
    figure = plot_region_attention(plain, attention, cmap="inferno")
    image = figure.axes[1].images[0].get_array()
    np.testing.assert_allclose(image[-1, -1], 0.5, atol=1e-3)
    assert np.ptp(image[3, 3]) > 0.1


def test_pictures_of_every_kind():
    for picture in (Image.fromarray(PICTURE), PICTURE / 255, PICTURE[..., 0]):
        figure = plot_region_attention(picture, np.eye(4)[:1], ["▁a"])
        assert figure.axes[0].images[0].get_array().shape == (40, 60, 3)


def test_words_are_no_formulas():
    figure = plot_region_attention(PICTURE, np.eye(4)[:2], ["▁$x^2$", "$\\frac$"])
    figure.canvas.draw()
    assert figure.axes[1].get_title() == "$x^2$"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((PICTURE, np.ones((1, 4))), "words: expected one for each row"),
        ((PICTURE, np.ones((2, 4)), ["a"]), r"1 tokens, found \(2, 4\)"),
        ((PICTURE, np.ones((1, 6)), ["a"]), "grid: expected rows and columns of 6"),
        ((PICTURE[:, :, :2], np.ones((1, 4)), ["a"]), r"found \(40, 60, 2\)"),
        ((PICTURE * 1.0, np.ones((1, 4)), ["a"]), "floats from 0 to 1, found float64"),
        ((PICTURE, RegionAttention(np.eye(4)[:1], ["a"]), ["a"]), "expected None with"),
    ],
)
def test_what_does_not_fit_is_an_error(arguments, message):
    with pytest.raises(SeqkitError, match=message):
        plot_region_attention(*arguments)


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SeqkitError, match=r"pip install seqkit\[plot\]"):
        plot_region_attention(PICTURE, np.eye(4)[:1], ["a"])
