module.exports = function callable(x) {
  return `called with ${x}`;
};
module.exports.extra = "a property of the function";
