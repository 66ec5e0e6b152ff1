import { z } from "zod";
import { project } from "../../serve.js";

const user = z.object({
  name: z.string().min(2),
  email: z.email(),
  age: z.coerce.number().int().positive().optional(),
  tags: z.array(z.enum(["a", "b"])).default([]),
});

const cases = {
  valid: () => user.parse({ name: "Ada", email: "ada@example.com", age: "36" }),
  invalid: () => {
    const { error } = user.safeParse({ name: "x", email: "no", age: -1, tags: ["c"] });
    return { issues: error!.issues, flat: z.flattenError(error!), pretty: z.prettifyError(error!) };
  },
  throws: () => user.parse(null),
  union: () => {
    const shape = z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("circle"), r: z.number() }),
      z.object({ kind: z.literal("square"), side: z.number() }),
    ]);
    return [shape.parse({ kind: "square", side: 2 }), shape.safeParse({ kind: "line" }).success];
  },
  "transform-and-refine": async () => {
    const even = z.string().transform(Number).refine(async (n) => n % 2 === 0, "odd");
    return [await even.parseAsync("4"), (await even.safeParseAsync("3")).error!.issues[0].message];
  },
  "json-schema": () => z.toJSONSchema(user),
  "stored-after-validation": async ({ storage }) => {
    await storage.put("user", user.parse({ name: "Bob", email: "b@example.org" }));
    return user.parse(await storage.get("user"));
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
