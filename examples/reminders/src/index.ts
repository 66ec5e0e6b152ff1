import { Inbox } from "./inbox";
import { Reminders } from "./reminders";
import { parseName, parseReminder, Refusal } from "./validate";

export { Inbox, Reminders };

export interface Env {
  REMINDERS: DurableObjectNamespace<Reminders>;
  INBOX: DurableObjectNamespace<Inbox>;
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
  const [, api, users, name, part, id, ...rest] = new URL(request.url).pathname.split("/");
  if (api !== "api" || users !== "users" || name === undefined || rest.length > 0) return notFound();
  const user = parseName("a user", name);
  const reminders = env.REMINDERS.getByName(user);

  switch (`${request.method} ${part ?? ""}${id === undefined ? "" : "/:id"}`) {
    case "GET reminders":
      return Response.json(await reminders.list());
    case "PUT reminders/:id": {
      const reminder = parseReminder(parseName("a reminder", id), await readJson(request), Date.now());
      return Response.json(await reminders.set(reminder));
    }
    case "DELETE reminders/:id":
      return Response.json({ cancelled: await reminders.cancel(parseName("a reminder", id)) });
    case "GET inbox":
      return Response.json(await env.INBOX.getByName(user).list());
    default:
      return notFound();
  }
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
