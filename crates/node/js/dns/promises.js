// node:dns/promises.

import { constants, promises } from "../internal/net/dns.js";

export const {
  ADDRGETNETWORKPARAMS, BADFAMILY, BADFLAGS, BADHINTS, BADNAME, BADQUERY, BADRESP, BADSTR, CANCELLED, CONNREFUSED,
  DESTRUCTION, EOF, FILE, FORMERR, LOADIPHLPAPI, NODATA, NOMEM, NONAME, NOTFOUND, NOTIMP, NOTINITIALIZED, REFUSED,
  Resolver, SERVFAIL, TIMEOUT, getDefaultResultOrder, getServers, lookup, lookupService, resolve, resolve4, resolve6,
  resolveAny, resolveCaa, resolveCname, resolveMx, resolveNaptr, resolveNs, resolvePtr, resolveSoa, resolveSrv,
  resolveTxt, reverse, setDefaultResultOrder, setServers,
} = promises;
export const { ADDRCONFIG, ALL, V4MAPPED } = constants;
export default promises;
