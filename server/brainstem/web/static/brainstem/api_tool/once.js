// One Idempotency-Key for one request, however often it is sent: what was done is told again, not done twice.

// Also where the site has no TLS, and so no crypto.randomUUID().
const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export class Once {
  // The key for what is sent now: the last one, until that was answered and something else is sent.
  keyOf(content) {
    if (!this.key || (this.settled && content !== this.content)) this.key = fresh();
    this.content = content;
    this.settled = false;
    return this.key;
  }

  // Silence and errors of the server leave open whether it was done.
  heard(answer) {
    this.settled = answer.status > 0 && answer.status < 500;
    if (isSpent(answer)) this.key = null;
  }
}

// Whether the key stands for an earlier request, whose answer got lost.
export const isSpent = (answer) => answer.code === "key_reused";
