import { buildSchema, graphql, GraphQLError, parse, print, validate } from "graphql";
import { createSchema, createYoga } from "graphql-yoga";
import { project } from "../../serve.js";

const schema = buildSchema(`
  type Query { hello(name: String!): String, users(first: Int = 2): [User!]! }
  type Mutation { add(name: String!): User }
  type User { id: ID!, name: String }
`);
const users = [{ id: 1, name: "ada" }, { id: 2, name: "bob" }, { id: 3, name: null }];
const rootValue = {
  hello: ({ name }) => `hello ${name}`,
  users: ({ first }) => users.slice(0, first),
  add: () => {
    throw new GraphQLError("full", { extensions: { code: "FULL" } });
  },
};
const run = (source: string) => () => graphql({ schema, source, rootValue });

const makeYoga = (storage: DurableObjectStorage) =>
  createYoga({
    graphqlEndpoint: "/graphql",
    landingPage: false,
    logging: false,
    schema: createSchema({
      typeDefs: `
        type Query { count: Int! }
        type Mutation { increment(by: Int!): Int! }
        type Subscription { countdown(from: Int!): Int! }`,
      resolvers: {
        Query: { count: async () => (await storage.get<number>("n")) ?? 0 },
        Mutation: {
          increment: async (_: unknown, { by }: { by: number }) => {
            const n = ((await storage.get<number>("n")) ?? 0) + by;
            await storage.put("n", n);
            return n;
          },
        },
        Subscription: {
          countdown: {
            async *subscribe(_: unknown, { from }: { from: number }) {
              for (let i = from; i >= 0; i--) yield { countdown: i };
            },
          },
        },
      },
    }),
  });
const post = (storage: DurableObjectStorage, query: string, headers = {}) =>
  makeYoga(storage).fetch("https://yoga.example/graphql", {
    method: "POST",
    body: JSON.stringify({ query }),
    headers: { "content-type": "application/json", ...headers },
  });

const cases = {
  query: run('{ hello(name: "ada") users { id name } }'),
  error: run('mutation { add(name: "x") { id } }'),
  "unknown-field": run("{ nothing }"),
  "syntax-error": run("{ hello("),
  "print-parsed": () => print(parse("query Q($a:Int){users(first:$a){...F}} fragment F on User{id}")),
  validate: () => validate(schema, parse("{ hello }")).map(({ message }) => message),
  "yoga-query": async ({ storage }) => {
    await post(storage, "mutation { increment(by: 2) }");
    await post(storage, "mutation { increment(by: 3) }");
    return (await post(storage, "{ count }")).json();
  },
  "yoga-subscription": async ({ storage }) =>
    (await post(storage, "subscription { countdown(from: 2) }", { accept: "text/event-stream" })).text(),
  "yoga-bad-request": async ({ storage }) => {
    const response = await post(storage, "{ nope }");
    return { status: response.status, body: await response.json() };
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
