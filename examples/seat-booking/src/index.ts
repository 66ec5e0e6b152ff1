import { BookableEvent, type Result } from "./event";
import { parseBooking, parseEventName, parseLayout, parseStatus, Refusal } from "./validate";

export { BookableEvent };

export interface Env {
  EVENT: DurableObjectNamespace<BookableEvent>;
}

export default {
  async fetch(request, env): Promise<Response> {
    try {
      return await route(request, env);
    } catch (error) {
      if (error instanceof Refusal) return Response.json({ error: error.message }, { status: 400 });
      console.error(error);
      return Response.json({ error: "internal error" }, { status: 500 });
    }
  },
} satisfies ExportedHandler<Env>;

async function route(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  const [, api, events, name, part, id, ...rest] = url.pathname.split("/");
  if (api !== "api" || events !== "events" || name === undefined || rest.length > 0) return notFound();

  // Everything about one event happens in one object, one thing at a time: no locks, no double booking.
  const event = env.EVENT.getByName(parseEventName(name));

  switch (`${request.method} ${part ?? ""}${id === undefined ? "" : "/:id"}`) {
    case "PUT ": {
      const { rows, seatsPerRow } = parseLayout(await readJson(request));
      return reply(await event.open(rows, seatsPerRow));
    }
    case "GET ":
      return reply(await event.availability());
    case "GET seats":
      return reply(await event.seats(parseStatus(url.searchParams.get("status"))));
    case "POST bookings": {
      const { holder, seats } = parseBooking(await readJson(request));
      return reply(await event.book(holder, seats), 201);
    }
    case "GET bookings/:id":
      return reply(await event.booking(id));
    case "DELETE bookings/:id":
      return reply(await event.cancel(id));
    default:
      return notFound();
  }
}

/** An object's answer as HTTP: what it refuses, it names by a reason that maps to a status. */
function reply(result: Result<object>, successStatus = 200): Response {
  if (result.ok) return Response.json(result.value, { status: successStatus });
  const status = { "no such event": 404, "no such seat": 404, "no such booking": 404, taken: 409, "other layout": 409 };
  return Response.json({ error: result.reason, ...result.details }, { status: status[result.reason] });
}

function notFound(): Response {
  return Response.json({ error: "not found" }, { status: 404 });
}

async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    throw new Refusal("the body is not valid JSON");
  }
}
