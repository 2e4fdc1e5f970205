// A picture with its caption: a word shows where in the picture it looked.

import { make } from "./dom.js";
import { selectable, wordsOf } from "./words.js";

export function regions(found, input) {
  const image = make("img", { src: input.url, alt: `Picture: ${found.text}` });
  const canvas = make("canvas", { "aria-hidden": "true" });
  const note = make("p", { class: "caption", role: "status" });
  note.textContent = "Point at a word, or go to it with Tab and the arrow keys.";
  const shown = wordsOf(found.text, found.words);
  selectable(
    shown.spans,
    (number) => {
      draw(canvas, found.grid, found.weights[number]);
      shown.spans.forEach((span, i) =>
        span.style.setProperty("--weight", i === number ? 0.7 : 0));
      note.textContent = `${found.words[number]}: ${place(found, number)}`;
    },
    () => {
      canvas.width = canvas.width;
      shown.spans.forEach((span) => span.style.setProperty("--weight", 0));
      note.textContent = "";
    },
  );
  return [
    make("div", { class: "picture" }, image, canvas),
    make("p", { class: "words", dir: "auto" }, ...shown.nodes),
    note,
  ];
}

// One pixel for each region, which the style sheet enlarges smoothly.
function draw(canvas, [rows, columns], weights) {
  const small = document.createElement("canvas");
  [small.width, small.height] = [columns, rows];
  const context = small.getContext("2d");
  const pixels = context.createImageData(columns, rows);
  const most = Math.max(...weights);
  weights.forEach((weight, i) => {
    pixels.data.set([10, 12, 20, 225 * (1 - weight / most)], 4 * i); // light where it looked
  });
  context.putImageData(pixels, 0, 0);
  [canvas.width, canvas.height] = [columns * 32, rows * 32];
  const large = canvas.getContext("2d");
  large.imageSmoothingEnabled = true;
  large.imageSmoothingQuality = "high";
  large.drawImage(small, 0, 0, canvas.width, canvas.height);
}

// Where the weights are, in words.
function place(found, number) {
  const [rows, columns] = found.grid, weights = found.weights[number];
  const best = weights.indexOf(Math.max(...weights));
  const third = (at, size, names) => names[Math.min(2, Math.floor((3 * (at + 0.5)) / size))];
  const down = third(Math.floor(best / columns), rows, ["top", "middle", "bottom"]);
  const across = third(best % columns, columns, ["left", "centre", "right"]);
  const where = down === "middle" && across === "centre" ? down : `${down} ${across}`;
  return `looked most at the ${where}`;
}
