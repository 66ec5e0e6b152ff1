"use strict";
const path = require("path");
const { base } = require("./base");
const data = require("./data.json");

class Box {
  constructor(value) {
    this.value = value;
  }
}

exports.Box = Box;
exports.base = base;
exports.data = data;
exports.joined = path.join("a", "..", "b");
exports.again = () => require("./base") === require("./base.js");
exports.kinds = { require: typeof require, module: typeof module, exports: typeof exports, self: this === exports };
// Names that only exist once the module has run.
for (const name of ["late", "later"]) exports[name] = name.toUpperCase();

// Text beyond ASCII, in each place where an engine might take bytes for characters.
exports.letters = ["é", "Ā", "😀", `ü`, /^é$/.test("é")];
