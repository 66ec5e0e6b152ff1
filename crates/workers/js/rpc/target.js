import { refuseToClone } from "../../web/clonable.js";

/** A marker: instances of subclasses are passed by reference. */
export class RpcTarget {}

refuseToClone(RpcTarget, "Remote RPC references can only be serialized for RPC.");
