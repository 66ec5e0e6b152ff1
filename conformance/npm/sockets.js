// A WebSocket client for cases: it gathers what arrives, and one can wait for it.

/**
 * @param {{fetch: typeof fetch}} to a stub of an object, or whatever else answers an upgrade
 * @param {string} url
 * @param {Record<string, string>} [headers]
 */
export async function connect(to, url, headers = {}) {
  const response = await to.fetch(url, { headers: { Upgrade: "websocket", ...headers } });
  if (!response.webSocket) throw new Error(`no WebSocket: ${response.status} ${await response.text()}`);
  return gather(response.webSocket);
}

/** Accepts a socket: `until(n)` gives the first n messages, `json(n)` what they say, `closed` how it ended. */
export function gather(socket) {
  const messages = [];
  let wake = [];
  const closed = new Promise((resolve) => {
    socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason }));
  });
  socket.addEventListener("message", ({ data }) => {
    messages.push(data);
    wake.forEach((resolve) => resolve());
    wake = [];
  });
  socket.binaryType = "arraybuffer";
  socket.accept();
  const until = async (count) => {
    while (messages.length < count) await new Promise((resolve) => wake.push(resolve));
    return messages.slice(0, count);
  };
  const json = async (count) => (await until(count)).map((text) => JSON.parse(text));
  return { socket, closed, until, json };
}
