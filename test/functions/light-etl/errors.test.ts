import { equal } from "node:assert/strict";
import { isFull, ofFiles } from "../../../functions/light-etl/errors";
import { S3ObjectStore } from "../../../functions/light-etl/store";
import { classified } from "../../../functions/shared/errors";

const withCode = (code: string, message: string): Error => Object.assign(new Error(message), { code });

describe("an error while the light engine reads files", () => {
  const cases: readonly (readonly [string, Error, boolean])[] = [
    ["damaged gzip", withCode("Z_DATA_ERROR", "incorrect header check"), true],
    ["gzip that ends too early", withCode("Z_BUF_ERROR", "unexpected end of file"), true],
    ["a value that DuckDB cannot convert", new Error("Conversion Error: Could not convert string"), true],
    ["a line that DuckDB cannot read", new Error("Invalid Input Error: CSV Error on Line: 1"), true],
    [
      "a file that was deleted",
      Object.assign(new Error("The specified key does not exist."), { name: "NoSuchKey" }),
      true,
    ],
    ["a version that was deleted", Object.assign(new Error("The version is gone."), { name: "NoSuchVersion" }), true],
    ["a bucket that is missing", Object.assign(new Error("The bucket is gone."), { name: "NoSuchBucket" }), false],
    ["a number out of range", new Error("Out of Range Error: Overflow in multiplication"), true],
    ["a statement with a fault", new Error("Binder Error: Referenced column not found"), false],
    ["a fault of DuckDB", new Error("INTERNAL Error: Attempted to access index 1"), false],
    ["a connection that breaks", withCode("ECONNRESET", "socket hang up"), false],
    ["a missing permission", Object.assign(new Error("Access Denied"), { name: "AccessDenied" }), false],
    ["a fault of the engine", new TypeError("undefined is not a function"), false],
  ];
  for (const [what, error, expected] of cases) {
    it(`${expected ? "blames the file" : "does not blame the file"} for ${what}`, () => {
      const named = ofFiles(error, "orders/a.csv") as Error;
      equal(named.name === "UnreadableFile", expected);
      if (!expected) equal(named, error);
    });
  }

  for (const [message, expected] of [
    ["Out of Memory Error: failed to pin block", true],
    ['IO Error: Could not write file "spill": No space left on device', true],
    ["ENOSPC: no space left on device, write", true],
    ["IO Error: Cannot open file", false],
  ] as const) {
    it(`${expected ? "means" : "does not mean"} that the function is too small: ${message}`, () => {
      equal(isFull(new Error(message)), expected);
    });
  }
});

describe("objects that S3 does not delete", () => {
  for (const [code, expected] of [
    ["SlowDown", "TransientError"],
    ["InternalError", "TransientError"],
    ["AccessDenied", "AccessDenied"],
  ] as const) {
    it(`are an error that the flow takes for ${expected} where S3 says ${code}`, async () => {
      const client = { send: () => Promise.resolve({ Errors: [{ Key: "a.parquet", Code: code, Message: "no" }] }) };
      const error: unknown = await new S3ObjectStore(client as never).remove("lake", ["a.parquet"]).catch((one) => one);
      equal((classified(error) as Error).name, expected);
    });
  }
});
