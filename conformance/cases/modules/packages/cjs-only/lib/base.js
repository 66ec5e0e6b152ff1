module.exports = { base: "the base", cycle: () => require("./main").base };
