import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

interface Named {
  /** Part of the resource's name; lower-case letters, digits and hyphens. */
  readonly name: string;
}

export interface CsvClassifier extends Named {
  readonly kind: "csv";
  /** One character; Glue guesses when unset. */
  readonly delimiter?: string;
  /** One character, other than the delimiter. */
  readonly quote?: string;
  /** Whether the first row names the columns. */
  readonly header?: "present" | "absent" | "unknown";
  /** The columns' names, for files without a header row or to recognise one by. */
  readonly columns?: readonly string[];
  readonly allowSingleColumn?: boolean;
  /** Default: true. */
  readonly trimValues?: boolean;
  readonly serde?: "OpenCSVSerDe" | "LazySimpleSerDe" | "None";
}

export interface GrokClassifier extends Named {
  readonly kind: "grok";
  /** What the tables are said to be, e.g. `access-log`. */
  readonly classification: string;
  readonly pattern: string;
  /** Further patterns, one a line: `NAME expression`. */
  readonly customPatterns?: string;
}

export interface JsonClassifier extends Named {
  readonly kind: "json";
  /** The path of a row: `$[*]`, `$.records[*]`. */
  readonly path: string;
}

export interface XmlClassifier extends Named {
  readonly kind: "xml";
  readonly classification: string;
  /** The element that is a row; it must not be self-closing. */
  readonly rowTag: string;
}

/** One that is there already, by the name Glue knows it by. */
export interface ExistingClassifier {
  readonly kind: "existing";
  readonly name: pulumi.Input<string>;
}

/** A classifier of one's own. Glue tries them in the order given, before its built-in ones. */
export type Classifier = CsvClassifier | GrokClassifier | JsonClassifier | XmlClassifier | ExistingClassifier;

export interface ClassifierProblem {
  readonly argument: string;
  readonly value: unknown;
  readonly allowed: string;
}

/** What Glue would refuse about classifiers. https://docs.aws.amazon.com/glue/latest/dg/custom-classifier.html */
export function classifierProblems(classifiers: readonly Classifier[]): ClassifierProblem[] {
  const problems: ClassifierProblem[] = [];
  const seen = new Set<string>();
  for (const classifier of classifiers) {
    if (classifier.kind === "existing") continue;
    const refuse = (argument: string, value: unknown, allowed: string): void =>
      void problems.push({ argument: `classifiers.${classifier.name}${argument}`, value, allowed });
    if (!/^[a-z][a-z0-9-]*$/.test(classifier.name))
      refuse("", classifier.name, "lower-case letters, digits and hyphens");
    if (seen.has(classifier.name)) refuse("", classifier.name, "names used once");
    seen.add(classifier.name);
    if (classifier.kind === "csv") {
      const { delimiter, quote, columns, header } = classifier;
      if (delimiter !== undefined && delimiter.length !== 1) refuse(".delimiter", delimiter, "one character");
      if (quote !== undefined && quote.length !== 1) refuse(".quote", quote, "one character");
      if (quote !== undefined && quote === delimiter) refuse(".quote", quote, "another character than the delimiter");
      if (columns && new Set(columns).size < columns.length) refuse(".columns", columns, "names used once");
      if (columns?.length === 0) refuse(".columns", columns, "at least one name, or no list");
      if (header === "absent" && !columns)
        refuse(".columns", undefined, "the columns' names, as the files have no header");
    } else if (classifier.kind === "grok") {
      const { pattern, customPatterns } = classifier;
      if (!/%\{\w+/.test(pattern) || pattern.length > 2048) {
        refuse(
          ".pattern",
          pattern,
          "a grok pattern such as %{TIMESTAMP_ISO8601:time} %{GREEDYDATA:message}, at most 2048 characters",
        );
      }
      if ((customPatterns?.length ?? 0) > 16000)
        refuse(".customPatterns", customPatterns?.length, "at most 16000 characters");
    } else if (classifier.kind === "json") {
      if (!classifier.path.startsWith("$")) refuse(".path", classifier.path, "a JSON path from the root, such as $[*]");
    } else if (!/^[A-Za-z_][\w.:-]*$/.test(classifier.rowTag)) {
      refuse(".rowTag", classifier.rowTag, "the name of an element, without < and >");
    }
  }
  return problems;
}

/** What Glue is told of one classifier. */
export function classifierArgs(classifier: Exclude<Classifier, ExistingClassifier>): aws.glue.ClassifierArgs {
  switch (classifier.kind) {
    case "csv":
      return {
        csvClassifier: {
          delimiter: classifier.delimiter,
          quoteSymbol: classifier.quote,
          containsHeader: (classifier.header ?? "unknown").toUpperCase(),
          headers: classifier.columns && [...classifier.columns],
          allowSingleColumn: classifier.allowSingleColumn ?? false,
          disableValueTrimming: !(classifier.trimValues ?? true),
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

/** Makes what does not exist yet; the names are in the order given, which is the order of priority. */
export function createClassifiers(
  owner: string,
  classifiers: readonly Classifier[],
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string>[] {
  return classifiers.map((classifier) =>
    classifier.kind === "existing"
      ? pulumi.output(classifier.name)
      : new aws.glue.Classifier(`${owner}-${classifier.name}`, classifierArgs(classifier), options).name,
  );
}
