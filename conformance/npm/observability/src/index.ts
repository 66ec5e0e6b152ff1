import { DurableObject } from "cloudflare:workers";
import { context, propagation, SpanStatusCode, trace } from "@opentelemetry/api";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import * as Sentry from "@sentry/cloudflare";
import { createConsola } from "consola/basic";
import createDebug from "debug";
import pino from "pino";
import { project } from "../../serve.js";

const sent: { type: string; [key: string]: any }[] = [];

/** What Sentry would send goes to a list. */
const transport = (options: { textEncoder?: unknown }) =>
  Sentry.createTransport({ ...options, recordDroppedEvent() {} } as never, async ({ body }) => {
    const lines = (typeof body === "string" ? body : new TextDecoder().decode(body)).split("\n");
    for (let i = 1; i + 1 < lines.length; i += 2) sent.push({ ...JSON.parse(lines[i + 1] || "{}"), type: JSON.parse(lines[i] || "{}").type });
    return { statusCode: 200 };
  });

class Plain extends DurableObject {
  fails(): void {
    Sentry.setTag("object", "watched");
    Sentry.addBreadcrumb({ message: "on the way" });
    throw new RangeError("told to Sentry");
  }
  works() {
    return Sentry.startSpan({ name: "work", op: "test" }, () => "done");
  }
  events() {
    const errors = sent.filter(({ exception }) => exception);
    const spans = sent.filter(({ type }) => type === "transaction");
    return {
      errors: errors.map(({ exception, tags, breadcrumbs }) => [exception.values[0].type, exception.values[0].value, tags, breadcrumbs?.map(({ message }: { message: string }) => message)]),
      spans: spans.map(({ transaction, spans }) => [transaction, spans.map(({ description, op }: { description: string; op: string }) => [description, op])]),
    };
  }
}

export const Watched = Sentry.instrumentDurableObjectWithSentry(
  () => ({ dsn: "https://key@sentry.example/1", transport: transport as never, tracesSampleRate: 1, enableRpcTracePropagation: false }),
  Plain,
);

const cases = {
  sentry: async ({ env }) => {
    const stub = env.WATCHED.getByName("sentry");
    const failure = await stub.fails().catch((error: Error) => `${error.name}: ${error.message}`);
    const done = await stub.works();
    const events = await stub.events();
    return [failure, done, events.errors];
  },
  opentelemetry: async () => {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const tracer = provider.getTracer("test");
    const parent = tracer.startSpan("parent", { attributes: { a: 1 } });
    const child = tracer.startSpan("child", {}, trace.setSpan(context.active(), parent));
    child.addEvent("half way", { n: 2 });
    child.setStatus({ code: SpanStatusCode.ERROR, message: "no" });
    child.recordException(new TypeError("x"));
    child.end();
    parent.end();
    const carrier: Record<string, string> = {};
    propagation.inject(trace.setSpan(context.active(), parent), carrier);
    await provider.forceFlush();
    return exporter.getFinishedSpans().map((span) => [span.name, span.attributes, span.events.map(({ name }) => name), span.status, span.parentSpanContext?.spanId === parent.spanContext().spanId]);
  },
  pino: () => {
    const lines: object[] = [];
    const logger = pino({ level: "debug", base: null, redact: ["secret"], browser: { asObject: true, write: (line) => lines.push(line), serialize: true }, serializers: { user: ({ id }: { id: number }) => id } } as never);
    logger.child({ request: 7 }).info({ user: { id: 3, name: "x" } }, "hello %s", "world");
    logger.trace("not shown");
    logger.error(new Error("broken"));
    return lines.map((line) => {
      const { time, stack, ...rest } = line as { time?: number; stack?: string };
      return { ...rest, timed: typeof time, stack: stack?.split("\n")[0] };
    });
  },
  debug: () => {
    const lines: unknown[] = [];
    createDebug.enable("app:*,-app:noise");
    for (const name of ["app:db", "app:noise", "other"]) {
      const debug = createDebug(name);
      debug.log = (...parts: unknown[]) => lines.push(String(parts[0]).replace(/\+\d+\w+/, "+…"), parts.length);
      debug("value %d %j", 42, { a: 1 });
    }
    return [lines.filter((line) => typeof line === "string" && line.includes("app:db")).length, createDebug.enabled("app:x"), createDebug.disable()];
  },
  consola: () => {
    const lines: unknown[] = [];
    const logger = createConsola({ level: 3, reporters: [{ log: ({ type, tag, args, level }) => lines.push([type, tag, args.map(String), level]) }] });
    logger.withTag("db").warn("slow", 12);
    logger.debug("not shown");
    logger.mockTypes(() => (...args: unknown[]) => lines.push(["mocked", ...args]));
    logger.success("yes");
    return lines;
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
