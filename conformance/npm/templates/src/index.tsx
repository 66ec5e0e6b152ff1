import MarkdownIt from "markdown-it";
import { marked } from "marked";
import Mustache from "mustache";
import { h, type VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { createSSRApp, computed, h as vh, ref } from "vue";
import { renderToString as vueToString, renderToWebStream } from "vue/server-renderer";
import { project } from "../../serve.js";

const source = "# Title\n\nSome *emphasis*, `code` and a [link](https://example.com).\n\n- a\n- b\n\n| x | y |\n|---|--:|\n| 1 | 2 |\n";

const cases = {
  marked: () => marked.parse(source, { gfm: true }),
  "markdown-it": () => new MarkdownIt({ html: false, linkify: true, typographer: true }).render(`${source}\n"quotes" <b>x</b> www.example.com`),
  mustache: () =>
    Mustache.render("{{#people}}<p>{{name}}{{^last}}, {{/last}}</p>{{/people}}{{{raw}}}{{>part}}", {
      people: [{ name: "<Ada>" }, { name: "Bob", last: true }],
      raw: "<br>",
    }, { part: "!" }),
  "mustache-error": () => Mustache.render("{{#open}}", {}),
  preact: () => {
    const Item = ({ n, children }: { n: number; children?: unknown }) => h("li", { class: `n${n}`, style: { color: "red" } }, children as VNode);
    return renderToString(h("ul", null, [1, 2].map((n) => h(Item, { n, key: n }, `item <${n}>`))));
  },
  vue: () => {
    const app = createSSRApp({
      setup() {
        const n = ref(2);
        const square = computed(() => n.value * n.value);
        return () => vh("div", { class: ["a", { b: true }], onClick: () => n.value++ }, [`${n.value} ${square.value}`, vh("i", "<x>")]);
      },
    });
    return vueToString(app);
  },
  "vue-stream": async () => {
    const app = createSSRApp({ render: () => vh("ul", [1, 2, 3].map((n) => vh("li", n))) });
    return new Response(renderToWebStream(app)).text();
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
