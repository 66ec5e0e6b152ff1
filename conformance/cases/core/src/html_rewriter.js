// HTMLRewriter: its arguments, selectors and tokens.

import { describeError, outcomes, show } from "./harness.js";
import { names, onP, page, rewritten, withP } from "./html_rewriter_tools.js";

export default {
  shape: () => ({
    members: names(HTMLRewriter.prototype),
    keys: Object.keys(HTMLRewriter.prototype).sort(),
    length: HTMLRewriter.length,
    tag: String(new HTMLRewriter()),
  }),
  "shape-of-tokens": async () => {
    const seen = {};
    const look = (token) => {
      const prototype = Object.getPrototypeOf(token);
      // Whether an accessor is a member of the object or of its prototype is nothing that programs depend on.
      const members = [...names(prototype), ...names(token)].sort();
      seen[prototype.constructor.name] = { members, tag: String(token) };
    };
    await new HTMLRewriter()
      .on("p", {
        element(element) {
          look(element);
          look(element.attributes);
          element.onEndTag(look);
        },
        comments: look,
        text: look,
      })
      .onDocument({ doctype: look, end: look })
      .transform(page("<!doctype html><p a=b>x<!-- c --></p>"))
      .text();
    return seen;
  },
  "arguments": () =>
    outcomes({
      onNothing: () => new HTMLRewriter().on(),
      onOne: () => new HTMLRewriter().on("p"),
      onNumber: () => new HTMLRewriter().on("p", 1),
      onNull: () => new HTMLRewriter().on("p", null) instanceof HTMLRewriter,
      onWrongField: () => new HTMLRewriter().on("p", { element: 1 }),
      onNullField: () => new HTMLRewriter().on("p", { text: null }),
      onWrongComments: () => new HTMLRewriter().on("p", { comments: "x" }),
      chain: () => {
        const rewriter = new HTMLRewriter();
        return [rewriter.on("p", {}) === rewriter, rewriter.onDocument({}) === rewriter];
      },
      documentNothing: () => new HTMLRewriter().onDocument(),
      documentWrong: () => new HTMLRewriter().onDocument({ end: 1 }),
      transformNothing: () => new HTMLRewriter().transform(),
      transformText: () => new HTMLRewriter().transform("x"),
    }),
  selectors: () => {
    const wrong = [
      "", "p:", "p:hover", "p::before", "a >", "> a", "[", "a + b", "a ~ b", "p:nth-child(x)", "..a", "a, ", "svg|a",
      "p:has(a)", "p:not(a b)",
    ];
    return outcomes(Object.fromEntries(wrong.map((text) => [text, () => new HTMLRewriter().on(text, {})])));
  },
  "selectors-that-match": async () => {
    const html =
      '<main><p id="i" class="c d" data-x="Val">1</p><div><p>2</p><p lang="en-US">3</p></div><ul><li>4<li>5<li>6</ul></main>';
    const matched = {};
    const selectors = [
      "*", "p", "P", "#i", ".c.d", "p.d", "[data-x]", '[data-x="val" i]', "[data-x^=V]", "[data-x$=al]", "[data-x*=a]",
      "[lang|=en]", "main > p", "main p", "p:not(#i)", "p:first-child", "p:nth-child(2)", "li:nth-of-type(2n+1)",
      "p:first-of-type", "p, li",
    ];
    for (const selector of selectors) {
      let count = 0;
      await rewritten(html, selector, { element: () => void count++ });
      matched[selector] = count;
    }
    return matched;
  },
  content: () =>
    onP("<div><p>hi</p></div>", (p) => {
      p.before("<1>").before("<i>", { html: true }).prepend("<2>").prepend("<b>", { html: true });
      p.append("<3>").append("<u>", { html: true }).after("<4>").after("<s>", { html: true });
    }),
  "replace-and-remove": async () => ({
    replace: await onP("<div><p>hi<b>x</b></p>!</div>", (p) => p.replace("<new>")),
    replaceHtml: await onP("<div><p>hi<b>x</b></p>!</div>", (p) => p.replace("<new>", { html: true })),
    inner: await onP("<div><p>hi<b>x</b></p>!</div>", (p) => p.setInnerContent("<new>")),
    innerHtml: await onP("<div><p>hi<b>x</b></p>!</div>", (p) => p.setInnerContent("<new>", { html: true })),
    remove: await onP("<div><p>hi<b>x</b></p>!</div>", (p) => p.remove()),
    keep: await onP("<div><p>hi<b>x</b></p>!</div>", (p) => p.removeAndKeepContent()),
    around: await onP("<div><p>hi</p>!</div>", (p) => p.before("1").after("2").append("3").remove()),
    removed: await withP((p) => ({ before: () => p.removed, act: () => p.remove() === p, after: () => p.removed })),
  }),
  "content-arguments": () =>
    withP((p) => ({
      none: () => p.before(),
      number: () => p.before(1) === p,
      null: () => p.before(null) === p,
      object: () => p.before({}) === p,
      options: () => p.before("x", 1),
      optionsNull: () => p.before("<", null) === p,
      html: () => p.before("<q>", { html: "yes" }) === p,
      htmlFalse: () => p.before("<", { html: 0 }) === p,
    })),
  attributes: () =>
    withP(
      (p) => ({
        get: () => [p.getAttribute("id"), p.getAttribute("ID"), p.getAttribute("b"), p.getAttribute("none")],
        has: () => [p.hasAttribute("id"), p.hasAttribute("ID"), p.hasAttribute("none")],
        all: () => [...p.attributes],
        set: () => p.setAttribute("new", 'a"b&<>').setAttribute("ID", "z") === p,
        remove: () => p.removeAttribute("b").removeAttribute("none") === p,
        after: () => [...p.attributes],
        iterator: () => {
          const iterator = p.attributes;
          return [iterator[Symbol.iterator]() === iterator, iterator.next(), [...iterator].length, iterator.next()];
        },
        emptyName: () => p.setAttribute("", "x"),
        badName: () => p.setAttribute("a b", "x"),
        noValue: () => p.setAttribute("a"),
        getNothing: () => p.getAttribute(),
        number: () => p.setAttribute("n", 1) === p,
      }),
      "<p Id=a b c='1 2' b=twice>x</p>",
    ),
  "tag-name": () =>
    withP(
      (p) => ({
        get: () => p.tagName,
        namespace: () => p.namespaceURI,
        set: () => {
          p.tagName = "Section";
          return p.tagName;
        },
        empty: () => {
          p.tagName = "";
        },
        digit: () => {
          p.tagName = "1p";
        },
        space: () => {
          p.tagName = "a b";
        },
        number: () => {
          p.tagName = 5;
        },
        after: () => p.tagName,
      }),
      "<P>x</P>",
    ),
  namespaces: async () => {
    const seen = [];
    await rewritten("<div><svg><circle/></svg><math><mi>x</mi></math></div>", "*", {
      element: (element) => void seen.push([element.tagName, element.namespaceURI]),
    });
    return seen;
  },
  "end-tags": async () => {
    const seen = [];
    const text = await rewritten("<div><p>a</p><br><P>b</div><p>c", "p, br", {
      element(element) {
        try {
          element.onEndTag((end) => {
            seen.push(end.name);
            end.before("1").after("2");
            end.name = "q";
          });
        } catch (error) {
          seen.push(describeError(error));
        }
      },
    });
    const removed = await onP("<p>a</p>", (p) => p.onEndTag((end) => end.remove()));
    const twice = await onP("<p>a</p>", (p) => {
      p.onEndTag((end) => end.before("1"));
      p.onEndTag((end) => end.before("2"));
    });
    const wrong = await withP((p) => ({ none: () => p.onEndTag(), number: () => p.onEndTag(1) }));
    return { seen, text, removed, twice, wrong };
  },
  text: async () => {
    const seen = [];
    const text = await rewritten("<p>one<b>two</b>&amp;three</p>", "p", {
      text(chunk) {
        seen.push([chunk.text, chunk.lastInTextNode, chunk.removed]);
        if (chunk.text === "one") chunk.before("<").after(">").replace("1");
        if (chunk.text === "two") chunk.remove();
        if (chunk.lastInTextNode) chunk.after("|", { html: true });
      },
    });
    return { seen, text };
  },
  comments: async () => {
    const results = [];
    const text = await rewritten("<p><!-- a --><!--b--><!--c--></p>", "p", {
      async comments(comment) {
        results.push(
          await outcomes({
            text: () => comment.text,
            set: () => {
              comment.text = comment.text.toUpperCase();
            },
            bad: () => {
              comment.text = "-->";
            },
            after: () => comment.text,
          }),
        );
        if (comment.text === "B") comment.remove();
        if (comment.text === "C") comment.before("<").after("<i>", { html: true }).replace("gone");
      },
    });
    return { results, text };
  },
  document: async () => {
    const seen = [];
    const text = await new HTMLRewriter()
      .onDocument({
        doctype: (doctype) => void seen.push([doctype.name, doctype.publicId, doctype.systemId]),
        comments: (comment) => void seen.push(comment.text),
        text: (chunk) => void seen.push([chunk.text, chunk.lastInTextNode]),
        end: (end) => void end.append("<end>").append("<!--end-->", { html: true }),
      })
      .transform(page('<!DOCTYPE HTML PUBLIC "-//W3C" "http://w3"><!--x--><html>t</html>'))
      .text();
    return { seen, text };
  },
  "doctype-without-anything": async () => {
    const seen = [];
    await new HTMLRewriter()
      .onDocument({ doctype: (doctype) => void seen.push([doctype.name, doctype.publicId, doctype.systemId]) })
      .transform(page("<!doctype>"))
      .text();
    return show(seen);
  },
  "order-of-handlers": async () => {
    const seen = [];
    const note = (name) => (token) => void seen.push([name, token.tagName ?? token.text ?? token.name]);
    await new HTMLRewriter()
      .on("p", { element: note("p1"), text: note("p1"), comments: note("p1") })
      .onDocument({ text: note("document"), comments: note("document"), end: () => void seen.push("end") })
      .on("*", { element: note("*") })
      .on("p", { element: note("p2"), text: note("p2") })
      .transform(page("<div><p>x<!--c--></p></div>"))
      .text();
    return seen;
  },
  "handlers-see-changes": async () => {
    const seen = [];
    const text = await new HTMLRewriter()
      .on("p", { element: (p) => void (p.setAttribute("a", "1"), p.remove()) })
      .on("p", { element: (p) => void seen.push([p.getAttribute("a"), p.removed]) })
      .on("b", { element: () => void seen.push("inside") })
      .transform(page("<p>x<b>y</b></p>"))
      .text();
    return { seen, text };
  },
  receivers: async () => {
    class Handlers {
      name = "mine";
      seen = [];
      element(element) {
        this.seen.push(["element", this.name]);
        element.onEndTag(function () {
          seen.push(this === undefined || this === globalThis ? "none" : "some");
        });
      }
      text() {
        this.seen.push(["text", this.name]);
      }
    }
    const seen = [];
    const handlers = new Handlers();
    await rewritten("<p>x</p>", "p", handlers);
    return { seen, own: handlers.seen };
  },
};
