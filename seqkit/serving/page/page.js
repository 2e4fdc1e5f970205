// The page: a model is chosen, an input is given, a result is drawn.

import { make } from "./dom.js";
import { fields, given } from "./options.js";
import { drawable } from "./order.js";
import { getModels, post, stream, toBase64 } from "./requests.js";
import { draw } from "./views.js";

const part = (id) => document.getElementById(id);
const state = { model: null, file: null, url: null, running: null };

function choose(model) {
  state.model = model;
  document.title = `${model.name} – seqkit`;
  part("title").textContent = model.name;
  part("about").textContent = model.title;
  const file = isFile(model), json = model.input === "json";
  const rows = model.input === "numbers", points = model.input === "points";
  part("text-input").hidden = file;
  part("file-input").hidden = !file;
  part("file").accept = model.input === "audio" ? "audio/*" : "image/*";
  part("file-label").textContent = model.input === "audio" ? "Sound" : "Image";
  if (file) dropFile();
  const label = json ? "Instances, as JSON" : rows ? "The last rows, as JSON"
    : points ? "Points, as JSON" : "Text";
  part("text-label").textContent = label;
  part("text").placeholder = json ? '["…"]' : rows ? "[[1.5, 2], [1.7, 2.1], …]"
    : points ? "[[0.1, 0.2], [0.9, 0.4], …]" : "";
  part("plane-input").hidden = !points;
  const schema = model.schemas[model.streams ? "stream" : "explain"];
  const options = fields(schema);
  part("option-list").replaceChildren(...options);
  part("options").hidden = !options.length;
  part("result").hidden = true;
  part("error").textContent = "";
}

const isFile = (model) => ["image", "audio"].includes(model.input);

// What was chosen for another model.
function dropFile() {
  if (state.url) URL.revokeObjectURL(state.url);
  [state.file, state.url] = [null, null];
  part("file").value = "";
  part("preview")?.remove();
}

function takeFile(file) {
  if (!file || !isFile(state.model)) return;
  const { input } = state.model, sound = input === "audio";
  const [fits, { name }] = [!file.type || file.type.startsWith(`${input}/`), file];
  part("error").textContent = fits ? ""
    : `Expected ${sound ? "a sound" : "an image"}, found ${name} (${file.type}).`;
  if (!fits) return dropFile(); // no name beside a file that is not sent
  if (state.url) URL.revokeObjectURL(state.url);
  [state.file, state.url] = [file, URL.createObjectURL(file)];
  part("preview")?.remove();
  const preview = sound
    ? make("audio", { id: "preview", src: state.url, controls: true })
    : make("img", { id: "preview", src: state.url, alt: "The chosen image" });
  part("file-input").append(preview);
}

async function inputOf(model) {
  const text = part("text").value;
  if (["numbers", "points"].includes(model.input)) return { text, sent: JSON.parse(text) };
  if (!isFile(model)) return { text };
  if (!state.file) throw new Error("Choose a file first.");
  return { url: state.url, sent: await toBase64(state.file) };
}

async function answer(model, input, signal) {
  const place = `/models/${encodeURIComponent(model.name)}`;
  const body = { inputs: [input.sent ?? input.text], ...given(part("option-list")) };
  if (model.input === "json") {
    const instances = JSON.parse(input.text);
    return { answer: await post(`/v1${place}:predict`, { instances }, signal) };
  }
  if (!model.streams) return post(`${place}/explain`, body, signal);
  const text = make("span");
  show([make("p", { class: "text", dir: "auto" }, make("strong", {}, input.text), text)]);
  part("view").setAttribute("aria-busy", "true"); // told once, when it is whole
  await stream(`${place}/stream`, body, signal, (piece) => text.append(piece));
  return { view: "stream", answer: text.textContent };
}

function show(nodes) {
  part("view").replaceChildren(...nodes);
  part("result").hidden = false;
}

async function run() {
  if (state.running) return;
  const { model } = state, running = (state.running = new AbortController());
  part("error").textContent = "";
  part("run").disabled = true;
  part("stop").hidden = false;
  try {
    const input = await inputOf(model);
    const found = await answer(model, input, running.signal);
    if (found.view !== "stream") show(draw(found, input));
    part("json-text").textContent = JSON.stringify(found.answer, null, 2);
  } catch (error) {
    if (error.name === "AbortError") return;
    part("error").textContent = error.message;
    part("result").hidden = true; // which is of another input
  } finally {
    state.running = null;
    part("view").removeAttribute("aria-busy");
    part("run").disabled = false;
    part("stop").hidden = true;
  }
}

async function begin() {
  const models = await getModels();
  const select = part("model");
  for (const model of models) select.append(make("option", {}, model.name));
  part("choice").hidden = models.length < 2;
  select.addEventListener("change", () => choose(models[select.selectedIndex]));
  const wanted = models.findIndex((model) => `#${model.name}` === location.hash);
  select.selectedIndex = Math.max(0, wanted);
  choose(models[select.selectedIndex]);
}

part("form").addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
part("stop").addEventListener("click", () => state.running?.abort());
part("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
});
part("file").addEventListener("change", (event) => takeFile(event.target.files[0]));
part("file-input").addEventListener("dragover", (event) => event.preventDefault());
part("file-input").addEventListener("drop", (event) => {
  event.preventDefault();
  takeFile(event.dataTransfer.files[0]);
});
document.addEventListener("paste", (event) => takeFile(event.clipboardData?.files[0]));
drawable(part("plane"), part("text"));
begin().catch((error) => (part("error").textContent = error.message));
