// `request.cf` of a request that came in over HTTP: what Cloudflare knows of a client, as far as one machine does.
//
// Few programs look at it, so a request carries the mark instead until somebody asks. Users' `cf` is always an object.

/** Stands for the local values, also as JSON between contexts. */
export const LOCAL_CF = "local";

export function makeLocalCf() {
  return {
    asOrganization: "",
    asn: 0,
    clientTcpRtt: 0,
    colo: "XXX",
    // What Cloudflare says of an address that it cannot place.
    country: "XX",
    edgeRequestKeepAliveStatus: 0,
    httpProtocol: "HTTP/1.1",
    requestPriority: "",
    timezone: "Etc/UTC",
    tlsCipher: "",
    tlsVersion: "",
  };
}
