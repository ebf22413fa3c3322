import { nearest } from "../validate";
import { cronProblems } from "../../../../contracts/schedule";
import { isSet, list, part, parts, type Params, type Rule } from "./rule";

const BOOKMARKS = ["job-bookmark-enable", "job-bookmark-disable", "job-bookmark-pause"];
/** The arguments that Glue sets itself. */
const RESERVED = ["--debug", "--mode", "--JOB_NAME"];

function job(params: Params): string[] {
  const problems: string[] = [];
  const workers = isSet(params.WorkerType) || params.NumberOfWorkers !== undefined;
  if (params.MaxCapacity !== undefined && workers)
    problems.push("MaxCapacity: is not allowed with WorkerType and NumberOfWorkers");
  if (isSet(params.WorkerType) !== (params.NumberOfWorkers !== undefined)) {
    problems.push("WorkerType and NumberOfWorkers: must be set together");
  }
  const { Name, PythonVersion } = part(params.Command);
  if (Name === "pythonshell") {
    if (workers) problems.push("WorkerType: a Python shell job takes MaxCapacity");
    if (params.MaxCapacity !== undefined && params.MaxCapacity !== 0.0625 && params.MaxCapacity !== 1) {
      problems.push(`MaxCapacity: is ${String(params.MaxCapacity)}; a Python shell job takes 0.0625 or 1`);
    }
    if (params.MaxRetries !== undefined && Number(params.MaxRetries) > 10)
      problems.push("MaxRetries: at most 10 are allowed");
  } else if (PythonVersion !== undefined && PythonVersion !== "3" && PythonVersion !== "2") {
    problems.push(`Command.PythonVersion: is ${JSON.stringify(PythonVersion)}; a ${String(Name)} job takes "3"`);
  }
  if (Name !== undefined && !["glueetl", "pythonshell", "gluestreaming", "glueray"].includes(String(Name))) {
    const names = ["glueetl", "pythonshell", "gluestreaming", "glueray"];
    problems.push(
      `Command.Name: ${JSON.stringify(Name)} is not allowed${nearest(String(Name), names)}; allowed: ${names.join(", ")}`,
    );
  }
  for (const [name, value] of Object.entries(part(params.DefaultArguments))) {
    if (!name.startsWith("--")) problems.push(`DefaultArguments: ${name} must begin with --`);
    if (RESERVED.includes(name)) problems.push(`DefaultArguments: ${name} is Glue's own`);
    if (name === "--job-bookmark-option" && !BOOKMARKS.includes(String(value))) {
      const near = nearest(String(value), BOOKMARKS);
      problems.push(
        `DefaultArguments.${name}: ${JSON.stringify(value)} is not allowed${near}; allowed: ${BOOKMARKS.join(", ")}`,
      );
    }
  }
  return problems;
}

function crawler(params: Params): string[] {
  const problems: string[] = [];
  const { RecrawlBehavior } = part(params.RecrawlPolicy);
  const { UpdateBehavior = "UPDATE_IN_DATABASE", DeleteBehavior = "DEPRECATE_IN_DATABASE" } = part(
    params.SchemaChangePolicy,
  );
  if (RecrawlBehavior === "CRAWL_NEW_FOLDERS_ONLY" && (UpdateBehavior !== "LOG" || DeleteBehavior !== "LOG")) {
    problems.push(
      `SchemaChangePolicy: CRAWL_NEW_FOLDERS_ONLY needs LOG and LOG, not ${String(UpdateBehavior)} and ${String(DeleteBehavior)}`,
    );
  }
  const targets = part(params.Targets);
  if (params.Targets !== undefined && !Object.values(targets).some((value) => list(value).length > 0)) {
    problems.push("Targets: one target at least is required");
  }
  parts(targets.S3Targets).forEach(({ Path, EventQueueArn, DlqEventQueueArn }, index) => {
    const at = `Targets.S3Targets[${index}]`;
    if (!/^s3:\/\/[^/]+/.test(String(Path)))
      problems.push(`${at}.Path: ${JSON.stringify(Path)} must be s3://bucket/prefix`);
    if (RecrawlBehavior === "CRAWL_EVENT_MODE" && !isSet(EventQueueArn))
      problems.push(`${at}.EventQueueArn: CRAWL_EVENT_MODE needs a queue`);
    if (isSet(DlqEventQueueArn) && !isSet(EventQueueArn)) problems.push(`${at}.DlqEventQueueArn: needs EventQueueArn`);
  });
  problems.push(...cron(params.Schedule));
  return problems;
}

function cron(expression: unknown): string[] {
  if (!isSet(expression)) return [];
  const text = /^cron\((.*)\)$/.exec(String(expression))?.[1];
  return text === undefined
    ? [`Schedule: ${JSON.stringify(expression)} must be cron(…)`]
    : cronProblems(text).map((problem) => `Schedule: ${problem}`);
}

function trigger(params: Params): string[] {
  const problems = cron(params.Schedule);
  if ((params.Type === "SCHEDULED") !== isSet(params.Schedule))
    problems.push("Schedule: is required for SCHEDULED, and not allowed otherwise");
  if (params.Type === "CONDITIONAL" && params.Predicate === undefined)
    problems.push("Predicate: is required for CONDITIONAL");
  if (params.Type === "ON_DEMAND" && params.StartOnCreation === true)
    problems.push("StartOnCreation: is not allowed for ON_DEMAND");
  return problems;
}

function securityConfiguration(params: Params): string[] {
  const { S3Encryption, CloudWatchEncryption, JobBookmarksEncryption } = part(params.EncryptionConfiguration);
  const places: [string, Params, string][] = [
    ...parts(S3Encryption).map((one): [string, Params, string] => ["S3Encryption", one, "S3EncryptionMode"]),
    ["CloudWatchEncryption", part(CloudWatchEncryption), "CloudWatchEncryptionMode"],
    ["JobBookmarksEncryption", part(JobBookmarksEncryption), "JobBookmarksEncryptionMode"],
  ];
  return places.flatMap(([name, given, mode]) =>
    /KMS$/.test(String(given[mode])) && !isSet(given.KmsKeyArn)
      ? [`${name}.KmsKeyArn: is required for ${String(given[mode])}`]
      : [],
  );
}

const MAXIMUM_INDEXES = 3;

function table({ TableInput, PartitionIndexes }: Params): string[] {
  const input = part(TableInput);
  const keys = parts(input.PartitionKeys).map(({ Name }) => String(Name).toLowerCase());
  const problems: string[] = [];
  const indexes = parts(PartitionIndexes);
  if (indexes.length > MAXIMUM_INDEXES) problems.push(`PartitionIndexes: a table has ${MAXIMUM_INDEXES} at most`);
  for (const { IndexName, Keys } of indexes) {
    for (const key of list(Keys)) {
      if (!keys.includes(String(key).toLowerCase()))
        problems.push(
          `PartitionIndexes (${String(IndexName)}): ${String(key)} is not a partition key${nearest(String(key), keys)}`,
        );
    }
  }
  return problems;
}

const API = "https://docs.aws.amazon.com/glue/latest";

export const GLUE_RULES: readonly Rule[] = [
  { service: "Glue", operations: ["CreateJob"], source: `${API}/webapi/API_CreateJob.html`, check: job },
  {
    service: "Glue",
    operations: ["UpdateJob"],
    source: `${API}/webapi/API_JobUpdate.html`,
    check: ({ JobUpdate }) => job(part(JobUpdate)),
  },
  {
    service: "Glue",
    operations: ["CreateCrawler", "UpdateCrawler"],
    source: `${API}/dg/incremental-crawls.html`,
    check: crawler,
  },
  { service: "Glue", operations: ["CreateTrigger"], source: `${API}/webapi/API_CreateTrigger.html`, check: trigger },
  {
    service: "Glue",
    operations: ["CreateSecurityConfiguration"],
    source: `${API}/dg/console-security-configurations.html`,
    check: securityConfiguration,
  },
  {
    service: "Glue",
    operations: ["CreateTable", "UpdateTable"],
    source: `${API}/dg/partition-indexes.html`,
    check: table,
  },
];
