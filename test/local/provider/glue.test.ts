import assert from "node:assert/strict";
import * as glue from "@aws-sdk/client-glue";
import * as aws from "@pulumi/aws";
import { sharedMinistack } from "../../support/ministack";
import { givenRole } from "../../support/role";
import { withStack } from "../../support/stack";

const ROLE = "arn:aws:iam::000000000000:role/glue";

describe("the catalog and its jobs in the local cloud", function () {
  this.timeout(180_000);
  let client: glue.GlueClient;

  before(async () => {
    const { endpoint } = await sharedMinistack();
    await givenRole({ endpoint }, "glue", ["glue"]);
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    client = new glue.GlueClient({ endpoint, region: "eu-central-1", credentials });
  });

  interface Change {
    readonly comment?: string;
    readonly columns?: readonly string[];
    readonly schedule?: string;
    readonly argument?: string;
    readonly tags?: Record<string, string>;
  }

  const program =
    ({ comment, columns = ["a", "b"], schedule, argument = "1", tags = { team: "data" } }: Change = {}) =>
    async () => {
      const database = new aws.glue.CatalogDatabase("lake", {
        name: "lake",
        description: comment ?? "All tables",
        parameters: { owner: "data" },
      });
      const table = new aws.glue.CatalogTable("flights", {
        databaseName: database.name,
        name: "flights",
        tableType: "EXTERNAL_TABLE",
        parameters: { classification: "parquet" },
        partitionKeys: [{ name: "year", type: "int" }],
        storageDescriptor: {
          location: "s3://processed/flights/",
          inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
          outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
          serDeInfo: { serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
          columns: columns.map((name) => ({ name, type: "string", comment: `column ${name}` })),
        },
      });
      const csv = new aws.glue.Classifier("csv", {
        csvClassifier: { delimiter: ";", quoteSymbol: '"', containsHeader: "PRESENT", headers: [...columns] },
      });
      const security = new aws.glue.SecurityConfiguration("secure", {
        encryptionConfiguration: {
          cloudwatchEncryption: { cloudwatchEncryptionMode: "DISABLED" },
          jobBookmarksEncryption: { jobBookmarksEncryptionMode: "DISABLED" },
          s3Encryption: { s3EncryptionMode: "SSE-S3" },
        },
      });
      const crawler = new aws.glue.Crawler("discovery", {
        databaseName: database.name,
        role: ROLE,
        s3Targets: [{ path: "s3://raw/flights/", exclusions: ["*.tmp"] }],
        classifiers: [csv.name],
        securityConfiguration: security.name,
        schedule,
        recrawlPolicy: { recrawlBehavior: "CRAWL_NEW_FOLDERS_ONLY" },
        schemaChangePolicy: { updateBehavior: "LOG", deleteBehavior: "LOG" },
        configuration: JSON.stringify({ Version: 1, Grouping: { TableGroupingPolicy: "CombineCompatibleSchemas" } }),
        tags,
      });
      const job = new aws.glue.Job("etl", {
        roleArn: ROLE,
        glueVersion: "5.0",
        workerType: "G.1X",
        numberOfWorkers: 2,
        timeout: 60,
        maxRetries: 0,
        command: { name: "glueetl", scriptLocation: "s3://artifacts/scripts/etl.py", pythonVersion: "3" },
        executionProperty: { maxConcurrentRuns: 5 },
        defaultArguments: { "--value": argument, "--job-bookmark-option": "job-bookmark-disable" },
        securityConfiguration: security.name,
        tags,
      });
      const trigger = new aws.glue.Trigger("nightly", {
        type: "SCHEDULED",
        schedule: "cron(0 3 * * ? *)",
        actions: [{ jobName: job.name, arguments: { "--value": argument } }],
        tags,
      });
      new aws.glue.DataQualityRuleset("complete", {
        ruleset: 'Rules = [ IsComplete "a" ]',
        targetTable: { databaseName: database.name, tableName: table.name },
      });
      return {
        databaseId: database.id,
        databaseArn: database.arn,
        tableId: table.id,
        tableArn: table.arn,
        classifier: csv.name,
        crawler: crawler.name,
        crawlerArn: crawler.arn,
        job: job.name,
        jobArn: job.arn,
        command: job.command,
        trigger: trigger.name,
        tagsAll: crawler.tagsAll,
      };
    };

  it("keeps them, changes them in place, notices drift and leaves nothing behind", async () => {
    await withStack(async (stack) => {
      const { outputs } = await stack.up(program());
      const value = (name: string): string => outputs[name]?.value as string;
      assert.equal(value("databaseId"), "000000000000:lake");
      assert.equal(value("databaseArn"), "arn:aws:glue:eu-central-1:000000000000:database/lake");
      assert.equal(value("tableId"), "000000000000:lake:flights");
      assert.equal(value("tableArn"), "arn:aws:glue:eu-central-1:000000000000:table/lake/flights");
      assert.equal(value("crawlerArn"), `arn:aws:glue:eu-central-1:000000000000:crawler/${value("crawler")}`);
      assert.deepEqual(outputs.tagsAll?.value, { team: "data" });
      assert.deepEqual(outputs.command?.value, {
        name: "glueetl",
        scriptLocation: "s3://artifacts/scripts/etl.py",
        pythonVersion: "3",
      });

      assert.deepEqual(await stack.preview(program()), {});
      assert.deepEqual(await stack.refresh(program()), {});
      assert.deepEqual(await stack.preview(program()), {});

      const changed = program({
        comment: "Tables",
        columns: ["a", "c"],
        schedule: "cron(0 6 * * ? *)",
        argument: "2",
        tags: {},
      });
      await stack.up(changed);
      const table = await client.send(new glue.GetTableCommand({ DatabaseName: "lake", Name: "flights" }));
      assert.deepEqual(
        table.Table?.StorageDescriptor?.Columns?.map(({ Name }) => Name),
        ["a", "c"],
      );
      const { Classifier } = await client.send(new glue.GetClassifierCommand({ Name: value("classifier") }));
      assert.deepEqual(Classifier?.CsvClassifier?.Header, ["a", "c"]);
      const { Crawler } = await client.send(new glue.GetCrawlerCommand({ Name: value("crawler") }));
      assert.equal(Crawler?.Schedule?.ScheduleExpression, "cron(0 6 * * ? *)");
      const { Job } = await client.send(new glue.GetJobCommand({ JobName: value("job") }));
      assert.equal(Job?.DefaultArguments?.["--value"], "2");
      assert.deepEqual(await stack.preview(changed), {});

      await client.send(new glue.DeleteTriggerCommand({ Name: value("trigger") }));
      await client.send(new glue.UpdateCrawlerCommand({ Name: value("crawler"), Schedule: "cron(0 9 * * ? *)" }));
      await client.send(
        new glue.UpdateDatabaseCommand({ Name: "lake", DatabaseInput: { Name: "lake", Description: "by hand" } }),
      );
      const seen = await stack.refresh(changed);
      assert.equal(seen.delete, 1);
      assert.equal(seen.update, 2);
      await stack.up(changed);
      const again = await client.send(new glue.GetCrawlerCommand({ Name: value("crawler") }));
      assert.equal(again.Crawler?.Schedule?.ScheduleExpression, "cron(0 6 * * ? *)");
      assert.equal((await client.send(new glue.GetDatabaseCommand({ Name: "lake" }))).Database?.Description, "Tables");

      await stack.destroy();
      const { DatabaseList } = await client.send(new glue.GetDatabasesCommand({}));
      assert.deepEqual(
        DatabaseList?.map(({ Name }) => Name).filter((name) => name !== "default"),
        [],
      );
      assert.deepEqual((await client.send(new glue.GetCrawlersCommand({}))).Crawlers, []);
      assert.deepEqual((await client.send(new glue.GetClassifiersCommand({}))).Classifiers, []);
      assert.deepEqual((await client.send(new glue.GetJobsCommand({}))).Jobs, []);
      assert.deepEqual((await client.send(new glue.GetTriggersCommand({}))).Triggers, []);
      assert.deepEqual((await client.send(new glue.GetSecurityConfigurationsCommand({}))).SecurityConfigurations, []);
    });
  });

  it("refuses what Glue refuses: crawling new folders only with a schema that may change", async () => {
    await withStack(async (stack) => {
      const said = (refused: () => Promise<void>): Promise<string> =>
        stack.up(refused).then(
          () => assert.fail("it was deployed"),
          (error: unknown) => String((error as Error).message),
        );
      const crawler = async (): Promise<void> => {
        new aws.glue.Crawler("discovery", {
          databaseName: "lake",
          role: ROLE,
          s3Targets: [{ path: "s3://raw/" }],
          recrawlPolicy: { recrawlBehavior: "CRAWL_NEW_FOLDERS_ONLY" },
        });
      };
      assert.match(await said(crawler), /CRAWL_NEW_FOLDERS_ONLY needs LOG and LOG/);
      const job = async (): Promise<void> => {
        new aws.glue.Job("etl", {
          roleArn: ROLE,
          command: { name: "glueetl", scriptLocation: "s3://artifacts/etl.py" },
          workerType: "G.1Y",
          numberOfWorkers: 2,
          defaultArguments: { "--job-bookmark-option": "on" },
        });
      };
      const refusal = await said(job);
      assert.match(refusal, /WorkerType: "G\.1Y" is not allowed; did you mean G\.1X/);
      assert.match(refusal, /allowed: job-bookmark-enable, job-bookmark-disable, job-bookmark-pause/);
    });
  });
});
