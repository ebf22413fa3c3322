import type { RecordedResource } from "../recorded";
import { textsAt } from "./inputs";
import type { LintProblem } from "./lint";

interface Reference {
  /** The type that is named. */
  readonly to: string;
  /** The paths of the texts that name it, and the properties of its state that they must equal, in the same order. */
  readonly paths: readonly string[];
  readonly names: readonly string[];
  readonly source: string;
}

const TABLE = "aws:glue/catalogTable:CatalogTable";
const DATABASE = "aws:glue/catalogDatabase:CatalogDatabase";
const JOB = "aws:glue/job:Job";
const tableAt = (path: string, source: string): Reference => ({
  to: TABLE,
  paths: [`${path}databaseName`, `${path}tableName`],
  names: ["databaseName", "name"],
  source,
});
const databaseAt = (path: string, source: string): Reference => ({
  to: DATABASE,
  paths: [path],
  names: ["name"],
  source,
});

/** The types whose service refuses, or forgets, a name that does not exist yet. The names are often known texts, which order nothing. */
const REFERENCES: Readonly<Record<string, readonly Reference[]>> = {
  "aws:glue/dataQualityRuleset:DataQualityRuleset": [
    tableAt("targetTable.", "https://docs.aws.amazon.com/glue/latest/webapi/API_CreateDataQualityRuleset.html"),
  ],
  "aws:glue/catalogTable:CatalogTable": [
    databaseAt("databaseName", "https://docs.aws.amazon.com/glue/latest/webapi/API_CreateTable.html"),
  ],
  "aws:glue/partition:Partition": [
    tableAt("", "https://docs.aws.amazon.com/glue/latest/webapi/API_CreatePartition.html"),
  ],
  "aws:glue/crawler:Crawler": [
    databaseAt("databaseName", "https://docs.aws.amazon.com/glue/latest/webapi/API_CreateCrawler.html"),
    {
      to: "aws:glue/securityConfiguration:SecurityConfiguration",
      paths: ["securityConfiguration"],
      names: ["name"],
      source: "https://docs.aws.amazon.com/glue/latest/webapi/API_CreateCrawler.html",
    },
  ],
  "aws:glue/trigger:Trigger": [
    {
      to: JOB,
      paths: ["actions[].jobName"],
      names: ["name"],
      source: "https://docs.aws.amazon.com/glue/latest/webapi/API_CreateTrigger.html",
    },
  ],
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": [
    tableAt(
      "extendedS3Configuration.dataFormatConversionConfiguration.schemaConfiguration.",
      "https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html",
    ),
  ],
  "aws:lakeformation/permissions:Permissions": [
    {
      to: TABLE,
      paths: ["table.databaseName", "table.name"],
      names: ["databaseName", "name"],
      source: "https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_GrantPermissions.html",
    },
  ],
  "aws:athena/namedQuery:NamedQuery": [
    databaseAt("database", "https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateNamedQuery.html"),
    {
      to: "aws:athena/workgroup:Workgroup",
      paths: ["workgroup"],
      names: ["name"],
      source: "https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateNamedQuery.html",
    },
  ],
};

/** Finds resources that name another resource of the program by a text, and may be created before it. */
export function references(resources: readonly RecordedResource[]): LintProblem[] {
  const named = new Map<string, RecordedResource>();
  const wanted = Object.values(REFERENCES).flat();
  for (const resource of resources) {
    for (const { to, names } of wanted) {
      if (resource.type === to)
        named.set(
          keyOf(
            to,
            names.map((name) => String(resource.inputs[name] ?? resource.state[name])),
          ),
          resource,
        );
    }
  }
  return resources.flatMap((resource) =>
    (REFERENCES[resource.type] ?? []).flatMap(({ to, paths, source }) => {
      const texts = paths.map((path) => textsAt(resource.inputs, path));
      return (texts[0] ?? []).flatMap((_, index) => {
        const target = named.get(
          keyOf(
            to,
            texts.map((values) => values[index] ?? ""),
          ),
        );
        if (!target || resource.dependencies.includes(target.urn)) return [];
        return [
          {
            lint: "references",
            resource,
            message: `it names ${target.name} by a text and does not depend on it, so it may be created first`,
            remedy: `Take the name from ${target.name}'s output, or add it to the option dependsOn of ${resource.name}.`,
            source,
          },
        ];
      });
    }),
  );
}

const keyOf = (type: string, names: readonly string[]): string => [type, ...names].join("\n");
