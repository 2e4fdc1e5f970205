// A text and what became of it: a word of one side shows where it looked on the other.

import { make, percent } from "./dom.js";
import { selectable, wordsOf } from "./words.js";

export function alignment(found, input) {
  const source = wordsOf(input.text, found.source);
  const target = wordsOf(found.text, found.target);
  const note = make("p", { class: "caption", role: "status" });
  const hint = "Point at a word, or go to it with Tab and the arrow keys.";
  note.textContent = hint;

  const paint = (spans, weights) =>
    spans.forEach((span, i) => span.style.setProperty("--weight", weights[i]));
  const clear = () => {
    paint(source.spans, source.spans.map(() => 0));
    paint(target.spans, target.spans.map(() => 0));
    note.textContent = hint;
  };
  const tell = (word, words, weights) => {
    const best = weights
      .map((weight, i) => [weight, words[i]])
      .sort((one, other) => other[0] - one[0])
      .filter(([weight], i) => i < 3 && weight >= 0.05)
      .map(([weight, other]) => `${other} ${percent(weight)}`);
    note.textContent = `${word} ← ${best.join(", ")}`;
  };
  selectable(
    target.spans,
    (t) => {
      clear();
      paint(source.spans, found.weights[t]);
      tell(found.target[t], found.source, found.weights[t]);
    },
    clear,
  );
  selectable(
    source.spans,
    (s) => {
      clear();
      const weights = found.weights.map((row) => row[s]);
      paint(target.spans, weights);
      tell(found.source[s], found.target, weights);
    },
    clear,
  );
  const side = (name, nodes) => [
    make("h3", { class: "side" }, name),
    make("p", { class: "words", dir: "auto" }, ...nodes),
  ];
  return [...side("From", source.nodes), ...side("To", target.nodes), note];
}
