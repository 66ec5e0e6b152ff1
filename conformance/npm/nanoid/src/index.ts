import { customAlphabet, nanoid, urlAlphabet } from "nanoid";
import { ulid, decodeTime, monotonicFactory } from "ulid";
import { v1, v4, v5, v7, validate, version } from "uuid";
import { project } from "../../serve.js";

const cases = {
  nanoid: () => [nanoid().length, nanoid(8).length, [...nanoid(100)].every((c) => urlAlphabet.includes(c))],
  "custom-alphabet": () => /^[abc]{12}$/.test(customAlphabet("abc", 12)()),
  distinct: () => new Set(Array.from({ length: 1000 }, () => nanoid())).size,
  uuid: () => [v1(), v4(), v7()].map((id) => [validate(id), version(id)]),
  "uuid-v5": () => v5("holdfast", v5.URL),
  ulid: () => [ulid(1).slice(0, 10), decodeTime(ulid(1_700_000_000_000))],
  "ulid-grows": () => {
    const next = monotonicFactory();
    const ids = [next(1), next(1), next(1)];
    return ids[0] < ids[1] && ids[1] < ids[2];
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
