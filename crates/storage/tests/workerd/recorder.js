// Runs each line of the request body, `["SQL", binding...]`, in a fresh object and answers with what came of it, one
// JSON object per line. The recordings beside this file were made with
//   mkdir -p /tmp/holdfast-recorder; npx workerd@1.20261117.1 serve config.capnp --experimental
//   curl --data-binary @errors.in.jsonl localhost:8798/$RANDOM > errors.out.jsonl
import { DurableObject } from "cloudflare:workers";

export class Recorder extends DurableObject {
  async record(lines) {
    // The hidden key-value table is there, as in most objects.
    this.ctx.storage.kv.put("key", "value");
    let output = "";
    for (const line of lines) {
      const [sql, ...bindings] = JSON.parse(line);
      const result = { sql, bindings };
      try {
        const cursor = this.ctx.storage.sql.exec(sql, ...bindings);
        result.columns = cursor.columnNames;
        result.rows = [...cursor.raw()];
        result.read = cursor.rowsRead;
        result.written = cursor.rowsWritten;
      } catch (error) {
        result.error = error.message;
      }
      output += JSON.stringify(result) + "\n";
    }
    return output;
  }
}

export default {
  async fetch(request, env) {
    const lines = (await request.text()).split("\n").filter((line) => line);
    return new Response(await env.RECORDER.getByName(new URL(request.url).pathname).record(lines));
  },
};
