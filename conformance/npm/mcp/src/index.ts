import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { z } from "zod";
import { project } from "../../serve.js";

function makeServer(storage: DurableObjectStorage) {
  const server = new McpServer({ name: "notes", version: "1.0.0" });
  server.registerTool("add", { description: "keeps a note", inputSchema: { text: z.string().min(1) } }, async ({ text }) => {
    const notes = [...((await storage.get<string[]>("notes")) ?? []), text];
    await storage.put("notes", notes);
    return { content: [{ type: "text", text: `${notes.length} notes` }] };
  });
  server.registerResource("all", "notes://all", { mimeType: "text/plain" }, async (uri) => ({
    contents: [{ uri: uri.href, text: ((await storage.get<string[]>("notes")) ?? []).join("\n") }],
  }));
  return server;
}

const connected = (act: (client: Client) => unknown) => async ({ storage }: { storage: DurableObjectStorage }) => {
  const [here, there] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: "test", version: "1" });
  await Promise.all([makeServer(storage).connect(there), client.connect(here)]);
  try {
    return await act(client);
  } finally {
    await client.close();
  }
};

const cases = {
  tools: connected((client) => client.listTools()),
  call: connected(async (client) => {
    await client.callTool({ name: "add", arguments: { text: "one" } });
    await client.callTool({ name: "add", arguments: { text: "two" } });
    return client.readResource({ uri: "notes://all" });
  }),
  "bad-arguments": connected((client) => client.callTool({ name: "add", arguments: { text: "" } })),
  "unknown-tool": connected((client) => client.callTool({ name: "nothing", arguments: {} })),
  http: async ({ storage }: { storage: DurableObjectStorage }) => {
    const transport = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
    await makeServer(storage).connect(transport);
    return transport.handleRequest(
      new Request("https://mcp.example/mcp", {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
        body: JSON.stringify({
          jsonrpc: "2.0", id: 1, method: "initialize",
          params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "raw", version: "0" } },
        }),
      }),
    );
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
