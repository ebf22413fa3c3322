import type { NeedsOf } from "./need";
import { placeOf, roleNeeds, s3Place, type Need, type Reason } from "./need";

const DOCS = "https://docs.aws.amazon.com/athena/latest/ug";
const SOURCES = {
  workgroup: `${DOCS}/example-policies-workgroup.html`,
  catalog: `${DOCS}/fine-grained-access-to-glue-resources.html`,
  results: `${DOCS}/s3-permissions.html`,
  driver: `${DOCS}/odbc-v2-driver.html`,
};

/** What the reader's role of a BI tool needs: Athena, the catalog with the database `default`, the results, and what a driver lists. */
export const readerNeeds: NeedsOf = (role, program) => {
  if (!role.urn.includes("dataplatform:catalog:BiAccess$")) return [];
  const needs: Need[] = [];
  const { account, partition } = placeOf(role.state.arn);
  for (const { inputs, state } of program.of("aws:athena/workgroup:Workgroup")) {
    const { region } = placeOf(state.arn);
    const arn = (service: string, rest: string): string => `arn:${partition}:${service}:${region}:${account}:${rest}`;
    const { outputLocation, encryptionConfiguration } = inputs.configuration?.resultConfiguration ?? {};
    const results = s3Place(outputLocation ?? "", partition);
    const add = (actions: readonly string[], resources: readonly string[], why: string, source: string): void => {
      const reason: Reason = { by: role, why, source };
      needs.push(...roleNeeds(program, role.state.arn, [[actions, resources]], reason));
    };
    const queries = [
      "StartQueryExecution",
      "StopQueryExecution",
      "GetQueryExecution",
      "GetQueryResults",
      "GetQueryResultsStream",
      "GetWorkGroup",
      "ListQueryExecutions",
    ];
    add(
      queries.map((action) => `athena:${action}`),
      [state.arn],
      "it queries through the workgroup",
      SOURCES.workgroup,
    );
    add(
      ["athena:ListWorkGroups", "athena:ListDataCatalogs"],
      ["*"],
      "its driver lists workgroups and catalogs",
      SOURCES.driver,
    );
    add(
      ["athena:GetDataCatalog", "athena:ListDatabases", "athena:ListTableMetadata", "athena:GetTableMetadata"],
      [arn("athena", "datacatalog/AwsDataCatalog")],
      "its driver lists databases and tables",
      SOURCES.driver,
    );
    const databases = program
      .of("aws:glue/catalogDatabase:CatalogDatabase")
      .map(({ state: { name } }) => name as string);
    add(
      ["glue:GetDatabase", "glue:GetDatabases"],
      [
        arn("glue", "catalog"),
        arn("glue", "database/default"),
        ...databases.map((name) => arn("glue", `database/${name}`)),
      ],
      "Athena reads the catalog",
      SOURCES.catalog,
    );
    const tables = ["GetTable", "GetTables", "GetPartition", "GetPartitions", "BatchGetPartition"].map(
      (action) => `glue:${action}`,
    );
    for (const name of databases)
      add(
        tables,
        [arn("glue", "catalog"), arn("glue", `database/${name}`), arn("glue", `table/${name}/*`)],
        "Athena reads the catalog",
        SOURCES.catalog,
      );
    if (!results) continue;
    const objects = `${results.bucket}/${results.key}*`;
    add(
      ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
      [objects],
      "Athena writes the results",
      SOURCES.results,
    );
    add(
      ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
      [results.bucket],
      "Athena writes the results",
      SOURCES.results,
    );
    if (encryptionConfiguration?.kmsKeyArn)
      add(
        ["kms:Decrypt", "kms:GenerateDataKey"],
        [encryptionConfiguration.kmsKeyArn],
        "the results are encrypted",
        SOURCES.results,
      );
    for (const table of program.of("aws:glue/catalogTable:CatalogTable")) {
      const place = s3Place(table.inputs.storageDescriptor?.location ?? "", partition);
      // Athena's readers get the published zones; the catalog also has tables of rejected rows.
      if (!place || !/-(processed|curated)-bucket/.test(place.bucket)) continue;
      add(
        ["s3:GetObject"],
        [`${place.bucket}/${place.key}*`],
        `it reads the table ${table.state.name}`,
        SOURCES.results,
      );
      add(
        ["s3:ListBucket", "s3:GetBucketLocation"],
        [place.bucket],
        `it reads the table ${table.state.name}`,
        SOURCES.results,
      );
    }
  }
  return needs;
};
