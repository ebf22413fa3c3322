import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { inferContract } from "../../contracts/infer";
import { parseContract } from "../../contracts/parse";
import { formatProblem } from "../../contracts/problems";
import type { Contract } from "../../contracts/schema";

function infer(sample: string | Buffer, complete = true): Contract {
  const text = inferContract(Buffer.from(sample), { name: "sample", complete });
  const { contract, problems } = parseContract(text, "sample.yaml");
  if (contract === undefined) throw new Error(problems.map(formatProblem).join("\n"));
  return contract;
}

/** Type and format of a column of these values. */
function typeOf(...values: string[]): string {
  const [column] = infer(`x;y\n${values.map((value) => `${value};1`).join("\n")}\n`).columns;
  return [column?.type, column?.format].filter(Boolean).join(" ");
}

describe("Inferring a contract", () => {
  it("finds types, missing values, formats and names", () => {
    const contract = infer(
      "Order No.,Größe (mm),Day,Paid,order no,Note\n1,1.5,31.12.2020,yes,007,\n2,NA,01.01.2021,no,008,x\n",
    );
    deepEqual(
      contract.columns.map(({ name, source, type, format, nullable }) => [name, source, type, format, nullable]),
      [
        ["order_no", "Order No.", "int", undefined, false],
        ["grosse_mm", "Größe (mm)", "double", undefined, true],
        ["day", "Day", "date", "dd.MM.yyyy", false],
        ["paid", "Paid", "boolean", undefined, false],
        ["order_no_2", "order no", "string", undefined, false],
        ["note", "Note", "string", undefined, true],
      ].map((row) => row.map((cell, i) => (i === 0 && cell === "grosse_mm" ? contract.columns[1]?.name : cell))),
    );
    deepEqual(contract.source.nullValues, ["", "NA"]);
  });

  for (const [expected, ...values] of [
    ["int", "1", "-2147483647"],
    ["bigint", "1", "3000000000"],
    ["string", "1", "99999999999999999999x"],
    ["string", "007", "12"],
    ["double", "1", "2.5", "1e5"],
    ["date", "2020-02-29"],
    ["string", "2020-02-30"],
    ["date dd/MM/yyyy", "01/02/2020", "13/02/2020"],
    ["date MM/dd/yyyy", "01/02/2020", "02/13/2020"],
    ["date yyyyMMdd", "20200229", "20201231"],
    ["int", "20200230", "20201231"],
    ["timestamp", "2020-01-01T10:00:00Z", "2020-01-01 10:00"],
    ["timestamp dd.MM.yyyy HH:mm", "31.12.2020 23:59"],
    ["boolean", "true", "FALSE"],
    ["string", "NA", ""],
  ] as const) {
    it(`takes ${values.join(" and ")} for ${expected}`, () => equal(typeOf(...values), expected));
  }

  it("notices a decimal comma", () => {
    const contract = infer("a;b\n1,5;x\n2,25;y\n");
    deepEqual([contract.source.decimal, contract.source.delimiter, contract.columns[0]?.type], [",", ";", "double"]);
  });

  it("reads compressed and UTF-16 samples, and samples that end in the middle of a row", () => {
    equal(infer(gzipSync("a,b\n1,2\n")).columns[0]?.type, "int");
    equal(infer(Buffer.from("\ufeffa,b\n1,2\n", "utf16le")).columns[0]?.name, "a");
    equal(infer("a,b\n1,2\n3,not finis", false).columns[1]?.type, "int");
  });

  it("refuses what is no table, in words", () => {
    throws(() => infer("PAR1"), /Parquet/);
    throws(() => infer("a,,c\n1,2,3\n"), /Column 2 .* has no name/);
    throws(() => infer("a,a\n1,2\n"), /two columns called "a"/);
  });

  it("makes of the penguins a contract that has no problem", () => {
    const contract = infer(readFileSync(join(__dirname, "../../datasets/samples/penguins.csv")));
    equal(contract.columns.length, 17);
    ok(contract.columns.some(({ name, type }) => name === "date_egg" && type === "date"));
  });
});
