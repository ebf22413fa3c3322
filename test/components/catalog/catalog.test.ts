import assert from "node:assert/strict";
import type { CompiledContract, CompiledTable } from "../../../contracts/compiled";
import {
  addPartitionDdl,
  Crawler,
  DataCatalog,
  DataLake,
  EncryptionKey,
  msckRepairDdl,
  NotificationTopic,
  partitionDdl,
  PartitionRegistrar,
  QueryWorkgroup,
  type CrawlerArgs,
  type KeyUser,
} from "../../../components";
import { indexedKeys } from "../../../components/catalog/data-catalog/tables";
import { ACCOUNT, record, REGION, valueOf, type Recording } from "../../support/harness";
import { applies } from "../../support/iam";

const table = (name: string, changes: Partial<CompiledTable> = {}): CompiledTable => ({
  name,
  zone: "processed",
  prefix: `${name}/`,
  description: `Rows of ${name}`,
  columns: [{ name: "id", type: "bigint", comment: "The order's number" }],
  partitionKeys: [
    { name: "year", type: "int" },
    { name: "country", type: "string" },
  ],
  layout: "hive",
  parameters: {},
  ...changes,
});

const contract = (name: string, tables: CompiledTable[] = [table(name)]): CompiledContract =>
  ({ dataset: name, prefix: `${name}/`, tables }) as unknown as CompiledContract;

const base = (contracts: CompiledContract[] = [], users?: readonly KeyUser[], direct = false) => {
  const key = new EncryptionKey("lake", { description: "x", users });
  const lake = new DataLake("lake", { key, zones: { raw: { directEvents: direct } } });
  return { key, lake, catalog: new DataCatalog("catalog", { key, lake, contracts, databaseName: "sales" }) };
};

describe("DataCatalog", () => {
  it("has a table a dataset, one an aggregate, and one for rejected rows", async () => {
    const orders = contract("orders", [
      table("orders"),
      table("orders_daily", { zone: "curated", partitionKeys: [], layout: "hive" }),
    ]);
    const recording = await record(() => base([orders, contract("returns")]));
    const names = await valueOf(recording.result.catalog.tableNames);
    assert.deepEqual([...names].sort(), ["orders", "orders_daily", "rejected_rows", "returns"]);
    const { inputs } = recording.one("glue/catalogTable:CatalogTable", "catalog-orders_daily");
    assert.match(inputs.storageDescriptor.location, /^s3:\/\/lake-curated-bucket-\w+\/orders_daily\/$/);
    assert.match(inputs.storageDescriptor.serDeInfo.serializationLibrary, /ParquetHiveSerDe$/);
  });

  it("costs one resource a table and nothing else", async () => {
    const few = await record(() => base([contract("a")]));
    const many = await record(() => base([contract("a"), contract("b"), contract("c")]));
    assert.equal(many.resources.length - few.resources.length, 2);
  });

  it("indexes partition keys and tells Athena so", async () => {
    const recording = await record(() => base([contract("orders")]));
    const { inputs } = recording.one("glue/catalogTable:CatalogTable", "catalog-orders");
    assert.deepEqual(inputs.partitionIndices, [{ indexName: "partition-keys", keys: ["year", "country"] }]);
    assert.equal(inputs.parameters["partition_filtering.enabled"], "true");
  });

  it("indexes no keys that Glue cannot, and none of projected tables", () => {
    const keys = [
      { name: "day", type: "date" },
      { name: "at", type: "timestamp" },
      { name: "price", type: "decimal(10,2)" },
      { name: "code", type: "varchar(3)" },
    ];
    assert.deepEqual(indexedKeys(table("t", { partitionKeys: keys })), ["day", "code"]);
    assert.deepEqual(indexedKeys(table("t", { partitionKeys: keys, layout: "projection" })), []);
  });

  it("puts the table's own address into projected parameters", async () => {
    const projected = table("events", {
      layout: "projection",
      parameters: { "projection.enabled": "true", "storage.location.template": "${location}year=${year}/" },
    });
    const recording = await record(() => base([contract("events", [projected])]));
    const { inputs } = recording.one("glue/catalogTable:CatalogTable", "catalog-events");
    assert.equal(
      inputs.parameters["storage.location.template"],
      "s3://lake-processed-bucket-1a2b3c4/events/year=${year}/",
    );
    assert.equal(inputs.partitionIndices, undefined);
  });

  it("projects the partitions of rejected rows from the datasets' names", async () => {
    const recording = await record(() => base([contract("b"), contract("a")]));
    const { inputs } = recording.one("glue/catalogTable:CatalogTable", "catalog-rejected-rows");
    assert.equal(inputs.parameters["projection.dataset.values"], "a,b");
    assert.equal(
      inputs.parameters["storage.location.template"],
      "s3://lake-quarantine-bucket-1a2b3c4/rejected-rows/dataset=${dataset}/",
    );
  });

  it("encrypts the account's catalog only if it is asked to, and then before its tables", async () => {
    const type = "glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings";
    assert.deepEqual((await record(() => base())).all(type), []);
    const owner = await record(() => {
      const key = new EncryptionKey("lake", { description: "x" });
      const lake = new DataLake("lake", { key });
      new DataCatalog("catalog", { key, lake, contracts: [], databaseName: "sales", encryptAccountCatalog: true });
    });
    const encryption = owner.one(type);
    const settings = encryption.inputs.dataCatalogEncryptionSettings;
    assert.equal(settings.encryptionAtRest.catalogEncryptionMode, "SSE-KMS");
    assert.equal(settings.connectionPasswordEncryption.returnConnectionPasswordEncrypted, true);
    assert.ok(owner.dependsOn(owner.one("glue/catalogDatabase:CatalogDatabase"), encryption));
  });

  it("refuses two tables of one name, and the platform's own", async () => {
    const twice = [contract("orders", [table("orders"), table("orders_daily")]), contract("orders_daily")];
    await assert.rejects(
      record(() => base(twice)),
      /contracts is "orders_daily"; allowed: tables called once/,
    );
    await assert.rejects(
      record(() => base([contract("rejected_rows")])),
      /contracts is "rejected_rows"/,
    );
  });

  it("refuses a database name Glue would refuse", async () => {
    await assert.rejects(
      record(() => {
        const { key, lake } = base();
        return new DataCatalog("other", { key, lake, contracts: [], databaseName: "Sales-2024" });
      }),
      /DataCatalog "other": databaseName is "Sales-2024"; allowed: lower-case letters/,
    );
  });
});

describe("partitions by hand", () => {
  const plain = table("orders", { layout: "folder" });

  it("are repaired where folders are key=value", () => {
    assert.equal(partitionDdl("sales", table("orders"), "lake"), "MSCK REPAIR TABLE `sales`.`orders`");
  });

  it("are added one by one where folders are plain, by LOCATION", () => {
    assert.equal(
      addPartitionDdl("sales", plain, "lake", ["2024", "DE"]),
      "ALTER TABLE `sales`.`orders` ADD IF NOT EXISTS PARTITION (`year` = '2024', `country` = 'DE') " +
        "LOCATION 's3://lake/orders/2024/DE/'",
    );
  });

  it("quote values and escape folders as the engines do", () => {
    const ddl = addPartitionDdl("sales", table("orders"), "lake", ["2024", "Côte d'Ivoire/CI"]);
    assert.match(ddl, /`country` = 'Côte d''Ivoire\/CI'/);
    assert.match(ddl, /LOCATION 's3:\/\/lake\/orders\/year=2024\/country=Côte d%27Ivoire%2FCI\/'$/);
  });

  it("are never repaired where MSCK would find nothing", () => {
    assert.throws(() => msckRepairDdl("sales", plain), /orders has plain folders, which MSCK REPAIR TABLE cannot read/);
  });

  it("are none where they are projected or the table has no keys", () => {
    assert.equal(partitionDdl("sales", table("t", { layout: "projection" }), "lake"), "");
    assert.equal(partitionDdl("sales", table("t", { partitionKeys: [] }), "lake"), "");
    assert.throws(() => addPartitionDdl("sales", table("t", { layout: "projection" }), "lake", ["1", "2"]), /projects/);
  });

  it("need a value a key", () => {
    assert.throws(
      () => addPartitionDdl("sales", plain, "lake", ["2024"]),
      /year\/country: one value for each is needed, 1 given/,
    );
  });

  it("are an output of the catalog, table by table", async () => {
    const recording = await record(() =>
      base([contract("orders"), contract("logs", [table("logs", { layout: "folder" })])]),
    );
    const ddl = await valueOf(recording.result.catalog.partitionDdl);
    assert.equal(ddl.orders, "MSCK REPAIR TABLE `sales`.`orders`");
    assert.match(
      ddl.logs ?? "",
      /ALTER TABLE `sales`\.`logs` ADD .*LOCATION 's3:\/\/lake-processed-bucket-1a2b3c4\/logs\/<year>\/<country>\/'/,
    );
  });
});

describe("PartitionRegistrar", () => {
  it("may add partitions to this database's tables and to no other's", async function () {
    this.timeout(60_000);
    const recording = await record(() => {
      const { key, lake, catalog } = base();
      return new PartitionRegistrar("registrar", { key, lake, catalog });
    });
    const statements = recording.statements(recording.one("iam/rolePolicy:RolePolicy"));
    const glue = (rest: string) => `arn:aws:glue:${REGION}:${ACCOUNT}:${rest}`;
    const may = (action: string, resource: string) => statements.some((one) => applies(one, action, resource, {}));
    assert.equal(may("glue:BatchCreatePartition", glue("table/sales/orders")), true);
    assert.equal(may("glue:BatchCreatePartition", glue("table/payroll/salaries")), false);
    assert.equal(may("glue:DeleteTable", glue("table/sales/orders")), false);
    assert.equal(may("s3:GetObject", "arn:aws:s3:::lake-artifacts-bucket-1a2b3c4/runs/orders/1/manifest.json"), true);
    assert.equal(may("s3:GetObject", "arn:aws:s3:::lake-raw-bucket-1a2b3c4/orders/a.csv"), false);
    const { variables } = recording.one("lambda/function:Function").inputs.environment;
    assert.equal(variables.DATABASE_NAME, "sales");
  });
});

describe("QueryWorkgroup", () => {
  const make = (args: object = {}) =>
    record(() => {
      const { key, lake, catalog } = base();
      return new QueryWorkgroup("analysts", { key, lake, catalog, ...args });
    });

  it("enforces encrypted results, a limit, metrics and the bucket's owner", async () => {
    const { inputs } = (await make()).one("athena/workgroup:Workgroup");
    const { configuration } = inputs;
    assert.equal(configuration.enforceWorkgroupConfiguration, true);
    assert.equal(configuration.publishCloudwatchMetricsEnabled, true);
    assert.equal(configuration.requesterPaysEnabled, false);
    assert.equal(configuration.bytesScannedCutoffPerQuery, 107_374_182_400);
    assert.equal(configuration.engineVersion.selectedEngineVersion, "Athena engine version 3");
    const result = configuration.resultConfiguration;
    assert.equal(result.encryptionConfiguration.encryptionOption, "SSE_KMS");
    assert.equal(result.expectedBucketOwner, ACCOUNT);
    assert.equal(result.outputLocation, "s3://lake-query-results-bucket-1a2b3c4/analysts/");
    assert.equal(inputs.forceDestroy, false);
  });

  it("goes with its queries and results only where both keys are turned", async () => {
    const forced = async (posture: string, allowDataLoss: boolean) =>
      (await make({ protection: { posture, allowDataLoss } })).one("athena/workgroup:Workgroup").inputs.forceDestroy;
    assert.equal(await forced("disposable", true), true);
    assert.equal(await forced("disposable", false), false);
    assert.equal(await forced("locked", true), false);
  });

  it("offers named queries on the catalog's database", async () => {
    const recording = await make({ namedQueries: { latest: { sql: "SELECT 1", description: "The latest" } } });
    const { inputs } = recording.one("athena/namedQuery:NamedQuery", "analysts-latest");
    assert.equal(inputs.database, "sales");
    assert.equal(inputs.query, "SELECT 1");
  });

  it("lets its users read processed and curated data and write results of this workgroup only", async () => {
    const recording = await make();
    const granted = (await valueOf(recording.result.grantQuery() as never)) as unknown as {
      actions: string[];
      resources: string[];
      conditions?: never;
    }[];
    const may = (action: string, resource: string) =>
      granted.some((one) =>
        applies(
          { Effect: "Allow", Action: one.actions, Resource: one.resources, Condition: one.conditions },
          action,
          resource,
          {},
        ),
      );
    assert.equal(may("s3:GetObject", "arn:aws:s3:::lake-curated-bucket-1a2b3c4/a"), true);
    assert.equal(may("s3:GetObject", "arn:aws:s3:::lake-raw-bucket-1a2b3c4/a"), false);
    assert.equal(may("s3:PutObject", "arn:aws:s3:::lake-query-results-bucket-1a2b3c4/analysts/a"), true);
    assert.equal(may("s3:PutObject", "arn:aws:s3:::lake-query-results-bucket-1a2b3c4/others/a"), false);
    assert.equal(may("s3:PutObject", "arn:aws:s3:::lake-curated-bucket-1a2b3c4/a"), false);
  });

  it("refuses a limit below Athena's least", () =>
    assert.rejects(
      make({ bytesScannedCutoffGiB: 0.001 }),
      /bytesScannedCutoffGiB is 0.001; allowed: a number from 0.01/,
    ));
});

describe("Crawler", () => {
  const make = (
    args: (context: ReturnType<typeof base>) => Partial<CrawlerArgs> = () => ({}),
    users?: readonly KeyUser[],
  ) =>
    record(() => {
      const context = base([], users, true);
      const { key, catalog, lake } = context;
      return new Crawler("discovery", {
        key,
        catalog,
        targets: { s3: [{ bucket: lake.zones.raw, prefix: "exports/" }] },
        ...args(context),
      });
    });
  const policyOf = (recording: Recording, name = "discovery-role-policy") =>
    recording.statements(recording.one("iam/rolePolicy:RolePolicy", name));

  it("is encrypted, adds new columns only, and waits for its role", async () => {
    const recording = await make();
    const crawler = recording.one("glue/crawler:Crawler");
    assert.equal(crawler.inputs.schemaChangePolicy.updateBehavior, "UPDATE_IN_DATABASE");
    assert.equal(crawler.inputs.schemaChangePolicy.deleteBehavior, "LOG");
    assert.equal(crawler.inputs.recrawlPolicy.recrawlBehavior, "CRAWL_EVERYTHING");
    assert.equal(crawler.inputs.s3Targets[0].path, "s3://lake-raw-bucket-1a2b3c4/exports/");
    assert.equal(crawler.inputs.securityConfiguration, "discovery-security-1a2b3c4");
    const { encryptionConfiguration } = recording.one("glue/securityConfiguration:SecurityConfiguration").inputs;
    assert.equal(encryptionConfiguration.cloudwatchEncryption.cloudwatchEncryptionMode, "SSE-KMS");
    assert.equal(encryptionConfiguration.jobBookmarksEncryption.jobBookmarksEncryptionMode, "CSE-KMS");
    assert.equal(encryptionConfiguration.s3Encryption.s3EncryptionMode, "SSE-KMS");
    assert.ok(recording.dependsOn(crawler, recording.one("iam/rolePolicy:RolePolicy")));
  });

  it("may read its targets and write this database's tables", async () => {
    const statements = policyOf(await make());
    const may = (action: string, resource: string) => statements.some((one) => applies(one, action, resource, {}));
    assert.equal(may("s3:GetObject", "arn:aws:s3:::lake-raw-bucket-1a2b3c4/exports/a.csv"), true);
    assert.equal(may("s3:GetObject", "arn:aws:s3:::lake-raw-bucket-1a2b3c4/orders/a.csv"), false);
    assert.equal(may("s3:PutObject", "arn:aws:s3:::lake-raw-bucket-1a2b3c4/exports/a.csv"), false);
    assert.equal(may("glue:CreateTable", `arn:aws:glue:${REGION}:${ACCOUNT}:table/sales/new`), true);
    assert.equal(may("glue:CreateTable", `arn:aws:glue:${REGION}:${ACCOUNT}:table/payroll/new`), false);
    assert.equal(may("dynamodb:Scan", "arn:aws:dynamodb:::table/t"), false);
  });

  it("makes classifiers and keeps the order they are tried in", async () => {
    const recording = await make(() => ({
      classifiers: [
        { kind: "json", name: "rows", path: "$.rows[*]" },
        { kind: "existing", name: "shared-log" },
        { kind: "csv", name: "semicolons", delimiter: ";" },
      ],
    }));
    assert.deepEqual(recording.one("glue/crawler:Crawler").inputs.classifiers, [
      "discovery-rows-1a2b3c4",
      "shared-log",
      "discovery-semicolons-1a2b3c4",
    ]);
    assert.equal(recording.all("glue/classifier:Classifier").length, 2);
  });

  it("logs and changes nothing with new folders only, as Glue demands", async () => {
    const { inputs } = (await make(() => ({ recrawl: "newFoldersOnly" }))).one("glue/crawler:Crawler");
    assert.deepEqual(inputs.schemaChangePolicy, { updateBehavior: "LOG", deleteBehavior: "LOG" });
    await assert.rejects(
      make(() => ({ recrawl: "newFoldersOnly", schemaChange: "updateCatalog" })),
      /Crawler "discovery": schemaChange is "updateCatalog"; allowed: "ignore" with recrawl newFoldersOnly/,
    );
  });

  it("in event mode is made last: queue, policy, bucket's notification, role, crawler", async () => {
    const recording = await make(() => ({ recrawl: "eventMode" }), ["s3", "events", "cloudwatch-logs", "sns"]);
    const crawler = recording.one("glue/crawler:Crawler");
    const queue = recording.one("sqs/queue:Queue", "discovery-new-objects");
    const policy = recording.one("sqs/queuePolicy:QueuePolicy", "discovery-new-objects-policy");
    const notification = recording.one("s3/bucketNotification:BucketNotification", "lake-raw-events");
    assert.deepEqual(crawler.inputs.s3Targets[0].eventQueueArn, queue.state.arn);
    assert.match(crawler.inputs.s3Targets[0].dlqEventQueueArn, /discovery-unread/);
    assert.equal(crawler.inputs.recrawlPolicy.recrawlBehavior, "CRAWL_EVENT_MODE");
    assert.ok(recording.dependsOn(crawler, notification));
    assert.ok(recording.dependsOn(crawler, policy));
    assert.ok(recording.dependsOn(crawler, recording.one("iam/rolePolicy:RolePolicy")));
    assert.ok(recording.dependsOn(notification, policy));
    assert.equal(notification.inputs.eventbridge, true);
    assert.equal(notification.inputs.queues[0].filterPrefix, "exports/");
    const send = recording.statement(policy, "BucketMaySend");
    assert.equal(
      applies(send, "sqs:SendMessage", queue.state.arn, {
        "aws:SourceArn": "arn:aws:s3:::lake-raw-bucket-1a2b3c4",
        "aws:SourceAccount": ACCOUNT,
      }),
      true,
    );
    assert.equal(
      applies(send, "sqs:SendMessage", queue.state.arn, {
        "aws:SourceArn": "arn:aws:s3:::other",
        "aws:SourceAccount": ACCOUNT,
      }),
      false,
    );
    const statements = policyOf(recording);
    assert.ok(statements.some((one) => applies(one, "sqs:ReceiveMessage", queue.state.arn, {})));
  });

  it("in event mode refuses a key S3 cannot use: its events would be lost", () =>
    assert.rejects(
      make(() => ({ recrawl: "eventMode" })),
      /key is "a key that S3 cannot use"/,
    ));

  it("tells the topic of crawls that failed, and keeps what it would not take", async () => {
    const recording = await make(({ key }) => ({ alerts: new NotificationTopic("alerts", { key }) }));
    const rule = recording.one("cloudwatch/eventRule:EventRule");
    assert.deepEqual(JSON.parse(rule.inputs.eventPattern), {
      source: ["aws.glue"],
      "detail-type": ["Glue Crawler State Change"],
      detail: { crawlerName: ["discovery-crawler-1a2b3c4"], state: ["Failed"] },
    });
    const target = recording.one("cloudwatch/eventTarget:EventTarget");
    assert.match(target.inputs.arn, /:sns:.*alerts-topic/);
    assert.match(target.inputs.deadLetterConfig.arn, /discovery-undelivered/);
  });

  it("crawls databases, tables and table formats through their connections", async () => {
    const recording = await make(({ lake }) => ({
      targets: {
        jdbc: [{ connectionName: "crm", path: "crm/%", exclusions: ["crm/audit_%"] }],
        dynamodb: [{ tableName: "carts", tableArn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/carts` }],
        mongodb: [{ connectionName: "shop", path: "shop/%" }],
        delta: [{ bucket: lake.zones.curated, prefixes: ["delta/"] }],
        iceberg: [{ bucket: lake.zones.curated, prefixes: ["iceberg/"] }],
        hudi: [{ bucket: lake.zones.curated, prefixes: ["hudi/"], maximumDepth: 3 }],
      },
    }));
    const { inputs } = recording.one("glue/crawler:Crawler");
    assert.deepEqual(inputs.jdbcTargets, [{ connectionName: "crm", path: "crm/%", exclusions: ["crm/audit_%"] }]);
    assert.deepEqual(inputs.dynamodbTargets, [{ path: "carts", scanAll: true }]);
    assert.deepEqual(inputs.deltaTargets[0].deltaTables, ["s3://lake-curated-bucket-1a2b3c4/delta/"]);
    assert.equal(inputs.deltaTargets[0].createNativeDeltaTable, true);
    assert.equal(inputs.icebergTargets[0].maximumTraversalDepth, 10);
    assert.equal(inputs.hudiTargets[0].maximumTraversalDepth, 3);
    const statements = policyOf(recording);
    const may = (action: string, resource: string) => statements.some((one) => applies(one, action, resource, {}));
    assert.equal(may("dynamodb:Scan", `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/carts`), true);
    assert.equal(may("glue:GetConnection", `arn:aws:glue:${REGION}:${ACCOUNT}:connection/crm`), true);
    assert.equal(may("glue:GetConnection", `arn:aws:glue:${REGION}:${ACCOUNT}:connection/hr`), false);
  });

  it("keeps existing tables up to date without making new ones", async () => {
    const recording = await make(({ lake }) => ({
      targets: { catalog: [{ tables: ["orders"], bucket: lake.zones.processed }] },
    }));
    const { inputs } = recording.one("glue/crawler:Crawler");
    assert.deepEqual(inputs.catalogTargets, [{ databaseName: "sales", tables: ["orders"] }]);
    assert.equal(inputs.s3Targets, undefined);
  });

  it("refuses a schedule Glue would refuse", () =>
    assert.rejects(
      make(() => ({ schedule: "every day" })),
      /schedule is "every day"; allowed: six fields in UTC/,
    ));
});
