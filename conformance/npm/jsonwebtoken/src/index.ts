import jwt from "jsonwebtoken";
import { project } from "../../serve.js";

const options = { noTimestamp: true } as const;
const cases = {
  sign: () => jwt.sign({ user: "ada" }, "secret", options),
  verify: () => jwt.verify(jwt.sign({ user: "ada", iat: 1_700_000_000 }, "secret"), "secret"),
  "wrong-secret": () => jwt.verify(jwt.sign({ a: 1 }, "secret", options), "other"),
  expired: () => jwt.verify(jwt.sign({ exp: 1 }, "secret", options), "secret"),
  decode: () => jwt.decode(jwt.sign({ a: 1 }, "secret", { ...options, keyid: "k1" }), { complete: true }),
  callback: () =>
    new Promise((resolve) => jwt.verify("not.a.token", "secret", (error, value) => resolve({ error: error?.message, value }))),
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
