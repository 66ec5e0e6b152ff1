import "./jitless.js"; // before arktype: it would otherwise compile text, which Workers refuse
import { type } from "arktype";
import * as s from "superstruct";
import * as v from "valibot";
import { project } from "../../serve.js";

const cases = {
  valibot: () => {
    const schema = v.object({ email: v.pipe(v.string(), v.email()), n: v.optional(v.pipe(v.number(), v.minValue(3)), 5) });
    const bad = v.safeParse(schema, { email: "no", n: 1 });
    return [v.parse(schema, { email: "a@b.example" }), v.flatten(bad.issues!)];
  },
  "valibot-async": async () => {
    const schema = v.pipeAsync(v.string(), v.checkAsync(async (text) => text.length > 2, "short"));
    return (await v.safeParseAsync(schema, "ab")).issues!.map((issue) => issue.message);
  },
  superstruct: () => {
    const User = s.object({ id: s.number(), tags: s.array(s.enums(["x", "y"])), at: s.defaulted(s.string(), "now") });
    const [failure] = s.validate({ id: "1", tags: [] }, User);
    return [s.create({ id: 1, tags: ["x"] }, User), failure!.message, [...failure!.failures()].map(({ path }) => path)];
  },
  arktype: () => {
    const User = type({ name: "string > 1", "age?": "number.integer >= 0", kind: "'a' | 'b'" });
    const bad = User({ name: "x", age: 1.5, kind: "c" });
    return [User({ name: "ada", kind: "a" }), bad instanceof type.errors ? bad.summary : "accepted"];
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
