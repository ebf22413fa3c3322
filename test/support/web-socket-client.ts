import { once } from "node:events";
import WebSocket from "ws";
import type { ServerMessage } from "../../contracts/realtime";

/** A client, and what it has heard and not yet been asked for. */
export class WebSocketClient {
  private readonly heard: ServerMessage[] = [];
  private wake: () => void = () => undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on("message", (data: Buffer) => {
      this.heard.push(JSON.parse(data.toString()) as ServerMessage);
      this.wake();
    });
  }

  static async connect(url: string): Promise<WebSocketClient> {
    const client = new WebSocketClient(new WebSocket(url));
    await once(client.socket, "open");
    return client;
  }

  say(message: unknown): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  async hears(): Promise<Record<string, unknown>> {
    const late = AbortSignal.timeout(30_000);
    while (this.heard.length === 0) {
      await new Promise<void>((heard, failed) => {
        this.wake = heard;
        late.addEventListener("abort", () => failed(new Error("heard nothing for half a minute")));
      });
    }
    return this.heard.shift() as unknown as Record<string, unknown>;
  }

  async asks(message: unknown): Promise<Record<string, unknown>> {
    this.say(message);
    return this.hears();
  }

  async leave(): Promise<void> {
    this.socket.close(1000);
    await once(this.socket, "close");
  }
}
