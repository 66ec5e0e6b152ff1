import * as cheerio from "cheerio";
import { DOMParser, parseHTML } from "linkedom";
import sanitizeHtml from "sanitize-html";
import { project } from "../../serve.js";

const page = `<!doctype html><html><head><title>A &amp; B</title></head><body>
<ul id=list><li class="a x">one<li class=b>two <b>bold</b></ul>
<script>alert(1)</script><a href="javascript:x()" onclick="y()">bad</a><a href="/ok">ok</a>
<table><tr><td>1<td>2</table><svg viewBox="0 0 1 1"><linearGradient id="g"/></svg></body></html>`;

const cases = {
  cheerio: () => {
    const $ = cheerio.load(page);
    $("li").first().addClass("new").attr("data-n", "1").after("<li>between</li>");
    $("script").remove();
    return [
      $("title").text(),
      $("li").map((_, item) => $(item).text().trim()).get(),
      $("#list").html(),
      $("li:has(b) > b, td:nth-child(2)").toArray().map((node) => $.html(node)),
      $("a").extract({ links: [{ selector: "a", value: "href" }] } as never),
    ];
  },
  "cheerio-forms-and-xml": () => {
    const form = cheerio.load('<form><input name=a value="1"><select name=b><option value=x selected>X</select><input type=checkbox name=c></form>');
    const xml = cheerio.load("<feed><item a='1'/><Item>t</Item></feed>", { xml: true });
    return [form("form").serialize(), form("form").serializeArray(), xml.xml(), xml("Item").length];
  },
  "cheerio-selector-error": () => cheerio.load(page)("li:nope(").length,
  linkedom: () => {
    const { document, Event, HTMLElement, customElements } = parseHTML(page);
    const item = document.createElement("li");
    item.innerHTML = "<i>three</i> &lt;";
    item.dataset.kind = "added";
    item.style.color = "red";
    document.querySelector("#list")!.append(item);
    const heard: string[] = [];
    document.body.addEventListener("ring", (event) => heard.push(`body ${(event.target as HTMLElement).tagName}`));
    item.dispatchEvent(new Event("ring", { bubbles: true }));
    customElements.define("x-hi", class extends HTMLElement {
      connectedCallback() {
        this.textContent = "hi";
      }
    });
    document.body.prepend(document.createElement("x-hi"));
    return [document.title, heard, document.querySelectorAll("li:not(.a)").length, item.outerHTML, document.body.firstElementChild!.outerHTML, document.querySelector("lineargradient, linearGradient") !== null];
  },
  "linkedom-xml": () => {
    const xml = new DOMParser().parseFromString("<a><b c='1'>t</b><b/></a>", "text/xml");
    return [xml.querySelectorAll("b").length, xml.querySelector("b")!.getAttribute("c"), String(xml.documentElement)];
  },
  "sanitize-html": () => [
    sanitizeHtml(page),
    sanitizeHtml('<p style="color:red; position:fixed" class="a b">x<img src=x onerror=1></p><iframe src="https://www.youtube.com/embed/1"></iframe>', {
      allowedTags: ["p", "img", "iframe"],
      allowedAttributes: { p: ["style"], img: ["src"], iframe: ["src"] },
      allowedStyles: { "*": { color: [/^red$/] } },
      allowedIframeHostnames: ["www.youtube.com"],
    }),
    sanitizeHtml("<b>bold <i>it</i>", { allowedTags: [], disallowedTagsMode: "escape" }),
    sanitizeHtml("<ol><li>x</ol>", { transformTags: { ol: sanitizeHtml.simpleTransform("ul", { class: "z" }) }, allowedAttributes: { ul: ["class"] } }),
  ],
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
