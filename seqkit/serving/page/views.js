// How results are drawn, by the name of their view. Of a view without a function here
// the answer is shown as it is.

import { alignment } from "./alignment.js";
import { make, percent } from "./dom.js";
import { order } from "./order.js";
import { regions } from "./regions.js";

const MOST = 20; // bars

const VIEWS = { alignment, bars, entities, order, regions };

export function draw(found, input) {
  return VIEWS[found.view]?.(found, input) ?? plain(found);
}

export function plain(found) {
  const answer = found.answer;
  if (typeof answer === "string") {
    const text = answer === "" ? "(an empty text)" : answer;
    return [make("p", { class: "text", dir: "auto" }, text)];
  }
  const text = JSON.stringify(answer, null, 2);
  return [make("pre", { tabindex: "0" }, text)];
}

function bars(found) {
  const list = make("ol", { class: "bars" });
  for (const [label, value] of found.bars.slice(0, MOST)) {
    const bar = make("div");
    bar.style.width = `${100 * value}%`;
    const chosen = found.chosen.includes(label);
    list.append(make("li", { class: chosen ? "chosen" : "" },
      make("span", { dir: "auto" }, label),
      make("div", { class: "bar", "aria-hidden": "true" }, bar),
      make("span", { class: "number" }, percent(value))));
  }
  const rest = found.bars.length - MOST;
  const more = make("p", { class: "caption" }, `and ${rest} that are less likely`);
  return rest > 0 ? [list, more] : [list];
}

function entities(found) {
  const characters = Array.from(found.text); // places count characters, not UTF-16
  const between = (start, end) => characters.slice(start, end).join("");
  const shown = make("p", { class: "entities", dir: "auto" });
  let at = 0;
  for (const entity of found.entities) {
    const title = `${entity.type} ${percent(entity.score)}`;
    const box = make("mark", { class: "entity", title });
    box.style.background = entity.color;
    const kind = make("span", { class: "kind" }, title);
    box.append(between(entity.start, entity.end), kind);
    shown.append(between(at, entity.start), box);
    at = entity.end;
  }
  shown.append(between(at));
  const parts = [shown];
  if (found.label !== undefined)
    parts.push(make("p", { class: "caption" },
      `The whole text: ${found.label} ${percent(found.label_score)}`));
  if (!found.entities.length)
    parts.push(make("p", { class: "caption" }, "Nothing was found in the text."));
  return parts;
}
