// Elements are made of texts alone, never of markup, so that no text can become code.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") element.className = value;
    else if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export const percent = (value) => `${(100 * value).toFixed(1)} %`;
