// Words of a text that can be pointed at, focused and touched.

import { make } from "./dom.js";

const END = "</s>";

// Spans of words in the text that they are of, or one after the other if they are not.
export function wordsOf(text, words) {
  const nodes = [], spans = [];
  let at = 0;
  for (const word of words) {
    const span = make("span", { class: "word" });
    if (word === END) {
      span.textContent = "⏎";
      span.classList.add("end");
      span.setAttribute("aria-label", "end of text");
      nodes.push(" ", span);
    } else {
      const found = text.indexOf(word, at);
      const gap = found < 0 ? " " : text.slice(at, found);
      span.textContent = word;
      nodes.push(gap, span);
      if (found >= 0) at = found + word.length;
    }
    spans.push(span);
  }
  nodes.push(text.slice(at));
  return { nodes, spans };
}

// Calls `enter(number)` and `leave()` as words are pointed at, focused or touched.
// Arrow keys go from word to word.
export function selectable(spans, enter, leave) {
  let chosen = null;
  const activate = (number) => {
    spans.forEach((span, i) => span.classList.toggle("active", i === number));
    if (number === null) leave();
    else enter(number);
  };
  spans.forEach((span, number) => {
    span.tabIndex = number === 0 ? 0 : -1;
    span.setAttribute("role", "button");
    span.addEventListener("pointerenter", () => activate(number));
    span.addEventListener("pointerleave", () => activate(chosen));
    span.addEventListener("focus", () => activate((chosen = number)));
    span.addEventListener("blur", () => activate((chosen = null)));
    span.addEventListener("click", () => span.focus());
    span.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const next = event.key === "Home" ? spans[0] : spans[number + step];
      if (event.key === "Escape") span.blur();
      if (next === undefined) return;
      event.preventDefault();
      span.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
  });
}
