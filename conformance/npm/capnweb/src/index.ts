import { newHttpBatchRpcResponse, newHttpBatchRpcSession, newWebSocketRpcSession, newWorkersRpcResponse, RpcTarget } from "capnweb";
import { project } from "../../serve.js";

class Counter extends RpcTarget {
  constructor(private count = 0) {
    super();
  }
  add(by: number) {
    return (this.count += by);
  }
}
class Api extends RpcTarget {
  greet(name: string) {
    return `hello ${name}`;
  }
  counter() {
    return new Counter(10);
  }
  async each(list: number[], callback: (n: number) => Promise<number>) {
    return Promise.all(list.map((n) => callback(n)));
  }
  fails() {
    throw new RangeError("out of range");
  }
}

const session = async (act: (api: any) => unknown) => {
  const request = new Request("https://rpc.example/", { headers: { Upgrade: "websocket" } });
  const { webSocket } = await newWorkersRpcResponse(request, new Api());
  webSocket!.accept();
  using api = newWebSocketRpcSession(webSocket as WebSocket);
  return await act(api);
};

const cases = {
  call: () => session((api) => api.greet("ada")),
  pipelined: () => session((api) => api.counter().add(5)),
  callback: () => session((api) => api.each([1, 2, 3], (n: number) => n * n)),
  error: () => session((api) => api.fails()),
  "http-batch": async () => {
    const plain = globalThis.fetch;
    globalThis.fetch = (async (input: RequestInfo, init?: RequestInit) =>
      newHttpBatchRpcResponse(new Request(input, init), new Api())) as typeof fetch;
    try {
      const api = newHttpBatchRpcSession<Api>("https://rpc.example/") as any;
      return await Promise.all([api.greet("a"), api.greet("b"), api.counter().add(1)]);
    } finally {
      globalThis.fetch = plain;
    }
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
