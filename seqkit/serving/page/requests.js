// What the page asks the server.

export async function getModels() {
  return answerOf(await fetch("/models"));
}

export async function post(path, body, signal) {
  const init = { method: "POST", body: JSON.stringify(body), signal };
  init.headers = { "Content-Type": "application/json" };
  return answerOf(await fetch(path, init));
}

// Calls `write` with each piece of a text, as soon as it is there.
export async function stream(path, body, signal, write) {
  const init = { method: "POST", body: JSON.stringify(body), signal };
  init.headers = { "Content-Type": "application/json" };
  const response = await fetch(path, init);
  if (!response.ok) await answerOf(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const events = (waiting + value).split("\n\n");
    waiting = events.pop();
    for (const event of events) {
      const data = JSON.parse(/^data: (.*)$/m.exec(event)[1]);
      if (data.error) throw new Error(data.error);
      if (data.text) write(data.text);
    }
  }
}

async function answerOf(response) {
  const answer = await response.json().catch(() => ({}));
  if (!response.ok)
    throw new Error(answer.error ?? `the server answered ${response.status}`);
  return answer;
}

export async function toBase64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let i = 0; i < bytes.length; i += 32768)
    text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return { b64: btoa(text) };
}
