import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type * as lambda from "@aws-sdk/client-lambda";
import { filesOf, sizeOf, zip, type Content } from "../../archive";
import type { Context } from "../../handler";
import { asset } from "../../../../evaluate/wire";

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const MAX_UNZIPPED_BYTES = 262_144_000;

export interface CodeInputs {
  readonly code?: unknown;
  readonly s3Bucket?: string;
  readonly s3Key?: string;
  readonly s3ObjectVersion?: string;
  readonly runtime?: string;
  readonly handler?: string;
  readonly imageUri?: string;
}

/** The function's code as the request names it. */
export async function functionCode(ctx: Context, inputs: CodeInputs): Promise<lambda.FunctionCode> {
  const archive = asset(inputs.code);
  if (!archive) return { S3Bucket: inputs.s3Bucket, S3Key: inputs.s3Key, S3ObjectVersion: inputs.s3ObjectVersion };
  const files = await filesOf(archive, ctx.directory);
  const size = await sizeOf(files);
  if (size > MAX_UNZIPPED_BYTES) {
    throw Object.assign(new Error(`Unzipped size must be smaller than ${MAX_UNZIPPED_BYTES} bytes; it is ${size}`), {
      name: "InvalidParameterValueException",
    });
  }
  if (!inputs.runtime?.startsWith("nodejs")) return { ZipFile: await zip(files) };
  return {
    ZipFile: await zip(
      await inPlace(ctx, await withNativeLibrary(files), archive.hash, inputs.handler ?? "index.handler"),
    ),
  };
}

/** The beginning of a message that holds a whole error. The same mark is in local/emulators/function_errors.py. */
const ERROR_MARK = "platform-function-error:";

/** A zip file's one file that loads the handler from the unpacked folder: see `bridges.ts`. */
async function inPlace(
  ctx: Context,
  files: ReadonlyMap<string, Content>,
  hash: string,
  handler: string,
): Promise<ReadonlyMap<string, Content>> {
  const module = handler.slice(0, handler.lastIndexOf("."));
  const file = ["js", "cjs", "mjs"].map((extension) => `${module}.${extension}`).find((name) => files.has(name));
  // Without its file the function must fail as with AWS: when it is invoked.
  if (!file) return files;
  const folder = await ctx.code.put(files, hash);
  const name = JSON.stringify(handler.slice(handler.lastIndexOf(".") + 1));
  const loader = [
    `process.env.LAMBDA_TASK_ROOT = ${JSON.stringify(folder)};`,
    `process.chdir(${JSON.stringify(folder)});`,
    `const loaded = require(${JSON.stringify(join(folder, file))});`,
    `const original = loaded[${name}];`,
    // A handler that calls back gets its errors through the callback, without a name.
    `const named = async (event, context) => {`,
    `  try { return await original(event, context); } catch (error) {`,
    `    const { name = "Error", message = String(error), stack = "" } = Object(error);`,
    `    const whole = { errorType: name, errorMessage: message, trace: String(stack).split("\\n") };`,
    `    throw new Error(${JSON.stringify(ERROR_MARK)} + JSON.stringify(whole));`,
    `  }`,
    `};`,
    `module.exports = typeof original === "function" && original.length < 3 ? { ...loaded, [${name}]: named } : loaded;`,
  ];
  return new Map([[`${module}.js`, { bytes: Buffer.from(`${loader.join("\n")}\n`) }]]);
}

const NATIVE = /^(.*\/)?node_modules\/@duckdb\/node-bindings-\w+-\w+(-musl)?\/duckdb\.node$/;

/** Adds this machine's DuckDB library to code that carries only another platform's. */
async function withNativeLibrary(files: ReadonlyMap<string, Content>): Promise<ReadonlyMap<string, Content>> {
  const carried = [...files.keys()].find((name) => NATIVE.test(name));
  if (!carried) return files;
  const own = `node-bindings-${process.platform}-${process.arch}`;
  const folder = carried.replace(/node-bindings-[^/]+\/duckdb\.node$/, own);
  if (files.has(`${folder}/duckdb.node`)) return files;
  const installed = dirname(createRequire(__filename).resolve(`@duckdb/${own}/duckdb.node`));
  const library = await filesOf({ isArchive: true, hash: "", path: installed }, installed);
  return new Map([...files, ...[...library].map(([name, content]) => [`${folder}/${name}`, content] as const)]);
}
