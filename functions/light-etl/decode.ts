/** Turns an object's bytes into a local file that DuckDB can load: decompressed, in UTF-8, with well-formed records only. */

import { isUtf8 } from "node:buffer";
import { createWriteStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { Dialect } from "../../contracts/flow";
import { NamedError } from "../shared/errors";
import { RecordSplitter } from "./records";

export interface DecodedFile {
  /** The number of records after the header, malformed ones included. */
  readonly records: number;
  readonly malformed: number;
  /** The bytes of the longest record. */
  readonly longest: number;
  readonly lineEnd: "\n" | "\r\n";
  /** Whether some text holds U+FFFD, which stands for bytes that could not be decoded. */
  readonly replaced: boolean;
  /** The number of bytes written. */
  readonly bytes: number;
}

export interface DecodeOptions {
  readonly dialect: Dialect;
  /** The number of columns in the header. */
  readonly fields: number;
  /** The file for the good records, and the file for malformed ones (`error,line`, comma-separated) if there are any. */
  readonly path: string;
  readonly malformedPath: string;
  /** The object's size in bytes. Fewer or more bytes are an error. */
  readonly size: number;
  /** Reports the number of bytes written so far. It may throw to stop. */
  readonly report?: (bytes: number) => void;
}

const REPLACEMENT = Buffer.from("\ufffd", "utf8");
const PIECE = 1024 * 1024;

/** Streams an object into a local file. No more than a few pieces of it are ever in memory. */
export async function decodeObject(object: Readable, options: DecodeOptions): Promise<DecodedFile> {
  const { dialect } = options;
  const malformed = createWriteStreamLazily(options.malformedPath);
  const splitter = new RecordSplitter({
    delimiter: dialect.delimiter,
    quote: dialect.quote,
    fields: options.fields,
    onMalformed: ({ error, line }) => malformed.write(`"${error}","${line.toString("utf8").replaceAll('"', '""')}"\n`),
  });
  let received = 0;
  let written = 0;
  let replaced = false;
  async function* counted(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      received += chunk.length;
      yield chunk;
    }
  }
  async function* records(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const toUtf8 = new Utf8Transcoder(dialect);
    const passedOn = function* (pieces: readonly Buffer[]): Generator<Buffer> {
      for (const piece of pieces) {
        replaced ||= piece.includes(REPLACEMENT);
        written += piece.length;
        yield piece;
      }
      options.report?.(written);
    };
    for await (const chunk of source) yield* passedOn(splitter.push(toUtf8.push(chunk)));
    yield* passedOn(splitter.push(toUtf8.end()));
    yield* passedOn(splitter.end());
  }
  const file = createWriteStream(options.path, { highWaterMark: PIECE });
  if (dialect.compression === "gzip") {
    await pipeline(object, counted, createGunzip({ chunkSize: PIECE / 4 }), records, file);
  } else {
    await pipeline(object, counted, records, file);
  }
  await malformed.close();
  if (received !== options.size) {
    throw new NamedError("TransientError", `expected an object of ${options.size} bytes, received ${received}`);
  }
  const { records: total, malformed: bad, longest, lineEnd } = splitter;
  return { records: total, malformed: bad, longest, lineEnd, replaced, bytes: written };
}

/** Creates the file at the first write: most files have no malformed record. */
function createWriteStreamLazily(path: string): { write: (text: string) => void; close: () => Promise<void> } {
  let stream: ReturnType<typeof createWriteStream> | undefined;
  let failed: Error | undefined;
  return {
    write(text) {
      stream ??= createWriteStream(path).on("error", (error) => (failed = error));
      stream.write(text);
    },
    async close() {
      await new Promise<void>((resolve) => (stream === undefined ? resolve() : stream.end(() => resolve())));
      if (failed !== undefined) throw failed;
    },
  };
}

/** Turns pieces of a file into pieces of UTF-8 without byte order mark. Bytes that cannot be decoded become U+FFFD. */
export class Utf8Transcoder {
  private carry: Buffer = Buffer.alloc(0);
  private skip: number;
  private readonly decoder: InstanceType<typeof TextDecoder> | undefined;

  constructor(private readonly dialect: Pick<Dialect, "encoding" | "bom">) {
    this.skip = !dialect.bom ? 0 : 3;
    this.decoder = dialect.encoding.startsWith("utf-16")
      ? new TextDecoder(dialect.encoding, { ignoreBOM: true })
      : undefined;
  }

  push(chunk: Buffer): Buffer {
    return this.withoutMark(this.transcode(chunk, false));
  }

  end(): Buffer {
    return this.withoutMark(this.transcode(Buffer.alloc(0), true));
  }

  private transcode(chunk: Buffer, last: boolean): Buffer {
    if (this.decoder !== undefined) return Buffer.from(this.decoder.decode(chunk, { stream: !last }), "utf8");
    if (this.dialect.encoding === "latin-1") return Buffer.from(chunk.toString("latin1"), "utf8");
    const text = this.carry.length === 0 ? chunk : Buffer.concat([this.carry, chunk]);
    const whole = last ? text.length : text.length - danglingBytes(text);
    this.carry = Buffer.from(text.subarray(whole));
    const good = text.subarray(0, whole);
    return isUtf8(good) ? good : Buffer.from(good.toString("utf8"), "utf8");
  }

  private withoutMark(text: Buffer): Buffer {
    const cut = Math.min(this.skip, text.length);
    this.skip -= cut;
    return cut === 0 ? text : text.subarray(cut);
  }
}

/** Counts the bytes at the end that begin a character without finishing it. */
function danglingBytes(text: Buffer): number {
  for (let back = 1; back <= Math.min(3, text.length); back++) {
    const byte = text[text.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}
