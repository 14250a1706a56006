// One Idempotency-Key per request, however often it is sent: repeats get the same response and have no effect.

// Works without TLS too, when there is no crypto.randomUUID().
const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export class Once {
  // The key for the current request: the last one, until that has got a response and something else is sent.
  keyOf(content) {
    if (!this.key || (this.settled && content !== this.content)) this.key = fresh();
    this.content = content;
    this.settled = false;
    return this.key;
  }

  // After no response or a server error, the request may or may not have been carried out.
  heard(answer) {
    this.settled = answer.status > 0 && answer.status < 500;
    if (isSpent(answer)) this.key = null;
  }
}

// Whether the key belongs to an earlier request whose response got lost.
export const isSpent = (answer) => answer.code === "key_reused";
