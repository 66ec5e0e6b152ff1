/**
 * Counts the visits of one page. This is the older way to write an object, which many projects still
 * use: a plain class that extends nothing and only answers `fetch`.
 */
export class Visits {
  constructor(state, env) {
    this.state = state;
    this.visits = 0;
    // No request is delivered before the stored number has been read.
    this.state.blockConcurrencyWhile(async () => {
      this.visits = (await this.state.storage.get("visits")) ?? 0;
    });
  }

  async fetch(request) {
    const page = new URL(request.url).pathname;
    switch (request.method) {
      case "GET":
        return Response.json({ page, visits: this.visits });
      case "POST":
        this.visits += 1;
        await this.state.storage.put("visits", this.visits);
        return Response.json({ page, visits: this.visits });
      default:
        return Response.json({ error: "use GET or POST" }, { status: 405, headers: { allow: "GET, POST" } });
    }
  }
}
