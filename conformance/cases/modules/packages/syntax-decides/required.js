// CommonJS that requires the ES module beside it.
exports.token = require("./shared.js").token;
