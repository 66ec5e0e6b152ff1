import { Counters } from "./counters.js";
import { Visits } from "./visits.js";

export { Counters, Visits };

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);

    // /visits/…: the whole request goes to the object of that page, which answers it.
    if (pathname.startsWith("/visits/")) return env.VISITS.getByName(pathname).fetch(request);

    // /counters/<group>/<counter>/<action>: the Worker calls methods of the group's object.
    const [, root, group, counter, action, ...rest] = pathname.split("/");
    if (root !== "counters" || !group || counter === "" || rest.length > 0) return notFound();
    const counters = env.COUNTERS.getByName(group);

    switch (`${request.method} ${counter === undefined ? "group" : (action ?? "counter")}`) {
      case "GET group":
        return Response.json(await counters.readAll());
      case "DELETE group":
        return Response.json({ removed: await counters.removeAll() });
      case "GET counter":
        return Response.json({ value: await counters.read(counter) });
      case "DELETE counter":
        return Response.json({ removed: await counters.remove(counter) });
      case "POST increment":
      case "POST decrement": {
        const amount = Number(new URL(request.url).searchParams.get("by") ?? 1);
        if (!Number.isSafeInteger(amount) || amount < 1)
          return Response.json({ error: "by must be a whole number above 0" }, { status: 400 });
        return Response.json({ value: await counters[action](counter, amount) });
      }
      default:
        return notFound();
    }
  },
};

const notFound = () => Response.json({ error: "not found" }, { status: 404 });
