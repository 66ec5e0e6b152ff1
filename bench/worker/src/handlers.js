// Work that JavaScript does between a request and its answer in many a Worker: JSON, and routing.

/** Builds `n` records, sends them through JSON, and computes with what comes out. */
export function throughJson(n) {
  const records = Array.from({ length: n }, (_, id) => ({
    id,
    name: `user number ${id}`,
    email: `user.${id}@example.com`,
    active: id % 3 !== 0,
    price: (id * 7) % 97,
    tags: ["alpha", "beta", `tag-${id % 10}`],
    address: { street: `${id} Long Road`, city: "Springfield", zip: String(10_000 + id) },
  }));
  const text = JSON.stringify({ total: n, records });
  const { records: parsed } = JSON.parse(text);
  const byTag = new Map();
  for (const { tags, price, active } of parsed) {
    if (!active) continue;
    byTag.set(tags[2], (byTag.get(tags[2]) ?? 0) + price);
  }
  const sorted = [...byTag.entries()].sort(([, a], [, b]) => b - a);
  const report = JSON.stringify(sorted.map(([tag, sum]) => ({ tag, sum })));
  return JSON.parse(report).reduce((sum, entry) => sum + entry.sum, 0);
}

/** A router as small frameworks have it: patterns made into regular expressions, and middleware around handlers. */
class Router {
  #routes = [];
  #middleware = [];

  use(middleware) {
    this.#middleware.push(middleware);
  }

  get(pattern, handler) {
    const names = [];
    const source = pattern.replace(/:(\w+)/g, (_, name) => {
      names.push(name);
      return "([^/]+)";
    });
    this.#routes.push({ expression: new RegExp(`^${source}/?$`), names, handler });
  }

  async fetch(request) {
    const url = new URL(request.url);
    const context = { request, url, params: {}, query: url.searchParams, state: {} };
    const run = async (index) => {
      if (index < this.#middleware.length) return await this.#middleware[index](context, () => run(index + 1));
      for (const { expression, names, handler } of this.#routes) {
        const match = expression.exec(url.pathname);
        if (match === null) continue;
        names.forEach((name, i) => (context.params[name] = decodeURIComponent(match[i + 1])));
        return await handler(context);
      }
      return new Response("not found", { status: 404 });
    };
    return await run(0);
  }
}

const ROUTES = 40;

const router = new Router();
router.use(async (context, next) => {
  const cookies = (context.request.headers.get("cookie") ?? "").split(/;\s*/).map((pair) => pair.split("="));
  context.state.session = Object.fromEntries(cookies).session;
  const response = await next();
  response.headers.set("x-session", context.state.session);
  return response;
});
router.use(async (context, next) => {
  const response = await next();
  response.headers.append("vary", "origin");
  response.headers.set("access-control-allow-origin", context.request.headers.get("origin") ?? "*");
  return response;
});
for (let i = 0; i < ROUTES; i += 1) {
  router.get(`/api/v${i}/users/:user/posts/:post`, ({ params, query }) =>
    Response.json({ route: i, user: params.user, value: Number(params.post) + Number(query.get("add")) }),
  );
}

/** Sends `n` requests through the router and adds up what they answer: 1 + 2 + … + n. */
export async function throughRoutes(n) {
  let sum = 0;
  for (let i = 1; i <= n; i += 1) {
    const request = new Request(`https://example.com/api/v${i % ROUTES}/users/user%20${i}/posts/${i - 1}?add=1&x=y`, {
      headers: { cookie: "theme=dark; session=abc123", origin: "https://example.org", accept: "application/json" },
    });
    const response = await router.fetch(request);
    sum += (await response.json()).value;
  }
  return sum;
}
