import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Scope } from "../../core/scope";
import { parseSettings, type Resolved, type Settings } from "../../core/settings";
import type { ArgumentProblem } from "../../core/validate";

/** Classifiers of a crawler (https://docs.aws.amazon.com/glue/latest/dg/custom-classifier.html). */

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, "lower-case letters, digits and hyphens")
  .describe("Part of the resource's name.");
const character = z.string().length(1, "one character").optional();

export const csvClassifierSettings = z.strictObject({
  kind: z.literal("csv"),
  name,
  delimiter: character.describe("The character between fields; Glue guesses when unset."),
  quote: character.describe("The character around fields; another one than the delimiter."),
  header: z
    .enum(["present", "absent", "unknown"])
    .default("unknown")
    .describe("Whether the first row names the columns."),
  columns: z
    .array(z.string())
    .min(1)
    .refine((columns) => new Set(columns).size === columns.length, "names used once")
    .optional()
    .describe("The columns' names, for files without a header row or to recognise a header row by."),
  allowSingleColumn: z.boolean().default(false).describe("Accepts files of one column."),
  trimValues: z.boolean().default(true).describe("Removes blanks around values."),
  serde: z.enum(["OpenCSVSerDe", "LazySimpleSerDe", "None"]).optional().describe("The library that reads the files."),
});
export const grokClassifierSettings = z.strictObject({
  kind: z.literal("grok"),
  name,
  classification: z.string().min(1).describe("The classification of the tables, e.g. `access-log`."),
  pattern: z
    .string()
    .max(2048)
    .regex(/%\{\w+/, "a grok pattern such as %{TIMESTAMP_ISO8601:time} %{GREEDYDATA:message}")
    .describe("The pattern of a row."),
  customPatterns: z.string().max(16000).optional().describe("Further patterns, one a line: `NAME expression`."),
});
export const jsonClassifierSettings = z.strictObject({
  kind: z.literal("json"),
  name,
  path: z
    .string()
    .startsWith("$", "a JSON path from the root, such as $[*]")
    .describe("The path of a row: `$[*]`, `$.records[*]`."),
});
export const xmlClassifierSettings = z.strictObject({
  kind: z.literal("xml"),
  name,
  classification: grokClassifierSettings.shape.classification,
  rowTag: z
    .string()
    .regex(/^[A-Za-z_][\w.:-]*$/, "the name of an element, without < and >")
    .describe("The element that is a row; it must not be self-closing."),
});

export type CsvClassifier = Settings<typeof csvClassifierSettings>;
export type GrokClassifier = Settings<typeof grokClassifierSettings>;
export type JsonClassifier = Settings<typeof jsonClassifierSettings>;
export type XmlClassifier = Settings<typeof xmlClassifierSettings>;

/** A classifier that exists already, by its name in Glue. */
export interface ExistingClassifier {
  readonly kind: "existing";
  readonly name: pulumi.Input<string>;
}

/** A classifier of your own. Glue tries them in the order given, before its built-in ones. */
export type Classifier = CsvClassifier | GrokClassifier | JsonClassifier | XmlClassifier | ExistingClassifier;

const SETTINGS = {
  csv: csvClassifierSettings,
  grok: grokClassifierSettings,
  json: jsonClassifierSettings,
  xml: xmlClassifierSettings,
} as const;
type NewClassifier = { readonly [K in keyof typeof SETTINGS]: Resolved<(typeof SETTINGS)[K]> }[keyof typeof SETTINGS];
export type ResolvedClassifier = NewClassifier | ExistingClassifier;

/** Fills in the defaults of classifiers, and finds what Glue would refuse about them. */
export function resolveClassifiers(classifiers: readonly Classifier[]): {
  readonly classifiers: readonly ResolvedClassifier[];
  readonly problems: readonly ArgumentProblem[];
} {
  const problems: ArgumentProblem[] = [];
  const seen = new Set<string>();
  const resolved = classifiers.flatMap((classifier): ResolvedClassifier[] => {
    if (classifier.kind === "existing") return [classifier];
    const argument = `classifiers.${classifier.name}`;
    const refuse = (of: string, value: unknown, allowed: string): void =>
      void problems.push({ argument: `${argument}${of}`, value, allowed });
    if (seen.has(classifier.name)) refuse("", classifier.name, "names used once");
    seen.add(classifier.name);
    const parsed = parseSettings(SETTINGS[classifier.kind], classifier);
    problems.push(...parsed.problems.map((one) => ({ ...one, argument: `${argument}.${one.argument}` })));
    if (classifier.kind === "csv") {
      const { delimiter, quote, columns, header } = classifier;
      if (quote !== undefined && quote === delimiter) refuse(".quote", quote, "another character than the delimiter");
      if (header === "absent" && !columns)
        refuse(".columns", undefined, "the columns' names, as the files have no header");
    }
    return parsed.settings ? [parsed.settings as NewClassifier] : [];
  });
  return { classifiers: resolved, problems };
}

/** Says a classifier in Glue's words. */
export function classifierArgs(classifier: NewClassifier): aws.glue.ClassifierArgs {
  switch (classifier.kind) {
    case "csv":
      return {
        csvClassifier: {
          delimiter: classifier.delimiter,
          quoteSymbol: classifier.quote,
          containsHeader: classifier.header.toUpperCase(),
          headers: classifier.columns && [...classifier.columns],
          allowSingleColumn: classifier.allowSingleColumn,
          disableValueTrimming: !classifier.trimValues,
          serde: classifier.serde,
        },
      };
    case "grok":
      return {
        grokClassifier: {
          classification: classifier.classification,
          grokPattern: classifier.pattern,
          customPatterns: classifier.customPatterns,
        },
      };
    case "json":
      return { jsonClassifier: { jsonPath: classifier.path } };
    case "xml":
      return { xmlClassifier: { classification: classifier.classification, rowTag: classifier.rowTag } };
  }
}

/** Makes the classifiers that do not exist yet; the names are in the order given, which is the order of priority. */
export function createClassifiers(scope: Scope, classifiers: readonly ResolvedClassifier[]): pulumi.Output<string>[] {
  return classifiers.map((classifier) =>
    classifier.kind === "existing"
      ? pulumi.output(classifier.name)
      : new aws.glue.Classifier(`${scope.name}-${classifier.name}`, classifierArgs(classifier), scope.child()).name,
  );
}
