import { AIChatAgent } from "@cloudflare/ai-chat";
import { getAgentByName } from "agents";
import { convertToModelMessages, generateText, type LanguageModel, Output, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { project } from "../../serve.js";
import { connect } from "../../sockets.js";

type Part = { type: string; [key: string]: unknown };
const usage = { inputTokens: { total: 3, noCache: 3 }, outputTokens: { total: 5, text: 5 } };

/** A model that answers each call with the next of some given lists of parts. */
function model(...answers: Part[][]) {
  const prompts: unknown[] = [];
  const next = (prompt: unknown) => {
    prompts.push(prompt);
    return answers[Math.min(prompts.length, answers.length) - 1];
  };
  return {
    prompts,
    specificationVersion: "v3",
    provider: "test",
    modelId: "parrot",
    supportedUrls: {},
    async doGenerate({ prompt }: { prompt: unknown }) {
      const parts = next(prompt);
      const calls = parts.some(({ type }) => type === "tool-call");
      return { content: parts, finishReason: { unified: calls ? "tool-calls" : "stop" }, usage, warnings: [] };
    },
    async doStream({ prompt }: { prompt: unknown }) {
      const parts = next(prompt).flatMap((part, index) => {
        if (part.type !== "text") return [part];
        const id = `t${index}`;
        const words = String(part.text).split(/(?<= )/);
        return [{ type: "text-start", id }, ...words.map((delta) => ({ type: "text-delta", id, delta })), { type: "text-end", id }];
      });
      const calls = parts.some(({ type }) => type === "tool-call");
      const finish = { type: "finish", finishReason: { unified: calls ? "tool-calls" : "stop" }, usage };
      return { stream: ReadableStream.from([{ type: "stream-start", warnings: [] }, ...parts, finish]) };
    },
  };
}

const asModel = (it: ReturnType<typeof model>) => it as unknown as LanguageModel;
const call = (input: object) => ({ type: "tool-call", toolCallId: "c1", toolName: "weather", input: JSON.stringify(input) });
const weather = tool({
  inputSchema: z.object({ city: z.string() }),
  execute: ({ city }) => ({ city, degrees: city.length }),
});

/** A chat that keeps its messages in its database and streams the answers. */
export class Chat extends AIChatAgent<object> {
  async onChatMessage() {
    const result = streamText({
      model: asModel(model([call({ city: "Graz" })], [{ type: "text", text: "It is 4 degrees." }])),
      messages: await convertToModelMessages(this.messages),
      tools: { weather },
      stopWhen: stepCountIs(3),
    });
    return result.toUIMessageStreamResponse({ generateMessageId: () => "answer" });
  }

  kept() {
    return this.messages.map(({ role, parts }) => ({ role, parts }));
  }
}

const cases = {
  "generate-with-tools": async () => {
    const parrot = model([call({ city: "Graz" })], [{ type: "text", text: "4" }]);
    const { text, steps, totalUsage } = await generateText({ model: asModel(parrot), prompt: "how warm?", tools: { weather }, stopWhen: stepCountIs(3) });
    return [text, steps.map(({ toolResults, finishReason }) => [finishReason, toolResults.map(({ output }) => output)]), totalUsage.totalTokens, parrot.prompts.length];
  },
  "stream-text": async () => {
    const { textStream, finishReason } = streamText({ model: asModel(model([{ type: "text", text: "one two three" }])), prompt: "count" });
    const words: string[] = [];
    for await (const word of textStream) words.push(word);
    return [words, await finishReason];
  },
  "an-object-as-output": async () => {
    const answer = model([{ type: "text", text: '{"name":"Ada","age":36}' }]);
    const { output } = await generateText({ model: asModel(answer), prompt: "who?", output: Output.object({ schema: z.object({ name: z.string(), age: z.number() }) }) });
    return output;
  },
  "as-events": async () => {
    const result = streamText({ model: asModel(model([{ type: "text", text: "a b" }])), prompt: "x" });
    return (await result.toUIMessageStreamResponse({ generateMessageId: () => "m" }).text()).split("\n").filter(Boolean);
  },
  "chat-over-a-socket": async ({ env }) => {
    const agent = await getAgentByName(env.Chat as DurableObjectNamespace<Chat>, "talk");
    const chat = await connect(agent as never, "https://chat.example/agents/chat/talk");
    const message = { id: "q", role: "user", parts: [{ type: "text", text: "how warm is it?" }] };
    const body = JSON.stringify({ messages: [message] });
    chat.socket.send(JSON.stringify({ type: "cf_agent_use_chat_request", id: "r1", init: { method: "POST", body } }));
    type Answer = { type: string; id: string; body: string; done: boolean };
    const answers: Answer[] = [];
    for (let count = 1; !answers.at(-1)?.done; count++) {
      const told = (await chat.json(count))[count - 1] as Answer;
      if (told.type === "cf_agent_use_chat_response") answers.push(told);
    }
    const parts = answers.filter(({ body }) => body).map(({ body }) => JSON.parse(body).type);
    chat.socket.close();
    return [parts, await agent.kept()];
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
