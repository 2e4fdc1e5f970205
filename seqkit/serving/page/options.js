// Fields for the options of a model, from the JSON Schema of its requests.

import { make } from "./dom.js";

const LEFT_OUT = ["inputs", "batch_size"];

export function fields(schema) {
  const rows = [];
  for (const [name, one] of Object.entries(schema?.properties ?? {})) {
    if (LEFT_OUT.includes(name)) continue;
    const kinds = (one.anyOf ?? [one]).map((part) => part.type);
    const id = `option-${name}`;
    const fixed = { id, "data-option": name, "aria-describedby": `${id}-hint` };
    let field;
    const choice = kinds.includes("boolean") && kinds.includes("string");
    if (kinds.includes("boolean") && !choice) {
      field = make("input", { ...fixed, type: "checkbox", "data-kind": "boolean" });
      field.checked = field.defaultChecked = one.default === true;
    } else {
      const number = kinds.includes("integer") || kinds.includes("number");
      const inputmode = kinds.includes("integer") ? "numeric" : number ? "decimal" : null;
      const kind = choice ? "choice" : number ? "number" : "text";
      field = make("input", { ...fixed, inputmode, "data-kind": kind });
      field.placeholder = one.default ?? "";
    }
    rows.push(make("div", {},
      make("label", { for: id }, name.replaceAll("_", " ")),
      field,
      make("p", { class: "hint", id: `${id}-hint` }, one.description ?? "")));
  }
  return rows;
}

// Name to value of the options that were changed.
export function given(list) {
  const found = {};
  for (const field of list.querySelectorAll("[data-option]")) {
    const name = field.dataset.option, kind = field.dataset.kind;
    if (kind === "boolean") {
      if (field.checked !== field.defaultChecked) found[name] = field.checked;
    } else if (field.value.trim() !== "") {
      const number = Number(field.value), word = field.value.trim();
      if (kind === "choice") {
        found[name] = word === "true" || (word !== "false" && word);
        continue;
      }
      found[name] = kind === "number" && !Number.isNaN(number) ? number : field.value;
    }
  }
  return found;
}
