/** What the Glue catalog accepts as text. A contract that exceeds it would fail in the middle of a deployment. */

import { z } from "zod";

/** A limit of AWS, with the page that states it. */
interface TextLimit {
  /** Bytes in UTF-8. */
  readonly maxBytes: number;
  readonly lines: "one line" | "several lines";
  readonly source: string;
}

const TABLES = "https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-tables.html";

export const TABLE_DESCRIPTION: TextLimit = { maxBytes: 2048, lines: "several lines", source: TABLES };
export const COLUMN_COMMENT: TextLimit = { maxBytes: 255, lines: "one line", source: TABLES };
/** The longest value of one parameter of a table, for example of the values of a projected partition key. */
export const PARAMETER: TextLimit = { maxBytes: 512_000, lines: "several lines", source: TABLES };
/** The longest ruleset of Glue Data Quality, in characters. */
export const RULESET = {
  maxCharacters: 65_536,
  source: "https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-data-quality-api.html",
};

/** Writes a number as people read it, e.g. 2,048. */
export const figure = (value: number): string => value.toLocaleString("en-US");

/** The characters that Glue accepts in no text, and those that it accepts in several lines only. */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]|\p{Surrogate}/u;
const LINE_END = /[\r\n]/;

/** Lists what Glue would refuse about a text. */
export function textProblems(text: string, { maxBytes, lines, source }: TextLimit): string[] {
  const bytes = Buffer.byteLength(text);
  return [
    ...(bytes > maxBytes
      ? [`has ${figure(bytes)} bytes, and Glue accepts at most ${figure(maxBytes)} (${source})`]
      : []),
    ...(lines === "one line" && LINE_END.test(text.trimEnd())
      ? [`has several lines, and Glue accepts one (${source})`]
      : []),
    ...(CONTROL.test(text) ? [`has control characters, which Glue does not accept (${source})`] : []),
  ];
}

/** The schema of a text that goes to the Glue catalog. White space at its end, such as YAML's last line end, is removed. */
export const glueText = (limit: TextLimit) =>
  z
    .string()
    .superRefine((text, context) => {
      for (const message of textProblems(text.trimEnd(), limit)) context.addIssue({ code: "custom", message });
    })
    .meta({ maxLength: limit.maxBytes })
    .transform((text) => text.trimEnd());
