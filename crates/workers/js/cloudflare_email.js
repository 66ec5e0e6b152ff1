// The module `cloudflare:email`.

/** A message to be sent by an email binding, of which there are none yet. */
export class EmailMessage {
  constructor(from, to, raw) {
    this.from = from;
    this.to = to;
    this.raw = raw;
  }
}
