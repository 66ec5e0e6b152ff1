const started = await Promise.resolve("awaited at the top level");
export const later = started;
