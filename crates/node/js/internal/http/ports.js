// The ports that servers of the program listen on. They are names: nothing outside of the program can reach them.

const PORT_MAX = 65535;
const FIRST_FREE_PORT = 49152;

/** Port → Server */
const servers = new Map();

/** Gives the port: a free one for 0. Throws `taken()` if somebody listens there. */
export function addServer(server, port, taken) {
  let chosen = port;
  if (chosen === 0) {
    chosen = FIRST_FREE_PORT;
    while (servers.has(chosen) && chosen < PORT_MAX) chosen++;
  }
  if (servers.has(chosen)) throw taken();
  servers.set(chosen, server);
  return chosen;
}

export function removeServer(port) {
  servers.delete(port);
}

export function serverAt(port) {
  return servers.get(port);
}
