// node:_tls_common, an old name of parts of node:tls.

import { createSecureContext, SecureContext, translatePeerCertificate } from "./internal/net/tls.js";

export { createSecureContext, SecureContext, translatePeerCertificate };
export default { SecureContext, createSecureContext, translatePeerCertificate };
