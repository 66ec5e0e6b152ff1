// node:async_hooks.

export default {};
