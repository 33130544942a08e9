import { parseFrame, type ClientFrame, type ServerFrame } from './frames';
import { Heartbeat } from './heartbeat';

export type GetToken = (need?: 'fresh') => Promise<string>;

interface ConnectionEvents {
  readonly getToken: GetToken;
  readonly onReady: () => void;
  readonly onFrame: (frame: ServerFrame) => void;
  readonly onEnd: (code: number) => void;
}

export const SIGNED_OUT = 4401;
export const OTHER_PERSON = 4403;
const LOST = 4000;
const READY_WITHIN_MS = 15_000;

/** One WebSocket from its opening to its end: signs in, keeps the sign-in fresh, notices silence. */
export class Connection {
  readonly #socket: WebSocket;
  readonly #events: ConnectionEvents;
  readonly #heartbeat = new Heartbeat(
    () => this.send({ type: 'ping' }),
    () => this.end(LOST),
  );
  readonly #deadline: ReturnType<typeof setTimeout>;
  #ready = false;
  #ended = false;

  constructor(socket: WebSocket, events: ConnectionEvents, need?: 'fresh') {
    this.#socket = socket;
    this.#events = events;
    this.#deadline = setTimeout(() => this.end(LOST), READY_WITHIN_MS);
    socket.onopen = () => void this.authenticate(need);
    socket.onmessage = (message) => this.#receive(message.data);
    socket.onclose = (close) => this.end(close.code);
  }

  get ready(): boolean {
    return this.#ready && !this.#ended;
  }

  send(frame: ClientFrame): void {
    if (!this.#ended) this.#socket.send(JSON.stringify(frame));
  }

  async authenticate(need?: 'fresh'): Promise<void> {
    try {
      this.send({ type: 'auth', token: await this.#events.getToken(need) });
    } catch {
      this.end(LOST);
    }
  }

  probe(): void {
    if (this.ready) this.#heartbeat.beat();
  }

  end(code = 1000): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#deadline);
    this.#heartbeat.stop();
    this.#socket.close();
    this.#events.onEnd(code);
  }

  #receive(data: unknown): void {
    const frame = parseFrame(data);
    if (!frame || this.#ended) return;
    this.#heartbeat.answered();
    if (frame.type === 'auth_required') void this.authenticate('fresh');
    else if (frame.type === 'ready') this.#becomeReady(frame.heartbeatSeconds);
    else if (frame.type !== 'pong') this.#events.onFrame(frame);
  }

  /** `ready` also answers a renewed sign-in; only the first one opens the connection. */
  #becomeReady(heartbeatSeconds: number): void {
    if (this.#ready) return;
    this.#ready = true;
    clearTimeout(this.#deadline);
    this.#heartbeat.start(heartbeatSeconds);
    this.#events.onReady();
  }
}
