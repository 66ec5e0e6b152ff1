//! The helper modules that translated code imports: decorators, TypeScript's old ones and the standard's.

/// The source of a helper, a CommonJS module whose `module.exports` is the function.
pub(super) fn source(name: &str) -> Option<&'static str> {
    match name {
        "decorate" => Some(DECORATE),
        "decorateParam" => Some(DECORATE_PARAM),
        "decorateMetadata" => Some(DECORATE_METADATA),
        "classDecorators" => Some(include_str!("class_decorators.js")),
        _ => None,
    }
}

/// Applies decorators from the last to the first to a class (two arguments) or to a member, whose
/// descriptor is looked up when the fourth argument is null, and defined anew at the end.
const DECORATE: &str = "\
module.exports = function decorate(decorators, target, key, given) {
  const onClass = arguments.length < 3;
  if (typeof Reflect.decorate === \"function\") {
    const seen = onClass ? target : given === null ? Object.getOwnPropertyDescriptor(target, key) : given;
    const result = onClass ? Reflect.decorate(decorators, target) : Reflect.decorate(decorators, target, key, seen);
    if (arguments.length > 3 && result) Object.defineProperty(target, key, result);
    return result;
  }
  let value = onClass ? target : given === null ? Object.getOwnPropertyDescriptor(target, key) : given;
  for (let index = decorators.length - 1; index >= 0; index--) {
    const decorator = decorators[index];
    if (!decorator) continue;
    const result = onClass ? decorator(value)
      : arguments.length > 3 ? decorator(target, key, value)
      : decorator(target, key);
    value = result || value;
  }
  if (arguments.length > 3 && value) Object.defineProperty(target, key, value);
  return value;
};
";

/// Turns a parameter's decorator into one of its method.
const DECORATE_PARAM: &str = "\
module.exports = function decorateParam(index, decorator) {
  return (target, key) => decorator(target, key, index);
};
";

/// `emitDecoratorMetadata`: does something only where a polyfill gives `Reflect.metadata`.
const DECORATE_METADATA: &str = "\
module.exports = function decorateMetadata(key, value) {
  if (typeof Reflect === \"object\" && typeof Reflect.metadata === \"function\") return Reflect.metadata(key, value);
};
";
