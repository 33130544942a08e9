const PONG_WITHIN_MS = 10_000;

/** Notices a connection that died without saying so. */
export class Heartbeat {
  readonly #ping: () => void;
  readonly #lost: () => void;
  #interval: ReturnType<typeof setInterval> | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;

  constructor(ping: () => void, lost: () => void) {
    this.#ping = ping;
    this.#lost = lost;
  }

  start(seconds: number): void {
    this.stop();
    this.#interval = setInterval(() => this.beat(), seconds * 1000);
  }

  beat(): void {
    this.#ping();
    this.#deadline ??= setTimeout(this.#lost, PONG_WITHIN_MS);
  }

  answered(): void {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
  }

  stop(): void {
    clearInterval(this.#interval);
    this.answered();
  }
}
