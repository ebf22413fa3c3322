/** A proxy before an emulator that counts what is read of each object. */

import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Ministack } from "../support/ministack";

export interface Read {
  /** `/bucket/key`, decoded. */
  readonly path: string;
  readonly bytes: number;
}

export class WatchedS3 {
  /** Every answer to a GET that had bytes of an object. */
  readonly reads: Read[] = [];

  private constructor(
    private readonly server: Server,
    /** The emulator, reached through the proxy. */
    readonly cloud: Ministack,
  ) {}

  static async start(cloud: Ministack): Promise<WatchedS3> {
    const { hostname, port } = new URL(cloud.endpoint);
    const server = createServer((incoming, outgoing) => {
      const { method, url = "/", headers } = incoming;
      const passed = request({ hostname, port, method, path: url, headers }, (answer) => {
        let bytes = 0;
        answer.on("data", (chunk: Buffer) => (bytes += chunk.length));
        answer.on("end", () => {
          const { pathname, searchParams } = new URL(url, cloud.endpoint);
          const listed = searchParams.has("list-type") || searchParams.has("prefix");
          if (method === "GET" && !listed) watched.reads.push({ path: decodeURIComponent(pathname), bytes });
        });
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      passed.on("error", () => outgoing.destroy());
      incoming.pipe(passed);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const watched = new WatchedS3(server, { ...cloud, endpoint, env: { ...cloud.env, AWS_ENDPOINT_URL: endpoint } });
    return watched;
  }

  /** The bytes read of each object of a bucket since the last call: key → bytes. */
  bytesRead(bucket: string): Record<string, number> {
    const bytes: Record<string, number> = {};
    for (const one of this.reads.splice(0)) {
      const key = one.path.startsWith(`/${bucket}/`) ? one.path.slice(bucket.length + 2) : undefined;
      if (key !== undefined) bytes[key] = (bytes[key] ?? 0) + one.bytes;
    }
    return bytes;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}
