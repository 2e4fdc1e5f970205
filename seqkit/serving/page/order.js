// Points in the plane and an order of them: a point shows where it looked.

import { drawing, percent } from "./dom.js";

const CLOSED = ["hull", "tour"];

export function order(found) {
  const { points, order, problem } = found;
  if (points[0]?.length !== 2) return null;
  const lines = [];
  const corner = problem === "triangles" ? 3 : order.length;
  for (let i = 0; i + corner <= order.length && corner; i += corner) {
    const part = order.slice(i, i + corner);
    if (corner === 3 || CLOSED.includes(problem)) part.push(part[0]);
    lines.push(part);
  }
  const plane = framed(points);
  for (const line of lines)
    plane.svg.append(drawing("polyline", {
      class: "line", points: line.map((i) => plane.at(points[i]).join(",")).join(" "),
    }));
  const note = document.createElement("p");
  note.className = "caption";
  note.setAttribute("role", "status");
  note.textContent = `${points.length} points; an order of ${order.length}: ${order.join(" ")}`;
  const dots = points.map((point, i) => {
    const [cx, cy] = plane.at(point);
    const dot = drawing("circle", { class: "dot", cx, cy, r: 5, tabindex: 0 });
    dot.append(drawing("title", {}, String(i)));
    if (i === order[0] && problem !== "triangles") dot.classList.add("first");
    plane.svg.append(dot);
    return dot;
  });
  const look = (i) => {
    const step = order.indexOf(i);
    if (!found.weights || step < 0) return;
    const weights = found.weights[step + 1];
    dots.forEach((dot, n) => dot.style.setProperty("--weight", weights[n]));
    const best = weights
      .map((weight, n) => [weight, n < points.length ? `point ${n}` : "the end"])
      .sort((one, other) => other[0] - one[0])
      .filter(([weight], n) => n < 3 && weight >= 0.01);
    note.textContent = `point ${i} → ${best.map(([w, what]) => `${what} ${percent(w)}`).join(", ")}`;
  };
  dots.forEach((dot, i) => {
    for (const event of ["pointerenter", "focus"]) dot.addEventListener(event, () => look(i));
  });
  return [plane.svg, note];
}

// A square with the points in it; `at` is where a point is drawn.
function framed(points) {
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  const [left, low] = [Math.min(...xs), Math.min(...ys)];
  const spread = Math.max(Math.max(...xs) - left, Math.max(...ys) - low) || 1;
  const at = ([x, y]) => [20 + 360 * (x - left) / spread, 380 - 360 * (y - low) / spread];
  const svg = drawing("svg", { class: "plane", viewBox: "0 0 400 400", role: "img" });
  svg.setAttribute("aria-label", "The points and their order");
  return { svg, at };
}

// A plane on which points are set by clicks; `text` holds them as JSON.
export function drawable(svg, text) {
  const read = () => {
    try {
      const points = JSON.parse(text.value || "[]");
      return points.every((point) => point.length === 2) ? points : null;
    } catch {
      return null;
    }
  };
  const paint = () => {
    const dots = (read() ?? []).map(([x, y]) =>
      drawing("circle", { class: "dot", cx: 400 * x, cy: 400 - 400 * y, r: 5 }));
    svg.replaceChildren(...dots);
  };
  svg.addEventListener("click", (event) => {
    const box = svg.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const y = 1 - (event.clientY - box.top) / box.height;
    const points = [...(read() ?? []), [x, y].map((one) => Math.round(1000 * one) / 1000)];
    text.value = JSON.stringify(points);
    paint();
  });
  text.addEventListener("input", paint);
  return paint;
}
