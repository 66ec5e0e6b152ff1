import { createContext, Suspense, use, useContext, useId, useMemo, useState } from "react";
import { renderToReadableStream, renderToString } from "react-dom/server";
import { project } from "../../serve.js";

const Theme = createContext("light");

function Counter({ start }: { start: number }) {
  const [count] = useState(start);
  const double = useMemo(() => count * 2, [count]);
  const id = useId();
  return (
    <p id={id} className={useContext(Theme)} style={{ marginTop: 4 }}>
      {count} and {double} &lt;escaped&gt;
    </p>
  );
}

function Slow({ text }: { text: Promise<string> }) {
  return <b>{use(text)}</b>;
}

function Broken(): never {
  throw new Error("this part cannot be rendered");
}

const cases = {
  string: () =>
    renderToString(
      <Theme value="dark">
        <Counter start={21} />
      </Theme>,
    ),
  stream: async () =>
    new Response(
      await renderToReadableStream(
        <html lang="en">
          <body>
            <Suspense fallback="waiting">
              <Slow text={new Promise((resolve) => setTimeout(() => resolve("late"), 5))} />
            </Suspense>
          </body>
        </html>,
      ),
      { headers: { "content-type": "text/html" } },
    ),
  "all-ready": async () => {
    const stream = await renderToReadableStream(<Slow text={Promise.resolve("now")} />);
    await stream.allReady;
    return new Response(stream).text();
  },
  "error-reaches-caller": async () => renderToReadableStream(<Broken />, { onError() {} }),
  "from-storage": async ({ storage }) => {
    await storage.put("items", ["a", "b"]);
    const items = (await storage.get("items")) as string[];
    return renderToString(<ul>{items.map((item) => <li key={item}>{item}</li>)}</ul>);
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
