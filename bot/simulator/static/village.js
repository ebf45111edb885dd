// The line to the simulator: questions over HTTP, news over server-sent events that reconnect by themselves.

export async function ask(path, body, method = body === undefined ? "GET" : "POST") {
  const response = await fetch(`/sim/${path}`, {
    method,
    headers: { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => {
    throw new Error("Simulator tidak menjawab. Apakah «make run» masih berjalan di terminal?");
  });
  const answer = await response.json().catch(() => ({ error: response.statusText }));
  if (!response.ok) {
    throw Object.assign(new Error(answer.refused ?? answer.error ?? "Tidak berhasil."), { known: answer.known });
  }
  return answer;
}

export function listen(onNews, onLine) {
  const stream = new EventSource("/sim/events");
  stream.onopen = () => onLine(true);
  stream.onerror = () => onLine(false);
  stream.onmessage = (event) => onNews(JSON.parse(event.data));
}

export async function base64(file) {
  const address = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(new Error("Berkas tidak terbaca."));
    reader.readAsDataURL(file);
  });
  return address.slice(address.indexOf(",") + 1);
}
