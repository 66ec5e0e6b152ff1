import { create, insertMultiple, load, save, search, update } from "@orama/orama";
import { Charset, Document as FlexDocument, Index } from "flexsearch";
import jsonata from "jsonata";
import MiniSearch from "minisearch";
import { project } from "../../serve.js";

const books = [
  { id: 1, title: "Moby Dick", text: "Call me Ishmael. Some years ago…", year: 1851, tags: ["sea", "whale"] },
  { id: 2, title: "Zen and the Art of Motorcycle Maintenance", text: "I can see by my watch", year: 1974, tags: ["road"] },
  { id: 3, title: "Neuromancer", text: "The sky above the port was the colour of television", year: 1984, tags: ["future", "sea"] },
  { id: 4, title: "Zen and the Art of Archery", text: "At first sight it must seem intolerably degrading", year: 1948, tags: ["zen"] },
];

const rounded = (score: number) => Math.round(score * 1e6) / 1e6;

const cases = {
  minisearch: ({ storage }) => {
    const index = new MiniSearch({ fields: ["title", "text"], storeFields: ["title"], searchOptions: { boost: { title: 2 }, prefix: true, fuzzy: 0.2 } });
    index.addAll(books);
    index.discard(2);
    storage.kv.put("index", JSON.stringify(index));
    const copy = MiniSearch.loadJSON(storage.kv.get("index"), { fields: ["title", "text"], storeFields: ["title"] });
    return [
      index.search("zen art").map(({ id, score, terms }) => [id, rounded(score), terms]),
      copy.search("neromancer", { fuzzy: 0.2 }).map(({ title }) => title),
      index.autoSuggest("zen ar").map(({ suggestion }) => suggestion),
      index.search({ combineWith: "AND_NOT", queries: ["art", "archery"] }).length,
    ];
  },
  flexsearch: () => {
    const index = new Index({ tokenize: "forward", encoder: Charset.LatinBalance });
    for (const { id, title } of books) index.add(id, title);
    const documents = new FlexDocument({ document: { id: "id", index: ["title", "text"], store: true, tag: "tags" } as never, tokenize: "full" });
    for (const book of books) documents.add(book);
    return [index.search("motor"), index.search("zen", { suggest: true }), documents.search("sky", { enrich: true }), documents.search({ tag: { tags: "sea" } } as never)];
  },
  orama: async ({ storage }) => {
    const db = create({ schema: { title: "string", text: "string", year: "number", tags: "string[]" } as const });
    await insertMultiple(db, books.map((book) => ({ ...book, id: String(book.id) })));
    const found = await search(db, { term: "art", where: { year: { gt: 1950 } }, facets: { tags: {} } });
    await update(db, "3", { id: "3", title: "Neuromancer II", text: "changed", year: 1985, tags: [] } as never);
    await storage.put("orama", save(db));
    const copy = create({ schema: { title: "string", text: "string", year: "number", tags: "string[]" } as const });
    load(copy, await storage.get("orama"));
    const again = await search(copy, { term: "neuromncer", tolerance: 2 });
    return [found.hits.map(({ id, score }) => [id, rounded(score)]), found.facets, again.hits.map(({ document }) => document.title)];
  },
  jsonata: async () => {
    const ask = (query: string, bindings = {}) => jsonata(query).evaluate(books, bindings);
    return [
      await ask("$[year > 1900].title"),
      await ask("${ tags[0]: $count($) }"),
      await ask("$map($, function($b) { $b.title & ' (' & $string($b.year) & ')' })[0]"),
      await ask("$sum($.year) / $n", { n: 4 }),
      await ask("$[0].text ~> $replace(/[aeiou]/, '*', 3)"),
    ];
  },
  "jsonata-error": () => {
    try {
      jsonata("$[year > ");
    } catch (error) {
      const { code, position, token, message } = error as Record<string, unknown>;
      return { code, position, token, message };
    }
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
