module.exports = { which: "main" };
