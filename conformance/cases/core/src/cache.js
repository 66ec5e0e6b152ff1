// What workerd itself says: it passes the rest on to a service, which Cloudflare and other hosts have and it has not.

import { outcomes, timing } from "./harness.js";

const URL_OF = (name) => `http://cache.test/${name}`;

const names = (object) => Object.getOwnPropertyNames(object).sort();

export default {
  shape: () => ({
    caches: [String(caches), names(CacheStorage.prototype), names(caches)],
    cache: [String(caches.default), names(Cache.prototype), names(caches.default)],
    same: caches.default === caches.default,
    isCache: caches.default instanceof Cache,
    enumerable: Object.prototype.propertyIsEnumerable.call(globalThis, "caches"),
  }),
  constructors: () => outcomes({ cache: () => new Cache(), storage: () => new CacheStorage() }),
  open: async () => {
    const a = await caches.open("a");
    return { cache: a instanceof Cache, same: a === (await caches.open("a")), other: a === caches.default };
  },
  "open-arguments": async () => ({
    none: await timing(() => caches.open()),
    empty: await timing(async () => (await caches.open("")) instanceof Cache),
    number: await timing(async () => (await caches.open(1)) instanceof Cache),
  }),
  "not-implemented": async () => ({
    add: await timing(() => caches.default.add(URL_OF("a"))),
    addAll: await timing(() => caches.default.addAll([URL_OF("a")])),
    matchAll: await timing(() => caches.default.matchAll(URL_OF("a"))),
    keys: await timing(() => caches.default.keys()),
    has: await timing(() => caches.has("a")),
    delete: await timing(() => caches.delete("a")),
    names: await timing(() => caches.keys()),
    match: await timing(() => caches.match(URL_OF("a"))),
  }),
  "put-refuses": async () => {
    const put = (request, response) => timing(() => caches.default.put(request, response));
    const used = new Response("x");
    await used.text();
    const locked = new Response("x");
    locked.body.getReader();
    return {
      post: await put(new Request(URL_OF("a"), { method: "POST", body: "x" }), new Response("x")),
      head: await put(new Request(URL_OF("a"), { method: "HEAD" }), new Response("x")),
      partial: await put(URL_OF("a"), new Response("x", { status: 206 })),
      vary: await put(URL_OF("a"), new Response("x", { headers: { vary: "*" } })),
      varyAmong: await put(URL_OF("a"), new Response("x", { headers: { vary: "accept, *" } })),
      used: await put(URL_OF("a"), used),
      locked: await put(URL_OF("a"), locked),
      notModified: await put(URL_OF("a"), new Response(null, { status: 304 })),
      relative: await put("/a", new Response("x")),
      invalid: await put("http://", new Response("x")),
      noResponse: await put(URL_OF("a")),
      wrongResponse: await put(URL_OF("a"), "x"),
      nothing: await put(),
      postAndPartial: await put(new Request(URL_OF("a"), { method: "PUT" }), new Response("x", { status: 206 })),
      error: await put(URL_OF("a"), Response.error()),
      webSocket: await put(URL_OF("a"), new Response(null, { status: 101, webSocket: new WebSocketPair()[0] })),
    };
  },
  "match-and-delete-of-other-methods": async () => {
    const post = () => new Request(URL_OF("a"), { method: "POST" });
    return {
      match: await timing(() => caches.default.match(post())),
      matchHead: await timing(() => caches.default.match(new Request(URL_OF("a"), { method: "HEAD" }))),
      delete: await timing(() => caches.default.delete(post())),
      notIgnored: await timing(() => caches.default.match(post(), { ignoreMethod: false })),
    };
  },
  "match-arguments": async () => ({
    none: await timing(() => caches.default.match()),
    options: await timing(() => caches.default.match(URL_OF("a"), 1)),
    deleteNone: await timing(() => caches.default.delete()),
    deleteOptions: await timing(() => caches.default.delete(URL_OF("a"), 1)),
    relative: await timing(() => caches.default.match("/a")),
    invalid: await timing(() => caches.default.delete("http://")),
    used: await timing(async () => {
      const request = new Request(URL_OF("a"), { method: "POST", body: "x" });
      await request.text();
      return caches.default.match(request);
    }),
  }),
};
