type Node = string | Node[];
type Props = Record<string, unknown> | null;

declare global {
  namespace JSX {
    interface IntrinsicElements {
      [tag: string]: unknown;
    }
  }
}

const Fragment = (_: Props, ...children: Node[]): Node => children;

function h(tag: string | ((props: Props, ...children: Node[]) => Node), props: Props, ...children: Node[]): string {
  if (typeof tag === "function") return [tag(props, ...children)].flat(9).join("");
  const attributes = Object.entries(props ?? {}).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  return `<${tag}${attributes.join("")}>${children.flat(9).join("")}</${tag}>`;
}

const Greeting = (props: Props) => <b>{`Hello ${(props as { name: string }).name}`}</b>;

export const render = (name: string) => (
  <main class="x" data-n={1}>
    <>
      <Greeting name={name} />,{" "}
      {["a", "b"].map((x) => (
        <i>{x}</i>
      ))}{" "}
      &amp; é
    </>
  </main>
);
