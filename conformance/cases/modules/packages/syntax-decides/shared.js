export const token = { one: "copy" };
